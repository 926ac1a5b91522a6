"""How a text sounds: one unit a syllable, whether it is written in Han characters or in Latin.

人pai外 and 人排外 sound alike, and so do homophones. Letters that spell no syllable stand for
themselves, so that the initials of what was meant are still there. Everything else is silent.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.text.normalise import Canonical, Tables, decode

Ints = NDArray[np.int64]

LETTERS: Final = 26
"""Units 1 to 26 are letters; syllables follow."""
LONGEST_SYLLABLE: Final = 6
LONGEST_RUN: Final = 40
"""Longer runs of letters are addresses or noise, not speech."""
_A: Final = ord("a")


class Sounds(NamedTuple):
    """The units of a batch, end to end, and where each stands in its own canonical text."""

    units: Ints
    text: Ints
    start: Ints
    end: Ints


def sounds(batch: Canonical, tables: Tables) -> Sounds:
    """Return what is heard of each text."""
    units = tables.sounds.take(np.minimum(batch.codes, len(tables.sounds) - 1)).astype(np.int64)
    sizes = np.ones(len(units), np.int64)
    for first, last in _runs(units, batch.owner):
        spelt = spell(decode(batch.codes[first:last]), tables.syllables)
        place = first
        for unit, size in spelt:
            units[place : place + size] = 0
            units[place], sizes[place] = unit, size
            place += size
    heard = np.flatnonzero(units)
    text = batch.owner.take(heard)
    start = heard - batch.starts.take(text)
    return Sounds(units.take(heard), text, start, start + sizes.take(heard))


def initials(units: Ints, tables: Tables) -> Ints:
    """Return the letter each unit begins with."""
    return tables.initials.take(units).astype(np.int64)


@lru_cache(maxsize=4096)
def spell(run: str, syllables: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Return (unit, length) of the syllables that a run of letters spells; () if it spells none."""
    known = _places(syllables)
    ways: list[tuple[tuple[int, int], ...] | None] = [None] * len(run) + [()]
    for first in reversed(range(len(run))):
        for last in range(min(first + LONGEST_SYLLABLE, len(run)), first, -1):
            unit, rest = known.get(run[first:last]), ways[last]
            if unit is not None and rest is not None:
                ways[first] = ((unit, last - first), *rest)
                break
    return ways[0] or ()


@lru_cache(maxsize=4)
def _places(syllables: tuple[str, ...]) -> dict[str, int]:
    return {each: LETTERS + 1 + place for place, each in enumerate(syllables)}


def _runs(units: Ints, owner: Ints) -> Iterator[tuple[int, int]]:
    """Yield [first, last) of each run of two or more letters of one text."""
    letters = np.flatnonzero((units > 0) & (units <= LETTERS))
    if not len(letters):
        return
    breaks = (np.diff(letters) != 1) | (np.diff(owner.take(letters)) != 0)
    opens = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(breaks) + 1))
    firsts = letters.take(opens)
    lasts = letters.take(np.append(opens[1:], len(letters)) - 1) + 1
    some = (lasts - firsts > 1) & (lasts - firsts <= LONGEST_RUN)
    yield from zip(firsts[some].tolist(), lasts[some].tolist(), strict=True)
