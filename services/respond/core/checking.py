"""The gate as the fold asks it: with the case's situation, channel, quotations and history."""

from services.respond.core.aggregates import Case
from shared.contracts.verdicts import Label
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateResult, HistoryDigest
from shared.policy.model import Pack, Situation

_SITUATIONS: tuple[tuple[Label, Situation], ...] = (
    (Label.SELF_HARM, "self_harm"),
    (Label.RUMOUR, "rumour"),
    (Label.COMPLAINT, "complaint"),
    (Label.QUESTION, "question"),
    (Label.PRAISE, "praise"),
)


def check_text(case: Case, pack: Pack, text: str) -> GateResult:
    """Return what the gate says of `text` as a reply in this case."""
    return gate(text, context_of(case), pack, HistoryDigest(frozenset(case.sent_texts)))


def context_of(case: Case) -> GateContext:
    """Return the situation of the case for the gate."""
    situation: Situation = next(
        (situation for label, situation in _SITUATIONS if label in case.labels), "other"
    )
    quoted = "\n".join(item.text for item in case.items[-5:])
    return GateContext(situation=situation, channel=case.platform, quoted=quoted)
