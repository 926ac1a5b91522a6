"""Hashes of runs of characters, syllables and words, of a whole batch at once.

Their values are part of the model's format. What is computed here is overwritten step by step: a
batch has twenty hashes a character, and to fetch fresh memory for each costs more than to count.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.text.normalise import Canonical

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

BITS: Final = 22
_ODD: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_ROLL: Final = 0x100000001B3
_ROLL_BACK: Final = pow(_ROLL, -1, 1 << 64)
_MASK: Final = (1 << 64) - 1
_UNITS: Final = 1024
"""More than there are letters and syllables."""


def gram_hashes(batch: Canonical, size: int) -> tuple[Hashes, Ints]:
    """Return (hash, place) of every run of `size` characters that lies in one text."""
    return run_hashes(batch.codes.astype(np.uint64), batch.owner, size, size)


def run_hashes(codes: Hashes, owner: Ints, size: int, salt: int) -> tuple[Hashes, Ints]:
    """Return (hash, place) of every run of `size` codes of one owner."""
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    total = np.full(count, salt, np.uint64)
    total *= _ODD[2]
    shifted = np.empty_like(total)
    for step in range(size):
        total ^= np.right_shift(total, np.uint64(29), out=shifted)
        total *= _ODD[1]
        total += codes[step : step + count]
    places = np.flatnonzero(owner[:count] == owner[size - 1 :])
    return _mixed(total.take(places)), places


def pair_hashes(units: Hashes, owner: Ints, salt: int) -> tuple[Hashes, Ints]:
    """Return (hash, place) of every two neighbours of one owner, in whichever order they stand."""
    first, second = units[:-1], units[1:]
    places = np.flatnonzero(owner[:-1] == owner[1:])
    both = np.maximum(first, second)
    both *= np.uint64(_UNITS)
    both += np.minimum(first, second)
    total = both.take(places)
    total += np.uint64(salt)
    total *= _ODD[1]
    return _mixed(total), places


def word_hashes(batch: Canonical, starts: Ints, ends: Ints) -> Hashes:
    """Return a hash a word from one running sum: multiplication by an odd number undoes itself."""
    size = len(batch.codes) + 1
    up, down = np.full(size, _ROLL, np.uint64), np.full(size, _ROLL_BACK & _MASK, np.uint64)
    up[0] = down[0] = 1
    up, down = np.multiply.accumulate(up), np.multiply.accumulate(down)
    running = np.zeros(size, np.uint64)
    np.cumsum(batch.codes.astype(np.uint64) * up[:-1], out=running[1:])
    return _mixed((running[ends] - running[starts]) * down[starts] + _ODD[0])


def bucket(hashes: Hashes, bits: int = BITS) -> Ints:
    """Return which of so many hashed features each is."""
    return (hashes >> np.uint64(64 - bits)).view(np.int64)


def _mixed(total: Hashes) -> Hashes:
    total ^= total >> np.uint64(32)
    total *= _ODD[0]
    total ^= total >> np.uint64(29)
    return total
