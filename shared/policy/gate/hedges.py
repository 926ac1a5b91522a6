"""Uncertain words: a fact of ours must be known before it is told; a manner of speaking need not.

"大概是仓库发错货了" blurs what we should know. "或许我们可以再聊聊" is an offer, "可能让您感到不便" is
concern. In a crisis every one counts but those that say no fact at all.
"""

from bisect import bisect_left
from functools import lru_cache

from shared.policy.gate.disguise import Hit
from shared.policy.gate.findings import GateContext
from shared.policy.gate.levels import Level
from shared.policy.gate.plain import PAUSES, Plain, marked
from shared.policy.gate.same import Same
from shared.policy.gate.section import Hedges
from shared.policy.gate.wording import Wordings
from shared.policy.model import Pack
from shared.policy.phrases import Span


def hedge_level(
    text: Plain, context: GateContext, pack: Pack, hit: Hit, level: Level
) -> Level | None:
    """Return the level of an uncertain word here; None if it says no fact."""
    hedges = pack.gate.hedges
    reading = marked(text.original)
    start, end = text.span(hit.start, hit.end)
    finds = _found(text.original, Same(hedges))
    if any(name == "spared" and first <= start and end <= last for name, first, last in finds):
        return None
    if context.situation in hedges.strict or _long(text.text) <= hedges.short_text:
        return level
    first, last = _clause(reading, start)
    matters = any(name == "matters" and first <= at < last for name, at, _ in finds)
    return level if matters else "warn"


@lru_cache(maxsize=16)
def _long(plain_text: str) -> int:
    """Return how many characters are no letters or digits: these may be there to disguise."""
    return sum(not char.isascii() for char in plain_text)


def _clause(reading: Plain, place: int) -> Span:
    """Return the span of the original that holds the clause around `place`."""
    here = bisect_left(reading.origin, place)
    first = max(reading.text.rfind(pause, 0, here) for pause in PAUSES)
    last = min(at for pause in PAUSES if (at := reading.text.find(pause, here)) >= 0)
    return reading.origin[first], reading.origin[last] + 1


@lru_cache(maxsize=16)
def _found(original: str, hedges: Same[Hedges]) -> tuple[tuple[str, int, int], ...]:
    """Return what spares or matters in a text: every uncertain word of it asks the same."""
    reading = marked(original)
    found = _wordings(hedges).find(reading)
    return tuple((name, *reading.span(start, end)) for name, start, end in found)


@lru_cache(maxsize=64)
def _wordings(hedges: Same[Hedges]) -> Wordings:
    return Wordings({"matters": hedges.it.matters, "spared": hedges.it.spared})
