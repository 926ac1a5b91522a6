"""The gate as the fold asks it: with the case's situation, channel, quotations and history."""

from dataclasses import replace
from functools import lru_cache

from services.respond.core.case import Case
from services.respond.core.guidance import Guidance
from services.respond.core.guided import guided
from services.respond.core.organisation import Person
from shared.contracts.operators import Slot
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateResult, HistoryDigest, worst
from shared.policy.gate.levels import Situation
from shared.policy.gate.spare import quotes
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


def check_text(
    case: Case, pack: Pack, text: str, guidance: Guidance, slot: Slot = "answer"
) -> GateResult:
    """Return what the gate, positions and bans say of `text` as a reply in this case."""
    quoted = "\n".join(item.text for item in case.items[-5:]) if quotes(text) else ""
    role = _role(case, text, slot) if case.replies else ""
    context = _context(case.labels, case.platform, quoted, role)
    result = gate(text, context, pack, _told(case.sent_texts))
    more = guided(case, pack, text, guidance, slot)
    if not more:
        return result
    found = sorted(
        (*result.findings, *more), key=lambda each: (each.start, each.end, each.category)
    )
    return replace(result, level=worst(tuple(found)), findings=tuple(found))


def role_of(person: Person | None) -> str:
    """Return the role that answers for most among those of a person; nobody has none."""
    held = () if person is None else person.registered.roles
    return max(held, key=answers_for, default="")


def answers_for(role: str) -> int:
    """Return how much a role answers for, beside others; none answers for nothing."""
    return _ANSWERS_FOR_MORE.index(Role(role)) if role else -1


def _role(case: Case, text: str, slot: Slot) -> str:
    """Return the role of who answers for this text: its approver's, before that its writer's."""
    return next((each.role for each in case.replies if (each.slot, each.text) == (slot, text)), "")


def situation_of(labels: tuple[Label, ...]) -> Situation:
    """Return the situation in which somebody with such a matter is answered."""
    return next((situation for label, situation in _SITUATIONS if label in labels), "other")


@lru_cache(maxsize=512)
def _context(labels: tuple[Label, ...], channel: str, quoted: str, role: str) -> GateContext:
    """Return the situation for the gate; many cases stand in the same one."""
    situation = situation_of(labels)
    return GateContext(situation=situation, channel=channel, quoted=quoted, role=role)


@lru_cache(maxsize=512)
def _told(sent_texts: tuple[str, ...]) -> HistoryDigest:
    return HistoryDigest(frozenset(sent_texts))
