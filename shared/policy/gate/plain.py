"""A text made plain for matching, each character knowing where it stood in the original.

Full width becomes half, traditional simplified, and what is put between characters to hide a
word (blanks, zero-width, punctuation, symbols) goes, so that `或*许` and `或　许` read as 或许.
"""

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.policy.gate.traditional import SIMPLIFIED

_KEPT: Final = frozenset("LN")
_KNOWN_MOST: Final = 32_768
_MARKS: Final = {
    **dict.fromkeys("…,，、:：", "，"),
    **dict.fromkeys("。;；\n", "。"),
    **dict.fromkeys("!！", "！"),
    **dict.fromkeys("?？", "？"),
}
PAUSES: Final = "，。！？"
"""Where a clause ends, in a marked text."""
_SENTENCE_END: Final = frozenset("。!?;\n！？；")
_CLAUSE_END: Final = _SENTENCE_END | frozenset("…,，、:：")


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` is plain; `origin[i]` is where its i-th character stood in `original`."""

    original: str
    text: str
    origin: tuple[int, ...]
    breaks: frozenset[int]
    """Places in `text` before which a clause ended."""
    stops: tuple[int, ...]
    """Places in `text` before which a sentence ended, in order."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that [start, end) of the plain text came from."""
        return self.origin[start], self.origin[end - 1] + 1

    def sentence(self, place: int) -> tuple[int, int]:
        """Return the span, in the plain text, of the sentence that holds `place`."""
        after = bisect_right(self.stops, place)
        first = self.stops[after - 1] if after else 0
        return first, self.stops[after] if after < len(self.stops) else len(self.text)

    def crosses_break(self, start: int, end: int) -> bool:
        """Tell whether a clause ends inside [start, end)."""
        return any(place in self.breaks for place in range(start + 1, end))


class _Flat(dict[int, str]):
    """What becomes of each character, once it was met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        made = "" if char in _CLAUSE_END else _flat(char)
        if len(self) < _KNOWN_MOST:
            self[code] = made
        return made


class _Marked(dict[str, str]):
    """The same with the ends of clauses kept, each as one mark."""

    def __missing__(self, char: str) -> str:
        made = _MARKS.get(char) or _flat(char)
        if len(self) < _KNOWN_MOST:
            self[char] = made
        return made


_FLAT: Final = _Flat()
_MARKED: Final = _Marked()


def flat(text: str) -> str:
    """Return the plain text alone, at a tenth of the cost: for who only looks whether it is worth it."""
    return text.translate(_FLAT)


@lru_cache(maxsize=64)
def plain(text: str) -> Plain:
    """Return the plain form. Only letters and digits stay; clause ends are remembered.

    Every check asks for it.
    """
    chars: list[str] = []
    origin: list[int] = []
    breaks: set[int] = set()
    stops: set[int] = set()
    for place, char in enumerate(text):
        if char in _CLAUSE_END:
            breaks.add(len(chars))
            if char in _SENTENCE_END:
                stops.add(len(chars))
            continue
        for each in _MARKED[char]:
            chars.append(each)
            origin.append(place)
    return Plain(text, "".join(chars), tuple(origin), frozenset(breaks), tuple(sorted(stops)))


@lru_cache(maxsize=64)
def marked(text: str) -> Plain:
    """Return the plain form with the ends of clauses kept as ，。！？; the text lies between two 。.

    Wordings are looked for in it: "亲，" is an address, 亲 alone part of many words.
    """
    chars: list[str] = ["。"]
    origin: list[int] = [0]
    stops: list[int] = []
    for place, char in enumerate(text):
        for each in _MARKED[char]:
            chars.append(each)
            origin.append(place)
        if char in _SENTENCE_END:
            stops.append(len(chars))
    chars.append("。")
    return Plain(text, "".join(chars), (*origin, max(len(text) - 1, 0)), frozenset(), tuple(stops))


def _flat(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).lower().translate(SIMPLIFIED)
    return "".join(each for each in folded if unicodedata.category(each)[0] in _KEPT)
