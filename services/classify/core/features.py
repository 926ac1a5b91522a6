"""One shared sparse space for all labels: hashed character grams and words, and named signs.

Everything is integer arithmetic on the code points of a whole batch, so the features of a text
are the same on every machine and in every batch.
"""

from math import isqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.classify.core.needs import Found
from shared.text.normalise import Canonical
from shared.text.sounds import Sounds

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

BITS: Final = 22
HASHED: Final = 1 << BITS
CATEGORIES: Final = 64
"""Room for lexicon categories; each has two slots, for one hit and for several."""
SIGNS: Final = HASHED + 2 * CATEGORIES
SIZE: Final = SIGNS + 64
GRAMS: Final = 2
MARKS: Final = "?!。,:@#[【/~"
"""The order is part of the model's format."""
_SLOT_OF: Final = np.zeros(max(map(ord, MARKS)) + 2, np.int64)
"""1 + the place in MARKS of a character, 0 for others; the last entry stands for all beyond."""
_SLOT_OF[[ord(mark) for mark in MARKS]] = range(1, len(MARKS) + 1)
_LENGTHS: Final = np.array([6, 12, 25, 50, 100, 200])
SOUND_GRAMS: Final = (1, 2, 3)
INITIAL_GRAMS: Final = (4, 5)
SHARE_BITS: Final = 16
SHORT: Final = 20
"""Of a text longer than this every feature counts less, by the root of how much longer it is."""
_LONGEST: Final = 4096
_SHARES: Final = np.array(
    [
        min(1 << SHARE_BITS, isqrt((SHORT << 2 * SHARE_BITS) // max(length, 1)))
        for length in range(_LONGEST + 1)
    ]
)
_SPREAD: Final = 0x9E3779B1
_UNITS: Final = 1024
"""More than there are letters and syllables."""
_SALTS: Final = {"sound": 0x51, "initial": 0x1717, "pair": 0x9A1}
_ODD: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)
_ROLL: Final = 0x100000001B3
_ROLL_BACK: Final = pow(_ROLL, -1, 1 << 64)
_MASK: Final = (1 << 64) - 1


class Features(NamedTuple):
    """Feature `ids` of all texts, end to end; each stands at [start, end) of its own text.

    `rows` are those of the weights they have; of features alone there are none. `shares` say of each
    text how much one feature of it counts (scale 2^16).

    Text `i` has those from `offsets[i]` to `offsets[i + 1]`; an id occurs once a text.
    """

    ids: Ints
    start: Ints
    end: Ints
    offsets: Ints
    rows: NDArray[np.int32]
    shares: Ints


class Seen(NamedTuple):
    """What was found in a batch: word lengths that tile its texts, entries, sounds and initials."""

    words: Ints
    hits: Found
    heard: Sounds
    letters: Ints


class _Part(NamedTuple):
    text: Ints
    ids: Ints
    start: Ints
    end: Ints


def gram_hashes(batch: Canonical, size: int) -> tuple[Hashes, Ints]:
    """Return (hash, place) of every run of `size` characters that lies in one text."""
    return _runs(batch.codes.astype(np.uint64), batch.owner, size, size)


def _runs(codes: Hashes, owner: Ints, size: int, salt: int) -> tuple[Hashes, Ints]:
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    total = np.full(count, salt, np.uint64) * _ODD[2]
    for step in range(size):
        total = (total ^ (total >> np.uint64(29))) * _ODD[1] + codes[step : step + count]
    places = np.flatnonzero(owner[:count] == owner[size - 1 :])
    return _mixed(total.take(places)), places


def extract(
    batch: Canonical,
    seen: Seen,
    category_of: Ints,
    row_of: NDArray[np.int32] | None = None,
) -> Features:
    """Return the features of a batch from what was seen in it.

    With `row_of` (feature to row of the weights, 0 for none), only those that weigh anything. They
    come text by text, of equal ones the first.
    """
    parts = [
        *_grams(batch),
        *_words(batch, seen.words),
        *_categories(seen.hits, category_of),
        *_signs(batch),
        *_sounds(seen.heard, seen.letters),
    ]
    whole = _Part(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    rows = np.zeros(0, np.int32) if row_of is None else row_of.take(whole.ids)
    some = np.arange(len(whole.ids)) if row_of is None else np.flatnonzero(rows)
    text = whole.text.take(some)
    first = firsts(text, whole.ids.take(some))
    text = text.take(first)
    place = some.take(first.take(np.argsort(text, kind="stable")))
    sizes = np.bincount(text, minlength=len(batch))
    return Features(
        whole.ids.take(place),
        whole.start.take(place),
        whole.end.take(place),
        offsets_of(sizes),
        rows if row_of is None else rows.take(place),
        shares(np.diff(batch.starts)),
    )


def shares(lengths: Ints) -> Ints:
    """Return how much each feature counts in texts of these lengths (scale 2^16).

    A petition of four hundred characters has ten times the features of a remark, and would
    otherwise be ten times as sure.
    """
    return _SHARES.take(np.minimum(lengths, _LONGEST))


def firsts(text: Ints, ids: Ints) -> Ints:
    """Return where each pair of text and id stands for the first time, in order.

    Every pair has a slot by its value. Of those of a slot the first one stays, and those like it
    go; the rest, which shares the slot by chance, has its turn again. Sorting takes four times as
    long.
    """
    pair = text * SIZE + ids
    left = np.arange(len(pair))
    slots = 1 << max(len(pair).bit_length() + 1, 10)
    slot = (ids + text * _SPREAD) & (slots - 1)
    owner = np.empty(slots, np.int64)
    stays = np.zeros(len(pair), np.bool_)
    while len(left):
        owner[slot[::-1]] = left[::-1]
        winner = owner.take(slot)
        stays[winner] = True
        again = np.flatnonzero(pair.take(winner) != pair.take(left))
        left, slot = left.take(again), slot.take(again)
    return np.flatnonzero(stays)


def offsets_of(sizes: Ints) -> Ints:
    """Return where each of some stretches begins that lie end to end, and where the last ends."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes)))


def _mixed(total: Hashes) -> Hashes:
    total = (total ^ (total >> np.uint64(32))) * _ODD[0]
    return total ^ (total >> np.uint64(29))


def _bucket(hashes: Hashes) -> Ints:
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def _grams(batch: Canonical) -> list[_Part]:
    parts = []
    for size in range(1, GRAMS + 1):
        hashes, places = gram_hashes(batch, size)
        text = batch.owner.take(places)
        start = places - batch.starts.take(text)
        parts.append(_Part(text, _bucket(hashes), start, start + size))
    return parts


def _words(batch: Canonical, lengths: Ints) -> list[_Part]:
    """Return words of two or more characters."""
    ends = np.cumsum(lengths)
    starts = ends - lengths
    owner = batch.owner[starts]
    hashes = _word_hashes(batch, starts, ends)
    shift = batch.starts.take(owner)
    start, end = starts - shift, ends - shift
    single = np.flatnonzero(lengths > 1)
    return [_Part(owner[single], _bucket(hashes[single]), start[single], end[single])]


def _word_hashes(batch: Canonical, starts: Ints, ends: Ints) -> Hashes:
    """Return a hash a word from one running sum: multiplication by an odd number undoes itself."""
    size = len(batch.codes) + 1
    up, down = np.full(size, _ROLL, np.uint64), np.full(size, _ROLL_BACK & _MASK, np.uint64)
    up[0] = down[0] = 1
    up, down = np.multiply.accumulate(up), np.multiply.accumulate(down)
    running = np.zeros(size, np.uint64)
    np.cumsum(batch.codes.astype(np.uint64) * up[:-1], out=running[1:])
    return _mixed((running[ends] - running[starts]) * down[starts] + _ODD[0])


def _sounds(heard: Sounds, letters: Ints) -> list[_Part]:
    """Return runs of syllables, runs of their initials, and pairs in any order."""
    streams = [(heard.units, size, _SALTS["sound"] + size) for size in SOUND_GRAMS]
    streams += [(letters, size, _SALTS["initial"] + size) for size in INITIAL_GRAMS]
    parts = []
    for units, size, salt in streams:
        hashes, places = _runs(units.astype(np.uint64), heard.text, size, salt)
        parts.append(_between(heard, hashes, places, places + size - 1))
    first, second = heard.units[:-1], heard.units[1:]
    both = np.maximum(first, second) * _UNITS + np.minimum(first, second)
    places = np.flatnonzero(heard.text[:-1] == heard.text[1:])
    total = (both.take(places).astype(np.uint64) + np.uint64(_SALTS["pair"])) * _ODD[1]
    parts.append(_between(heard, _mixed(total), places, places + 1))
    return parts


def _between(heard: Sounds, hashes: Hashes, first: Ints, last: Ints) -> _Part:
    return _Part(
        heard.text.take(first), _bucket(hashes), heard.start.take(first), heard.end.take(last)
    )


def _categories(hits: Found, category_of: Ints) -> list[_Part]:
    category = category_of[hits.term]
    key = hits.text * CATEGORIES + category
    order = np.argsort(key, kind="stable")
    again = np.zeros(len(key), np.int64)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return [_Part(hits.text, HASHED + 2 * category + again, hits.start, hits.end)]


def _signs(batch: Canonical) -> list[_Part]:
    """Return what a text looks like from afar: its length, its marks, its digits."""
    count = len(batch)
    sizes = np.diff(batch.starts)
    length = np.minimum(np.searchsorted(_LENGTHS, sizes), len(_LENGTHS))
    slot = _SLOT_OF.take(np.minimum(batch.codes, len(_SLOT_OF) - 1))
    marks = np.flatnonzero(slot)
    cell = batch.owner.take(marks) * len(MARKS) + slot.take(marks) - 1
    often = np.bincount(cell, minlength=count * len(MARKS))
    some = np.flatnonzero(often)
    many = often.take(some) > 1
    full = np.flatnonzero(sizes)
    asks = full[batch.codes.take(batch.starts.take(full + 1) - 1) == ord("?")]
    text = np.concatenate((np.arange(count), some // len(MARKS), asks))
    ids = np.concatenate((length, 8 + 2 * (some % len(MARKS)) + many, np.full(len(asks), 40)))
    nowhere = np.zeros(len(text), np.int64)
    return [_Part(text, SIGNS + ids, nowhere, nowhere)]
