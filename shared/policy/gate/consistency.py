"""Contradiction with what this account said before: another number, or yes where it said no.

Kept simple and honest: only clauses that are about the same thing in nearly the same words are
compared, so it misses much and is seldom wrong.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.levels import Level
from shared.policy.gate.numerals import NUMBER, narrow, number
from shared.policy.gate.plain import Plain
from shared.policy.model import Pack

_CLAUSE: Final = re.compile(r"[^,，。!！?？;；\n]+")
_FIGURE: Final = re.compile(
    rf"({NUMBER})\s*(个?工作日|小时|分钟|月|日|号|点|时|年|天|周|元|万元|亿元|人|名|例|起|次|件|批|台|辆|户|家|楼|层|度|%|折|倍|米|公里|吨|瓶|盒|份|张)"
)
_NEGATION: Final = re.compile(
    r"没有|并未|从未|尚未|未曾|没|未|不会|不存在|不再|不予|不是|不能|不可以|不可|不|无需|无|非"
)
_NOISE: Final = re.compile(r"[了的是在有已经将会都也还就和与及并于为我们本您好目前现在情况]|\s")
_CORRECTION: Final = re.compile(
    r"更正|更新|最新|截至|调整为|改为|变更|修正|有误|此前|延期|延长|提前到|重新"
)
_ALIKE: Final = 0.6
_SHORTEST: Final = 3


@dataclass(frozen=True, slots=True)
class _Claim:
    start: int
    end: int
    pairs: frozenset[str]
    figures: frozenset[tuple[float, str]]
    negated: bool
    text: str


def check_consistency(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield clauses that say something else than an earlier one about the same matter."""
    del pack, history
    if not context.earlier:
        return
    level: Level = "warn" if _CORRECTION.search(text.original) else "hold"
    told = _told(context.earlier)
    for claim in _claims(text.original):
        other = next((each for each in told.near(claim) if _contradicts(claim, each)), None)
        if other is not None:
            yield GateFinding(
                category="contradiction",
                level=level,
                start=claim.start,
                end=claim.end,
                rules=(),
                reason=f"和之前说过的不一致：“{other.text}”，请核对，或者写明是更正",
            )


class _Told:
    """What was said before, each thing once, by the pairs of characters it is worded with."""

    def __init__(self, earlier: tuple[str, ...]) -> None:
        said = {claim.text: claim for each in earlier for claim in _claims(each)}
        self._claims = tuple(said.values())
        self._denied: dict[str, list[int]] = {}
        self._affirmed: dict[str, list[int]] = {}
        self._counted: dict[str, list[int]] = {}
        for place, claim in enumerate(self._claims):
            self._enter(place, claim)

    def _enter(self, place: int, claim: _Claim) -> None:
        by_pair = self._denied if claim.negated else self._affirmed
        for pair in claim.pairs:
            by_pair.setdefault(pair, []).append(place)
            if claim.figures:
                self._counted.setdefault(pair, []).append(place)

    def near(self, claim: _Claim) -> Iterator[_Claim]:
        """Yield what is worded alike and says no to its yes, or names a figure beside its own."""
        by_pair = [self._affirmed if claim.negated else self._denied]
        by_pair += [self._counted] if claim.figures else []
        for places in by_pair:
            shared = Counter(place for pair in claim.pairs for place in places.get(pair, ()))
            for place in sorted(shared):
                if shared[place] >= _SHORTEST:
                    yield self._claims[place]


@lru_cache(maxsize=64)
def _told(earlier: tuple[str, ...]) -> _Told:
    """Every text of the matter is compared with the same."""
    return _Told(earlier)


@lru_cache(maxsize=256)
def _claims(text: str) -> tuple[_Claim, ...]:
    flat = narrow(text)
    return tuple(_claim(flat, match) for match in _CLAUSE.finditer(flat))


def _claim(flat: str, match: re.Match[str]) -> _Claim:
    clause = match.group()
    figures = frozenset((number(each[1]), each[2]) for each in _FIGURE.finditer(clause))
    core = _NOISE.sub("", _NEGATION.sub("", _FIGURE.sub("#", clause)))
    return _Claim(
        match.start(),
        match.end(),
        frozenset(a + b for a, b in pairwise(core)),
        figures,
        bool(_NEGATION.search(clause)),
        flat[match.start() : match.end()].strip(),
    )


def _contradicts(one: _Claim, other: _Claim) -> bool:
    if one.negated == other.negated and not _numbers_differ(one, other):
        return False
    shared = len(one.pairs & other.pairs)
    smaller = min(len(one.pairs), len(other.pairs))
    return shared >= _SHORTEST and shared / smaller >= _ALIKE


def _numbers_differ(one: _Claim, other: _Claim) -> bool:
    units = {unit for _, unit in one.figures} & {unit for _, unit in other.figures}
    return any(_of(one, unit).isdisjoint(_of(other, unit)) for unit in units)


def _of(claim: _Claim, unit: str) -> frozenset[float]:
    return frozenset(value for value, each in claim.figures if each == unit)
