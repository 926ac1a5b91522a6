"""Wordings as a policy owner writes them, found in a text whose clause ends are kept.

`你(们|)…算什么东西`: in brackets one of several (an empty one: or nothing), with `*` several of them
in any order; `…` up to six characters in between, `……` up to fourteen, never across the end of a
sentence; `，` is where any clause ends. No regular expressions: nothing that could be slow.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

from ahocorasick_rs import AhoCorasick

from shared.policy.gate.plain import PAUSES, Plain, marked

_PART: Final = re.compile(r"\(([^()]*)\)(\*?)|(…+)|([^()…*]+)")
_GAPS: Final = {1: 6, 2: 14}
_PAUSE: Final = re.compile(f"[{PAUSES}]")
_OFTEN: Final = "{0,4}"


class WordingError(ValueError):
    """A wording nobody can read."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What to look for, and words of which every find contains at least one."""

    written: str
    shape: re.Pattern[str]
    anchors: tuple[str, ...]


@lru_cache(maxsize=8192)
def wording(written: str) -> Wording:
    """Read one wording. Raises WordingError."""
    parts: list[str] = []
    anchors: list[tuple[str, ...]] = []
    read = 0
    for match in _PART.finditer(written):
        if match.start() != read:
            break
        read = match.end()
        choices, often, gap, literal = match.groups()
        if gap is not None:
            parts.append(f".{{0,{_GAPS[min(len(gap), 2)]}}}?")
            continue
        words = tuple(marked(each).text[1:-1] for each in (literal or choices).split("|"))
        longest_first = sorted(set(words), key=lambda each: (-len(each), each))
        parts.append(f"(?:{'|'.join(map(_escaped, longest_first))}){_OFTEN if often else ''}")
        kept = tuple(max(_PAUSE.split(each), key=len) for each in words)
        if not often and all(kept):
            anchors.append(kept)
    if read != len(written) or not anchors:
        message = f"{written}: write words, (one|of|these) and … between them, some word at least"
        raise WordingError(message)
    best = max(anchors, key=lambda words: (min(map(len, words)), -len(words)))
    return Wording(written, re.compile("".join(parts)), tuple(sorted(set(best))))


def _escaped(words: str) -> str:
    return re.escape(words).replace("，", f"[{PAUSES}]")


class Wordings:
    """Many wordings by name, all looked for in one pass over the text."""

    def __init__(self, by_name: Mapping[str, Iterable[str]]) -> None:
        self._known: list[tuple[str, Wording]] = [
            (name, wording(each)) for name, written in by_name.items() for each in written
        ]
        owners: dict[str, list[int]] = {}
        for index, (_, each) in enumerate(self._known):
            for anchor in each.anchors:
                owners.setdefault(anchor, []).append(index)
        self._owners = list(owners.values())
        self._anchors = AhoCorasick(list(owners)) if owners else None

    def find(self, text: Plain) -> Iterator[tuple[str, int, int]]:
        """Yield (name, start, end) in a marked text; overlapping finds of a name are one."""
        found = sorted(self._each(text))
        for name, spans in groupby(found, key=lambda each: each[0]):
            first, last = -1, -1
            for _, start, end in spans:
                if start >= last:
                    if last > first:
                        yield name, first, last
                    first, last = start, end
                else:
                    last = max(last, end)
            yield name, first, last

    def _each(self, text: Plain) -> Iterator[tuple[str, int, int]]:
        if self._anchors is None:
            return
        asked: set[tuple[int, int, int]] = set()
        for which, start, _ in self._anchors.find_matches_as_indexes(text.text, overlapping=True):
            first, last = text.sentence(start)
            asked.update((index, first, last) for index in self._owners[which])
        for index, first, last in asked:
            name, each = self._known[index]
            for match in each.shape.finditer(text.text, max(first - 1, 0), last):
                yield name, *_trimmed(text.text, *match.span())


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without the clause ends at its edges."""
    while start < end - 1 and text[start] in PAUSES:
        start += 1
    while end > start + 1 and text[end - 1] in PAUSES:
        end -= 1
    return start, end
