"""Facts about the house's own order: what is decided on a rumour, what colleagues are asked."""

from typing import Literal

from shared.contracts.operators import CaseOperationFact

HoldDecision = Literal["reported_up", "proceed", "stay_silent"]


class HoldDecided(CaseOperationFact):
    """A person says what becomes of a reply that the rules hold: reported up, answered, or not."""

    kind: Literal["operator.hold_decided"] = "operator.hold_decided"
    decision: HoldDecision
    reason: str
    alike: bool = False


class InformationAsked(CaseOperationFact):
    """A department, or one colleague, is asked what happened; without `minutes` the pack's own."""

    kind: Literal["operator.information_asked"] = "operator.information_asked"
    of: str = ""
    of_person: str = ""
    question: str
    minutes: int | None = None


class InformationAnswered(CaseOperationFact):
    """Somebody says what is known; for an opinion, the words their department proposes."""

    kind: Literal["operator.information_answered"] = "operator.information_answered"
    ask_id: str
    text: str


FlowFact = HoldDecided | InformationAsked | InformationAnswered
