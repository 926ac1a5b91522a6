"""The gate as the fold asks it: with the case's situation, channel, quotations and history."""

from functools import lru_cache

from services.respond.core.aggregates import Case
from shared.contracts.verdicts import Label
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, GateResult, HistoryDigest
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


def check_text(case: Case, pack: Pack, text: str) -> GateResult:
    """Return what the gate says of `text` as a reply in this case."""
    quoted = "\n".join(item.text for item in case.items[-5:]) if quotes(text) else ""
    return gate(text, _context(case.labels, case.platform, quoted), pack, _told(case.sent_texts))


@lru_cache(maxsize=512)
def _context(labels: tuple[Label, ...], channel: str, quoted: str) -> GateContext:
    """Return the situation for the gate; many cases stand in the same one."""
    situation: Situation = next(
        (situation for label, situation in _SITUATIONS if label in labels), "other"
    )
    return GateContext(situation=situation, channel=channel, quoted=quoted)


@lru_cache(maxsize=512)
def _told(sent_texts: tuple[str, ...]) -> HistoryDigest:
    return HistoryDigest(frozenset(sent_texts))
