"""The check every outgoing text passes: all rules, worst level, closed when one of them fails."""

from collections.abc import Callable, Iterator
from functools import lru_cache

from shared.policy.checks.at_gate import check_rules, unknown_of_rules
from shared.policy.gate.consistency import check_consistency
from shared.policy.gate.families import check_families, unknown_of
from shared.policy.gate.fatigue import check_fatigue
from shared.policy.gate.findings import (
    GateContext,
    GateFinding,
    GateResult,
    HistoryDigest,
    Unknown,
    worst,
)
from shared.policy.gate.form import LONGEST, check_form, check_size, check_wordiness
from shared.policy.gate.help import check_help
from shared.policy.gate.leaks import check_leaks
from shared.policy.gate.manners import check_manners
from shared.policy.gate.once import once
from shared.policy.gate.plain import Plain, plain
from shared.policy.gate.promises import by_weekends, check_promises, promises
from shared.policy.gate.register import account_unknown, check_account, check_signs
from shared.policy.gate.same import Same
from shared.policy.gate.spare import quotes
from shared.policy.gate.strategy import check_strategy
from shared.policy.gate.taboo import check_taboos
from shared.policy.gate.tone import check_tone
from shared.policy.gate.units import counted, length_for
from shared.policy.model import Pack

Check = Callable[[Plain, GateContext, Pack, HistoryDigest], Iterator[GateFinding]]
CHECKS: tuple[Check, ...] = (
    check_form,
    check_wordiness,
    check_taboos,
    check_families,
    check_rules,
    check_manners,
    check_tone,
    check_leaks,
    check_promises,
    check_account,
    check_signs,
    check_fatigue,
    check_consistency,
    check_strategy,
    check_help,
)


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
    return _checked(text, context, Same(pack), history or HistoryDigest(), checks)


@lru_cache(maxsize=512)
def _checked(
    text: str,
    context: GateContext,
    rules: Same[Pack],
    told: HistoryDigest,
    checks: tuple[Check, ...],
) -> GateResult:
    """Approved wordings come again with every case: the same question has the same answer."""
    pack = rules.it
    found: list[GateFinding] = []
    oversize = len(text) > LONGEST
    for check in (check_size,) if oversize else checks:
        try:
            found.extend(check(plain(text), context, pack, told))
        except Exception as error:  # noqa: BLE001  fails closed: an unchecked text stays here
            found.append(_failed(text, error))
    levelled = found if oversize else once([_as_the_pack_says(each, pack) for each in found], pack)
    ordered = tuple(sorted(levelled, key=lambda each: (each.start, each.end, each.category)))
    length = length_for(context, pack)
    return GateResult(
        worst(ordered),
        ordered,
        counted(text, length),
        float(length.limit),
        _unknown(text, ordered, context, pack),
    )


def _as_the_pack_says(finding: GateFinding, pack: Pack) -> GateFinding:
    level = pack.gate.levels.get(finding.category, finding.level)
    return finding if level == finding.level else finding.model_copy(update={"level": level})


def _unknown(
    text: str, found: tuple[GateFinding, ...], context: GateContext, pack: Pack
) -> tuple[Unknown, ...]:
    """Return what nobody said and a check would have needed: that is not the same as passed."""
    unknown = unknown_of(found, context, pack) | account_unknown(text, context)
    unknown |= unknown_of_rules(text, context, pack)
    if context.earlier is None:
        unknown.add(Unknown(check="contradiction", needs="earlier"))
    if context.recent is None:
        unknown.add(Unknown(check="copy_paste", needs="recent"))
    if context.situation == "crisis" and not context.cluster:
        unknown.add(Unknown(check="strategy", needs="cluster"))
    if any(each.category == "promise" for each in found):
        unknown |= _of_promises(text, context, pack)
    return tuple(sorted(unknown, key=lambda each: (each.check, each.needs)))


def _of_promises(text: str, context: GateContext, pack: Pack) -> set[Unknown]:
    """Return what the end of a promise would need: the time it is now, the holidays of its year."""
    if context.now is None:
        return {Unknown(check="promise", needs="now")}
    read = promises(text, context.now, pack.gate.calendar, pack.zone)
    years = {each.deadline.year for each in read if each.deadline and by_weekends(each)}
    return {Unknown(check="promise", needs=f"holidays_of_{year}") for year in years}


def _failed(text: str, error: Exception) -> GateFinding:
    return GateFinding(
        category="check_failed",
        level="hold",
        start=0,
        end=len(text),
        rules=(),
        reason=f"这项检查没有完成（{type(error).__name__}），请人工核对后重试",
    )
