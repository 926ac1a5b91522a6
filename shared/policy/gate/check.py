"""The check every outgoing text passes: all rules, worst level, closed when one of them fails."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from shared.policy.gate.findings import (
    GateContext,
    GateFinding,
    GateResult,
    HistoryDigest,
    worst,
)
from shared.policy.gate.form import check_form
from shared.policy.gate.leaks import check_leaks
from shared.policy.gate.plain import Plain, plain
from shared.policy.gate.taboo import check_taboos, quotes
from shared.policy.gate.units import channel_limit
from shared.policy.model import Pack
from shared.text.length import units

Check = Callable[[Plain, GateContext, Pack, HistoryDigest], Iterator[GateFinding]]
CHECKS: tuple[Check, ...] = (check_form, check_taboos, check_leaks)


def gate(
    text: str,
    context: GateContext,
    pack: Pack,
    history: HistoryDigest | None = None,
    checks: tuple[Check, ...] = CHECKS,
) -> GateResult:
    """Return the findings on an outgoing text. Pure; a check that raises holds the text."""
    if context.quoted and not quotes(text):
        context = context.model_copy(update={"quoted": ""})
    return _checked(text, context, pack, history or HistoryDigest(), checks)


@lru_cache(maxsize=512)
def _checked(
    text: str, context: GateContext, pack: Pack, told: HistoryDigest, checks: tuple[Check, ...]
) -> GateResult:
    """Approved wordings come again with every case: the same question has the same answer."""
    found: list[GateFinding] = []
    for check in checks:
        try:
            found.extend(check(plain(text), context, pack, told))
        except Exception as error:  # noqa: BLE001  fails closed: an unchecked text stays here
            found.append(_failed(text, error))
    ordered = tuple(sorted(found, key=lambda each: (each.start, each.end, each.category)))
    limit = channel_limit(context.channel, pack)
    return GateResult(worst(ordered), ordered, units(text), limit)


def _failed(text: str, error: Exception) -> GateFinding:
    return GateFinding(
        category="check_failed",
        level="hold",
        start=0,
        end=len(text),
        rules=(),
        reason=f"这项检查没有完成（{type(error).__name__}），请人工核对后重试",
    )
