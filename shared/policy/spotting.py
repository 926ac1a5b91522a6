"""Which families of words can stand in a text at all: one look, before any is searched for.

Most texts hold no word of most families. A phrase needs its characters, a pattern one word of each
part it cannot do without; what is ruled out here would not have been found, what is not may not be.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick

from shared.policy.gate.plain import Plain
from shared.policy.lexicons import Lexicon
from shared.policy.phrases import flat_forms

_FILLER: Final = re.compile("[0-9a-z]")
"""What may stand between the characters of a phrase."""
_TOKEN: Final = re.compile(
    r"(?P<set>\\.|\[[^\]]*\]|[.^$])|(?P<open>\()|(?P<close>\))|(?P<bar>\|)"
    r"|(?P<count>(?:[?*+]|\{\d*,?\d*\})\??)|(?P<char>.)",
    re.DOTALL,
)
_Token = re.Match[str]
_MAYBE: Final = re.compile(r"[?*]|\{0?,|\{0\}")


class Part(NamedTuple):
    """Words of which one must stand in a text; `bare`: in the text without letters and digits."""

    words: tuple[str, ...]
    bare: bool = False


class Spotter:
    """Looks for what no find of these families could do without."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        ways = [(each.id, parts) for each in lexicons for parts in _ways(each)]
        numbers = {
            part: at for at, part in enumerate(dict.fromkeys(p for _, w in ways for p in w))
        }
        self._alone: dict[int, set[str]] = {}
        self._several: list[tuple[str, frozenset[int]]] = []
        for family, way in ways:
            if len(way) == 1:
                self._alone.setdefault(numbers[way[0]], set()).add(family)
            else:
                self._several.append((family, frozenset(map(numbers.__getitem__, way))))
        self._written = _Words({p: at for p, at in numbers.items() if not p.bare})
        self._bare = _Words({p: at for p, at in numbers.items() if p.bare})

    def may_stand_in(self, text: Plain) -> frozenset[str]:
        """Return the families of which a word may stand in the text; of no other one does."""
        met = self._written.met(text.text) | self._bare.met(_FILLER.sub("", text.text))
        near = {family for family, parts in self._several if parts <= met}
        return frozenset(near.union(*(self._alone.get(each, ()) for each in met)))


class _Words:
    def __init__(self, parts: dict[Part, int]) -> None:
        numbers: dict[str, list[int]] = {}
        for part, number in parts.items():
            for word in part.words:
                numbers.setdefault(word, []).append(number)
        self._numbers = list(numbers.values())
        self._search = AhoCorasick(list(numbers)) if numbers else None

    def met(self, text: str) -> set[int]:
        """Return the numbers of the parts of which a word stands in the text."""
        if self._search is None:
            return set()
        found = {
            which for which, _, _ in self._search.find_matches_as_indexes(text, overlapping=True)
        }
        return {number for which in found for number in self._numbers[which]}


def _ways(lexicon: Lexicon) -> Iterator[tuple[Part, ...]]:
    for form in filter(None, flat_forms(lexicon.phrases)):
        bare = _FILLER.sub("", form)
        yield (Part((bare or form[0],), bare=bool(bare)),)
    for pattern in lexicon.patterns:
        yield from needed(pattern)


def needed(pattern: str) -> Iterator[tuple[Part, ...]]:
    """Yield, for each way in which a pattern is found, the parts it cannot do without."""
    for way in _alternatives(list(_TOKEN.finditer(pattern))):
        yield tuple(_parts(way))


def _alternatives(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """Yield what stands between the bars that are in no bracket."""
    depth, way = 0, list[_Token]()
    for token in tokens:
        depth += bool(token["open"]) - bool(token["close"])
        if token["bar"] and depth == 0:
            yield way
            way = []
        else:
            way.append(token)
    yield way


def _parts(way: list[_Token]) -> Iterator[Part]:
    run, at = "", 0
    while at < len(way):
        end = _closing(way, at)
        after = way[end] if end < len(way) else None
        needless = bool(after and after["count"] and _MAYBE.match(after["count"]))
        if way[at]["char"] and not needless:
            run += way[at].group()
        else:
            yield from _run(run)
            run = ""
        if way[at]["open"] and not needless:
            yield from _of_group(way[at + 1 : end - 1])
        at = end
    yield from _run(run)


def _closing(way: list[_Token], at: int) -> int:
    """Return the place behind the token at `at`, or behind the bracket that it opens."""
    tokens = (way[place] for place in range(at, len(way)))
    depths = accumulate(bool(each["open"]) - bool(each["close"]) for each in tokens)
    return next(place for place, depth in enumerate(depths, at + 1) if depth == 0)


def _of_group(inner: list[_Token]) -> Iterator[Part]:
    """Yield what a bracket cannot do without: of each of its ways the longest words."""
    if inner and inner[0].group().startswith("?"):
        return
    best = [
        max(parts, key=lambda part: min(map(len, part.words)), default=None)
        for parts in map(list, map(_parts, _alternatives(inner)))
    ]
    if all(best):
        yield Part(tuple(sorted({word for part in best if part for word in part.words})))


def _run(run: str) -> Iterator[Part]:
    if run:
        yield Part((run,))
