"""The taboo families of the pack, found through disguise, and spared where they mean no harm.

Spared are longer harmless words (尽可能), the customer's own words in quotation marks, what is
reported of others (您提到……可能……), and what we say we will not say (绝不会说"不知道").
"""

from collections.abc import Iterator
from functools import lru_cache

from shared.policy.gate.disguise import Hit, disguises
from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.hedges import hedge_level
from shared.policy.gate.levels import Level
from shared.policy.gate.plain import Plain, marked
from shared.policy.gate.same import Same
from shared.policy.gate.spare import Said
from shared.policy.gate.wording import Wordings
from shared.policy.model import Pack, Taboo
from shared.policy.phrases import inside, places


def check_taboos(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield what the pack's families forbid, one finding a place, the longest phrase first."""
    del history
    said = Said(text.original, context.quoted)
    for hit in disguises(pack).find(text):
        taboo = pack.taboos[hit.family]
        level = _level(text, context, pack, hit)
        if level is None or _is_spared(text, said, taboo, hit):
            continue
        if _means_no_harm(text, pack, taboo, hit):
            continue
        start, end = text.span(hit.start, hit.end)
        yield GateFinding(
            category=taboo.category,
            level=level,
            start=start,
            end=end,
            rules=taboo.rules,
            reason=taboo.reason,
            suggestion=taboo.rewordings.get(hit.phrase),
        )


def _is_spared(text: Plain, said: Said, taboo: Taboo, hit: Hit) -> bool:
    span = text.span(hit.start, hit.end)
    return (
        inside((hit.start, hit.end), tuple(places(text, taboo.unless)))
        or said.is_cited(span)
        or (taboo.spare_reported and said.is_reported(span[0]))
    )


def _means_no_harm(text: Plain, pack: Pack, taboo: Taboo, hit: Hit) -> bool:
    """Tell whether a longer wording around it speaks of others, or of a thing."""
    if taboo.category not in pack.gate.spared:
        return False
    reading = marked(text.original)
    found = _wordings(Same(pack.gate.spared)).find(reading)
    spans = [reading.span(start, end) for name, start, end in found if name == taboo.category]
    return inside(text.span(hit.start, hit.end), spans)


@lru_cache(maxsize=64)
def _wordings(by_name: Same[dict[str, tuple[str, ...]]]) -> Wordings:
    return Wordings(by_name.it)


def _level(text: Plain, context: GateContext, pack: Pack, hit: Hit) -> Level | None:
    """Some characters meet by chance across a comma (很好,像……): worth a look, no more."""
    taboo = pack.taboos[hit.family]
    if taboo.category in pack.gate.hedges.categories:
        level = hedge_level(text, context, pack, hit, taboo.level)
    else:
        level = taboo.level
    if hit.phrase in taboo.by_chance and text.crosses_break(hit.start, hit.end):
        return "warn"
    return level
