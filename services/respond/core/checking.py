"""The gate as the fold asks it: with the case's situation, channel, quotations and history."""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from services.respond.core.around import Around, cause_of, situation_in
from services.respond.core.case import Case
from services.respond.core.guided import guided
from services.respond.core.organisation import Person
from shared.contracts.base import built
from shared.contracts.items import ItemKind
from shared.contracts.operators import Slot
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.gate.check import CHECKS, Check, gate
from shared.policy.gate.consistency import check_consistency
from shared.policy.gate.fatigue import check_fatigue
from shared.policy.gate.findings import GateContext, GateResult, HistoryDigest, worst
from shared.policy.gate.levels import Situation
from shared.policy.gate.register import check_account
from shared.policy.gate.spare import quotes
from shared.policy.gate.strategy import check_strategy
from shared.policy.model import Pack

_SITUATIONS: tuple[tuple[Label, Situation], ...] = (
    (Label.SELF_HARM, "self_harm"),
    (Label.RUMOUR, "rumour"),
    (Label.COMPLAINT, "complaint"),
    (Label.QUESTION, "question"),
    (Label.PRAISE, "praise"),
)

_ANSWERS_FOR_MORE = (
    Role.VIEWER, Role.AUDITOR, Role.OPERATOR, Role.REVIEWER, Role.LEAD, Role.ADMIN,
)  # fmt: skip
BESIDE: Final[tuple[Check, ...]] = (
    check_account, check_fatigue, check_consistency, check_strategy,
)  # fmt: skip
"""The checks that look at what stands around a case, and not only at the text."""


def check_text(
    case: Case,
    pack: Pack,
    text: str,
    about: Around,
    slot: Slot = "answer",
    *,
    checks: tuple[Check, ...] = CHECKS,
) -> GateResult:
    """Return what the gate, positions and bans say of `text` as a reply in this case."""
    result = gate(
        text, context_of(case, pack, text, about, slot), pack, _told(case.sent_texts), checks
    )
    more = guided(case, pack, text, about.guidance, slot)
    if not more:
        return result
    found = sorted(
        (*result.findings, *more), key=lambda each: (each.start, each.end, each.category)
    )
    return replace(result, level=worst(tuple(found)), findings=tuple(found))


def passes_for_somebody(case: Case, pack: Pack, text: str, about: Around, slot: Slot) -> bool:
    """Tell whether the text may leave if one of those approves it who may say such things."""
    named = {role for each in pack.gate.roles.values() for role in each}
    others = tuple(each for each in case.replies if each.slot != slot)
    unwritten = case.model_copy(update={"replies": others})
    return any(
        check_text(unwritten, pack, text, about._replace(role=role), slot).passed
        for role in ("", *sorted(named))
    )


def context_of(case: Case, pack: Pack, text: str, about: Around, slot: Slot) -> GateContext:
    """Return what the gate is told of a case. Times are told to the minute."""
    plain = situation_of(case.labels)
    now = about.now
    return built(
        GateContext,
        {
            "situation": situation_in(case, pack, about, plain),
            "channel": case.platform,
            "action": _action(case, text, slot),
            "quoted": "\n".join(item.text for item in case.items[-5:]) if quotes(text) else "",
            "role": (_role(case, text, slot) if case.replies else "") or about.role,
            "account": about.account,
            "other_accounts": about.others,
            "earlier": about.earlier,
            "recent": about.recent,
            "cluster": cause_of(case, pack, about),
            "now": now.replace(second=0, microsecond=0) if now else None,
        },
    )


def role_of(person: Person | None) -> str:
    """Return the role that answers for most among those of a person; nobody has none."""
    return foremost(() if person is None else person.registered.roles)


def foremost(roles: tuple[Role, ...]) -> str:
    """Return the role that answers for most."""
    return max(roles, key=answers_for, default="")


def answers_for(role: str) -> int:
    """Return how much a role answers for, beside others; none answers for nothing."""
    return _ANSWERS_FOR_MORE.index(Role(role)) if role else -1


def _role(case: Case, text: str, slot: Slot) -> str:
    """Return the role of who answers for this text: its approver's, before that its writer's."""
    return next((each.role for each in case.replies if (each.slot, each.text) == (slot, text)), "")


def _action(case: Case, text: str, slot: Slot) -> str:
    """Return how such a reply appears: as a private message, or as a comment."""
    named = [each.item_id for each in case.replies if (each.slot, each.text) == (slot, text)]
    meant = [each for each in case.items if not named or each.item_id in named]
    private = bool(meant) and meant[-1].item_kind is ItemKind.MESSAGE
    return "message" if private else "comment"


def situation_of(labels: tuple[Label, ...]) -> Situation:
    """Return the situation in which somebody with such a matter is answered."""
    return next((situation for label, situation in _SITUATIONS if label in labels), "other")


@lru_cache(maxsize=512)
def _told(sent_texts: tuple[str, ...]) -> HistoryDigest:
    return HistoryDigest(frozenset(sent_texts))
