"""What a case owes beside its reply, as the case keeps it: all bounded."""

from functools import cached_property
from typing import Final

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.dues import VisitHow, VisitOutcome

KEEP_VISITS: Final = 20


class Visit(Frozen):
    """One return visit: when it was entered, when it was made, by whom, and what came of it."""

    at: Time
    visited_at: Time
    person_id: str
    how: VisitHow
    outcome: VisitOutcome
    note: str = ""


class Dues(Frozen):
    """Return visits, oldest first."""

    visits: tuple[Visit, ...] = ()


class VisitReminder(Aggregate):
    """A return visit is owed; whoever is on duty hears of it before its time is over."""

    case_id: str
    remind_at: Time

    @cached_property
    def key(self) -> str:
        return f"visit:{self.case_id}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.remind_at, f"visit:{self.case_id}", self.key),)
