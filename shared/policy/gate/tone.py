"""How a reply is worded as a whole: many small pieces, weighed, none of them a phrase of a list.

What no list names ("您早干什么去了") is still worded like a thousand other rebuffs. The weights are
whole numbers, learnt from texts of our own and from insults beside their polite rewrites.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.plain import Plain, marked
from shared.policy.gate.spare import Said
from shared.policy.gate.tone_weights import WEIGHT_OF
from shared.policy.model import Pack

LONGEST: Final = 3
"""Characters of a piece."""
OVERALL: Final = "tone"
_HOSTILE: Final = "整段话的语气像在顶撞或打发对方"
_DOUBTFUL: Final = "这段话读来可能带刺，请以对方的心情再读一遍"


def check_tone(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield one finding for a text that is worded like those nobody should have sent."""
    del history
    rule = pack.gate.tone
    enough = rule.enough_in.get(context.situation, rule.enough)
    if enough is None:
        return
    found = hostility(_without_quotes(text.original, context.quoted))
    if found < (enough if rule.doubt is None else min(enough, rule.doubt)):
        return
    grave = found >= enough
    yield GateFinding(
        category=OVERALL,
        level=rule.situations.get(context.situation, rule.level) if grave else "warn",
        start=0,
        end=len(text.original),
        rules=rule.rules,
        reason=_HOSTILE if grave else _DOUBTFUL,
        suggestion="换一种说法：先接住对方的感受，再说我们在做什么" if grave else None,
    )


def hostility(text: str) -> int:
    """Return how hostile a text is worded; the sum of what its pieces weigh."""
    pieces, weights = _weighed()
    found = pieces.find_matches_as_indexes(marked(text).text, overlapping=True)
    return sum(weights[which] for which in {which for which, _, _ in found})


@lru_cache(maxsize=1)
def _weighed() -> tuple[AhoCorasick, tuple[int, ...]]:
    """Return the search for all pieces that weigh anything, and what each weighs."""
    return AhoCorasick(list(WEIGHT_OF)), tuple(WEIGHT_OF.values())


def _without_quotes(original: str, customer: str) -> str:
    """Return the text without what others said, and without what we say we never say."""
    said = Said(original, customer)
    kept, last = "", 0
    for start, end in sorted({*said.cited, *said.disowned}):
        kept, last = kept + original[last:start], max(last, end)
    return kept + original[last:]
