"""A text as it is heard: 无ke奉告, wu ke feng gao and 无可奉稿 are one phrase.

What people in the south do not tell apart (zh and z, -ng and -n) is not told apart here either.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.policy.gate.plain import Plain, plain
from shared.policy.gate.syllables import SYLLABLE_OF

_ALIKE: Final = re.compile(r"(?<=[zcs])h|(?<=[aeiou]n)g")
SHORTEST: Final = 3
"""Two syllables are shared by too many words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The syllables of a plain text, run together; `origin[i]` is the place of letter i there."""

    text: str
    origin: tuple[int, ...]
    begins: frozenset[int]
    """Where a syllable, or a letter that was written, begins; the end of the text too."""


@lru_cache(maxsize=64)
def heard(text: Plain) -> Heard:
    """Return what is heard; done once for all families."""
    letters: list[str] = []
    origin: list[int] = []
    begins: set[int] = set()
    for place, char in enumerate(text.text):
        if char.isdigit():
            continue
        begins.add(len(letters))
        for letter in _sound(char):
            letters.append(letter)
            origin.append(place)
    begins.add(len(letters))
    return _without_accent(Heard("".join(letters), tuple(origin), frozenset(begins)))


@lru_cache(maxsize=512)
def sound_of(phrase: str) -> str:
    """Return how a phrase sounds; empty if it is too short to be known by its sound alone."""
    flat = plain(phrase)
    return heard(flat).text if len(flat.text) >= SHORTEST else ""


def _sound(char: str) -> str:
    return SYLLABLE_OF.get(char, char)


def _without_accent(told: Heard) -> Heard:
    dropped = {match.start() for match in _ALIKE.finditer(told.text)}
    kept = [place for place in range(len(told.text)) if place not in dropped]
    moved = {place: new for new, place in enumerate(kept)}
    after = {place: moved.get(place, -1) for place in told.begins}
    after[len(told.text)] = len(kept)
    return Heard(
        "".join(told.text[place] for place in kept),
        tuple(told.origin[place] for place in kept),
        frozenset(each for each in after.values() if each >= 0),
    )
