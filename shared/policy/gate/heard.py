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
_SOUNDS: Final = {char: _ALIKE.sub("", syllable) for char, syllable in SYLLABLE_OF.items()}
_LETTERS: Final = re.compile(r"[a-z]+")
_APART: Final = re.compile(r"[a-z]|[^\W\D0-9]")
_AT_ONCE: Final = str.maketrans({**_SOUNDS, **dict.fromkeys("0123456789", "")})
SHORTEST: Final = 3
"""Two syllables are shared by too many words."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The syllables of a plain text, run together; `origin[i]` is the place of letter i there."""

    text: str
    origin: tuple[int, ...]
    begins: frozenset[int]
    """Where a syllable, or a letter that was written, begins; the end of the text too."""


def at_once(text: Plain) -> str | None:
    """Return what is heard at a tenth of the cost, without its places; None where letters stand."""
    return None if _APART.search(text.text) else text.text.translate(_AT_ONCE)


@lru_cache(maxsize=64)
def heard(text: Plain) -> Heard:
    """Return what is heard; done once for all families."""
    sounds: list[str] = []
    origin: list[int] = []
    begins: list[int] = []
    silent = _silent(text.text)
    for place, char in enumerate(text.text):
        if char.isdigit() or place in silent:
            continue
        sound = _SOUNDS.get(char, char)
        begins.append(len(origin))
        sounds.append(sound)
        origin.extend([place] * len(sound))
    return Heard("".join(sounds), tuple(origin), frozenset((*begins, len(origin))))


@lru_cache(maxsize=512)
def sound_of(phrase: str) -> str:
    """Return how a phrase sounds; empty if it is too short to be known by its sound alone."""
    flat = plain(phrase)
    return heard(flat).text if len(flat.text) >= SHORTEST else ""


def _silent(text: str) -> frozenset[int]:
    """Return the places of letters, among those written as such, that make no difference."""
    return frozenset(
        run.start() + match.start()
        for run in _LETTERS.finditer(text)
        for match in _ALIKE.finditer(run.group())
    )
