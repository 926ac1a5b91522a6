"""What a text is about, as a short noun phrase of our own words: 停车费, 三号楼电梯, 河道异味.

Only words of the pack come out, each in the form the pack gives it, so that nothing a stranger
wrote is said again: no insult, no name, no figure.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal, NamedTuple

from ahocorasick_rs import MATCHKIND_LEFTMOST_LONGEST, AhoCorasick

from shared.policy.suggesting import Suggesting

READ_CHARS: Final = 1_000
LONGEST: Final = 14
_NEAR: Final = 8
_SENTENCE: Final = re.compile(r"[.。!！?？;；…\n]")
_WHICH: Final = re.compile(r"([一二三四五六七八九十]{1,3}(?:号楼|期|单元|号线))的?$")
_NOT_OURS: Final = re.compile(r"https?://\S+|@[\w\-]{1,30}|\[[^\[\]]{1,8}\]")
_Kind = Literal["thing", "place", "trouble", "wish"]
_WEIGHT: Final[Mapping[_Kind, int]] = {"thing": 10, "place": 2, "trouble": 8, "wish": 0}
_BESIDE: Final[Mapping[_Kind, int]] = {"trouble": 9, "wish": 3}


class _Hit(NamedTuple):
    start: int
    end: int
    kind: _Kind
    word: str


@dataclass(frozen=True)
class _Vocabulary:
    """The pack's words: as they are written, and what each means."""

    meant: tuple[tuple[str, _Kind, str], ...]

    @cached_property
    def _automaton(self) -> AhoCorasick:
        written = [each[0] for each in self.meant]
        return AhoCorasick(written, matchkind=MATCHKIND_LEFTMOST_LONGEST)

    def hits(self, text: str) -> list[_Hit]:
        found = []
        for which, start, end in self._automaton.find_matches_as_indexes(text):
            _, kind, word = self.meant[which]
            found.append(_Hit(start, end, kind, word))
        return found


@lru_cache(maxsize=1024)
def matters_of(text: str, suggesting: Suggesting) -> tuple[str, ...]:
    """Return what the text may be about, the likeliest first; none longer than `LONGEST`."""
    read = _NOT_OURS.sub(" ", text[:READ_CHARS])
    hits = _vocabulary(suggesting).hits(read)
    often = Counter(each.word for each in hits)
    found = sorted(_phrases(read, hits, often), key=lambda each: (-each[1], each[2]))
    return tuple(dict.fromkeys(each[0] for each in found))


@lru_cache(maxsize=64)
def _vocabulary(suggesting: Suggesting) -> _Vocabulary:
    meant: dict[str, tuple[_Kind, str]] = {}
    for words in suggesting.places.values():
        meant |= {each: ("place", each) for each in words.split()}
    for words in suggesting.things.values():
        meant |= {each: ("thing", each) for each in words.split()}
    for word, said in suggesting.wishes.items():
        meant |= dict.fromkeys((word, *said), ("wish", word))
    for word, said in suggesting.troubles.items():
        meant |= dict.fromkeys((word, *said), ("trouble", word))
    return _Vocabulary(tuple((each, *meaning) for each, meaning in meant.items()))


def _phrases(
    text: str, hits: list[_Hit], often: Mapping[str, int]
) -> Iterator[tuple[str, int, int]]:
    """Yield phrase, weight and place: a word alone, or a thing with what is wrong with it."""
    for at, hit in enumerate(hits):
        weight = _WEIGHT[hit.kind] + len(hit.word) + 3 * min(often[hit.word], 4)
        yield _with_which(text, hit), weight - hit.start // 40, hit.start
        if hit.kind in _BESIDE or at + 1 == len(hits):
            continue
        after = hits[at + 1]
        if _belong(text, hit, after):
            phrase = f"{_with_which(text, hit)}{after.word}"
            more = weight + _BESIDE[after.kind] + len(after.word) + 3 * min(often[after.word], 4)
            if len(phrase) <= LONGEST:
                yield phrase, more - hit.start // 40, hit.start


def _belong(text: str, hit: _Hit, after: _Hit) -> bool:
    between = text[hit.end : after.start]
    return (
        after.kind in _BESIDE
        and set(after.word).isdisjoint(hit.word)
        and len(between) <= _NEAR
        and not _SENTENCE.search(between)
    )


def _with_which(text: str, hit: _Hit) -> str:
    """Return the word with the building, phase or line that stands before it."""
    before = _WHICH.search(text[max(0, hit.start - 8) : hit.start])
    which = before.group(1) if before and hit.kind not in _BESIDE else ""
    return f"{which}{hit.word}"
