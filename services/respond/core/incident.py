"""The register of staff incidents as the fold keeps it: what was noticed, and what people decided."""

from typing import ClassVar, Literal

from services.respond.core.case import KEEP
from services.respond.core.said import DecisionBase
from services.respond.core.state import Aggregate
from shared.contracts.base import Time
from shared.policy.incidents import IncidentRule, Trigger

IncidentStatus = Literal["proposed", "upheld", "dismissed"]


class Incident(Aggregate):
    """One entry: which rule, by what it was noticed, what is proposed and what was decided.

    `person_id` had the case at that time, if anybody had; it says nothing of guilt.
    """

    incident_id: str
    rule: IncidentRule
    trigger: Trigger | Literal["reported"]
    at: Time
    account_id: str
    case_id: str = ""
    about: str = ""
    evidence: tuple[str, ...] = ()
    """Where it can be looked up: posts, replies, effects, kept copies, by their keys."""
    person_id: str = ""
    reported_by: str = ""
    status: IncidentStatus = "proposed"
    grade: int
    sanction: str
    decided_by: str = ""
    decided_at: Time | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        return f"incident:{self.incident_id}"


class IncidentRegister(Aggregate):
    """The newest entries first; older ones stand in log and archive."""

    incident_ids: tuple[str, ...] = ()

    KEY: ClassVar[str] = "incidents:self"

    @property
    def key(self) -> str:
        return self.KEY

    def with_first(self, incident_id: str) -> tuple["IncidentRegister", tuple[str, ...]]:
        """Return the register with one more entry, and which ones it no longer names."""
        ids = (incident_id, *self.incident_ids)
        return IncidentRegister(incident_ids=ids[:KEEP]), ids[KEEP:]


class IncidentProposed(DecisionBase):
    """A breach of the handbook was noticed or reported; a person is asked."""

    kind: Literal["incident.proposed"] = "incident.proposed"
    incident_id: str
    rule: str
    trigger: str
    grade: int
    case_id: str = ""


class IncidentDecided(DecisionBase):
    """A person decided on it."""

    kind: Literal["incident.decided"] = "incident.decided"
    incident_id: str
    person_id: str
    upheld: bool
    grade: int
