"""What people do in a case beside its reply: return visits, and what is to be taken away."""

from typing import assert_never

from services.respond.core import removals, visits
from services.respond.core.aggregates import Case
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.dues import (
    DuesFact,
    RemovalApproved,
    RemovalAsked,
    RemovalDeclined,
    VisitRecorded,
)


def operate(work: Work, case: Case, fact: DuesFact) -> Case | Refusal:
    """Do or refuse it."""
    match fact:
        case VisitRecorded():
            return visits.record(work, case, fact)
        case RemovalAsked():
            return removals.ask(work, case, fact)
        case RemovalApproved():
            return removals.approve(work, case, fact)
        case RemovalDeclined():
            return removals.decline(work, case, fact)
        case _:
            assert_never(fact)
