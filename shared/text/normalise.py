"""One canonical form for hostile text: every character becomes one character or none.

Width, case, traditional script, zero-width characters, symbols put between Han characters and
drawn-out repeats are folded away, for a whole batch at once and without Python per character. As
nothing ever expands, a span of the canonical form is a span of the original.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]

SIZE: Final = 0x110000
DELETED: Final = 0xFFFFFFFF
END: Final = 0xFFFFFFFE
PLAIN, HAN, NOISE, KEPT = 0, 1, 2, 3
"""Kinds of canonical characters; KEPT ones are not folded when they repeat (digits)."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What each code point becomes (DELETED: nothing), of which kind it then is, how it sounds.

    `sounds` gives 1 to 26 for letters, then one number a syllable of `syllables`, 0 for silence;
    `initials` gives the letter that each of these begins with.
    """

    becomes: Codes
    kinds: NDArray[np.uint8]
    sounds: NDArray[np.uint16]
    initials: NDArray[np.uint8]
    syllables: tuple[str, ...]
    digest: str


@dataclass(frozen=True, eq=False)
class Canonical:
    """The canonical texts of a batch, laid end to end, and where each character came from.

    Text `i` is `codes[starts[i]:starts[i + 1]]`; `origin` counts from the start of its own text.
    """

    codes: Codes
    starts: Places
    origin: Places

    def __len__(self) -> int:
        return len(self.starts) - 1

    def text(self, index: int) -> str:
        """Return one canonical text."""
        return decode(self.codes[self.starts[index] : self.starts[index + 1]])

    @cached_property
    def texts(self) -> list[str]:
        """Return all canonical texts."""
        whole = decode(self.codes)
        ends = self.starts.tolist()
        return [whole[a:b] for a, b in pairwise(ends)]

    @cached_property
    def owner(self) -> Places:
        """Return for each character the text it belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))

    def span(self, index: int, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that became [start, end) of text `index`."""
        if start >= end:
            return (0, 0)
        first = int(self.starts[index])
        return (int(self.origin[first + start]), int(self.origin[first + end - 1]) + 1)


def encode(text: str) -> Codes:
    """Return the code points of `text`; lone surrogates pass."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def decode(codes: Codes) -> str:
    """Return the text of code points."""
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le", "surrogatepass")


def normalise(texts: Sequence[str], tables: Tables) -> Canonical:
    """Return the canonical form of every text; applying it twice changes nothing."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(sizes + 1) - 1
    raw = encode("\x00".join((*texts, "")))
    codes = tables.becomes[raw]
    codes[ends] = END
    places = np.flatnonzero(codes != DELETED)
    codes = codes[places]
    for still in (_without_noise, _without_repeats):
        kept = still(codes, tables)
        codes, places = codes[kept], places[kept]
    is_end = codes == END
    lengths = np.diff(np.flatnonzero(is_end), prepend=-1) - 1
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    origin = places[~is_end] - np.repeat(ends - sizes, lengths)
    return Canonical(codes[~is_end], starts, origin)


def canonical(text: str, tables: Tables) -> str:
    """Return the canonical form of one text."""
    return normalise((text,), tables).text(0)


def _kinds(codes: Codes, tables: Tables) -> NDArray[np.uint8]:
    return tables.kinds[np.where(codes == END, 0, codes)]


def _without_noise(codes: Codes, tables: Tables) -> NDArray[np.bool_]:
    """Keep all but the symbols and spaces that stand between two Han characters."""
    kinds = _kinds(codes, tables)
    noise = kinds == NOISE
    solid = np.flatnonzero(~noise)
    han = kinds[solid] == HAN
    between = np.zeros(len(solid) + 1, np.bool_)
    between[1:-1] = han[:-1] & han[1:]
    kept: NDArray[np.bool_] = ~(noise & between[np.cumsum(~noise)])
    return kept


def _without_repeats(codes: Codes, tables: Tables) -> NDArray[np.bool_]:
    """Keep the first and the last of three or more equal characters; digits are all kept."""
    same = codes[1:] == codes[:-1]
    inner = np.zeros(len(codes), np.bool_)
    inner[1:-1] = same[:-1] & same[1:]
    kept: NDArray[np.bool_] = ~inner | (_kinds(codes, tables) == KEPT) | (codes == END)
    return kept
