"""Ways of answering a crisis, and whether they fit how its cause is seen (SCCT). Hints only."""

from collections.abc import Iterator
from functools import lru_cache

from shared.policy.gate.findings import GateContext, GateFinding, HistoryDigest
from shared.policy.gate.plain import Plain, marked
from shared.policy.gate.same import Same
from shared.policy.gate.section import Strategy
from shared.policy.gate.wording import Wordings
from shared.policy.model import Pack


def check_strategy(
    text: Plain, context: GateContext, pack: Pack, history: HistoryDigest
) -> Iterator[GateFinding]:
    """Yield a hint where a strategy does not fit the cluster of the crisis."""
    del history
    text = marked(text.original)
    for strategy, start, end in strategies(text, pack):
        for mismatch in pack.gate.mismatches:
            if (mismatch.cluster, mismatch.strategy) == (context.cluster, strategy):
                first, last = text.span(start, end)
                yield GateFinding(
                    category="strategy",
                    level="warn",
                    start=first,
                    end=last,
                    rules=(),
                    reason=mismatch.reason,
                    suggestion=mismatch.suggestion,
                )


def strategies(text: Plain, pack: Pack) -> Iterator[tuple[str, int, int]]:
    """Yield (strategy, start, end) in the marked text."""
    return _wordings(Same(pack.gate.strategies)).find(text)


@lru_cache(maxsize=64)
def _wordings(strategies: Same[dict[Strategy, tuple[str, ...]]]) -> Wordings:
    return Wordings({str(name): each for name, each in strategies.it.items()})
