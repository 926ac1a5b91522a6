"""Words that are written by their sound: one character of a well-known word is another of its sound."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from shared.policy.gate.syllables import SYLLABLE_OF
from shared.text.words import is_word, straddled

_ANY: Final = "?"
_EVERYWHERE: Final = frozenset("的地得了是在再不一有就和为因人也都要会能到来去见新药")
"""Characters that stand beside any other: 老是 is no misspelt 老师."""


def misspelt(text: str, known: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Yield where a known word stands with one character of the same sound, and the word."""
    holes, sizes = _holes(known)
    for size in sizes:
        for start in range(len(text) - size + 1):
            piece = text[start : start + size]
            meant = _meant(piece, holes)
            if meant and not is_word(piece) and not straddled(text, start, start + size):
                yield start, start + size, meant


def _meant(piece: str, holes: Mapping[str, tuple[str, ...]]) -> str:
    for place, char in enumerate(piece):
        sound = SYLLABLE_OF.get(char)
        if sound is None or char in _EVERYWHERE:
            continue
        for word in holes.get(piece[:place] + _ANY + piece[place + 1 :], ()):
            if word[place] != char and SYLLABLE_OF.get(word[place]) == sound:
                return word
    return ""


@lru_cache(maxsize=8)
def _holes(known: tuple[str, ...]) -> tuple[Mapping[str, tuple[str, ...]], tuple[int, ...]]:
    """Return the words by what is left of them without one character, and how long they are."""
    holes: dict[str, tuple[str, ...]] = {}
    for word in known:
        for place in range(len(word)):
            left = word[:place] + _ANY + word[place + 1 :]
            holes[left] = (*holes.get(left, ()), word)
    return holes, tuple(sorted({len(each) for each in known}))
