"""Manners: a reply that is harsh in many small ways and offers nothing is turned away as a whole.

No list of phrases is complete. Here small signs add up: how the other is addressed, particles of
impatience, sending away, and against them every sign of courtesy or of something being done.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.plain import Plain, marked
from shared.policy.gate.same import Same
from shared.policy.gate.section import Manners
from shared.policy.gate.spare import Said
from shared.policy.gate.wording import Wordings
from shared.policy.model import Pack

SUM: Final = "manners"
"""Said only where nothing more telling was found."""


def check_manners(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield one finding for a text whose signs of harshness outweigh all its courtesy."""
    del history
    rule, said = pack.gate.manners, Said(text.original, context.quoted)
    reading = marked(text.original)
    harsh: list[_Sign] = []
    kinds: set[str] = set()
    for name, start, end in _wordings(Same(rule)).find(reading):
        span = reading.span(start, end)
        if name == "kind":
            kinds.add(reading.text[start:end])
        elif not said.is_cited(span) and not said.is_topic(span):
            harsh.append(_Sign(*span, rule.strong_points if name == "strong" else 1))
    signs = max(_close(sorted(harsh), rule.window), key=_points, default=())
    if signs and _points(signs) - rule.kind_points * len(kinds) >= rule.enough:
        yield GateFinding(
            category=SUM,
            level=rule.situations.get(context.situation, rule.level),
            start=signs[0].start,
            end=max(each.end for each in signs),
            rules=rule.rules,
            reason="整段话没有一句在帮对方，只有不耐烦",
            suggestion="先回应对方的感受，再说我们在做什么、什么时候有结果",
        )


class _Sign(NamedTuple):
    start: int
    end: int
    points: int


def _close(signs: list[_Sign], window: int) -> Iterator[tuple[_Sign, ...]]:
    """Yield the signs that stand close together: what is far apart is not one outburst."""
    for place, first in enumerate(signs):
        yield tuple(each for each in signs[place:] if each.start < first.start + window)


def _points(signs: tuple[_Sign, ...]) -> int:
    return sum(each.points for each in signs)


@lru_cache(maxsize=64)
def _wordings(manners: Same[Manners]) -> Wordings:
    rule = manners.it
    return Wordings({"kind": rule.kind, "weak": rule.weak, "strong": rule.strong})
