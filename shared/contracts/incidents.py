"""Facts about staff incidents (运营事故): a person reports one, a person decides on one."""

from typing import Literal

from shared.contracts.operators import OperatorFactBase


class IncidentReported(OperatorFactBase):
    """Somebody names a breach of the handbook by the id of its rule, and what happened."""

    kind: Literal["incident.reported"] = "incident.reported"
    account_id: str
    rule: str
    what: str
    case_id: str = ""


class IncidentJudged(OperatorFactBase):
    """A person upholds or dismisses what was proposed, with grade and sanction."""

    kind: Literal["incident.judged"] = "incident.judged"
    incident_id: str
    upheld: bool
    grade: int
    sanction: str = ""
    reason: str = ""


IncidentFact = IncidentReported | IncidentJudged
