"""Facts about what a case owes beside its reply: return visits, and removals that need two people."""

from typing import Literal

from shared.contracts.base import Time
from shared.contracts.operators import CaseOperationFact

VisitHow = Literal["phone", "message", "in_person", "other"]
VisitOutcome = Literal["satisfied", "unsatisfied", "not_reached"]


class VisitRecorded(CaseOperationFact):
    """Somebody asked again after the answer (回访): how, when, and what it came to.

    `visited_at` None: just now.
    """

    kind: Literal["operator.visited"] = "operator.visited"
    how: VisitHow
    outcome: VisitOutcome
    visited_at: Time | None = None
    note: str = ""


DuesFact = VisitRecorded
