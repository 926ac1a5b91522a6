"""What a case owes beside its reply, as the case keeps it: all bounded."""

from typing import Final, Literal

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.dues import Ground, Removing, VisitHow, VisitOutcome

KEEP_VISITS: Final = 20
KEEP_REMOVALS: Final = 20
RemovalStatus = Literal[
    "asked",
    "declined",
    "leaving",
    "done",
    "simulated",
    "refused",
    "returned",
    "expired",
    "unknown",
]


class Visit(Frozen):
    """One return visit: when it was entered, when it was made, by whom, and what came of it."""

    at: Time
    visited_at: Time
    person_id: str
    how: VisitHow
    outcome: VisitOutcome
    note: str = ""


class Removal(Frozen):
    """One wish to take something of the public away, from the asking to its end.

    `text` is the copy that is kept, `copy_hash` stands for it, its author and its time; `asked_op`
    is the operation by which it was asked for, for all alike the same one.
    """

    removal_id: str
    item_id: str
    item_version: str
    removing: Removing
    ground: Ground
    evidence: str
    text: str
    copy_hash: str
    asked_by: str
    asked_at: Time
    asked_op: str = ""
    status: RemovalStatus = "asked"
    decided_by: str = ""
    decided_at: Time | None = None
    effect_id: str = ""
    note: str = ""


class Dues(Frozen):
    """Return visits and removals, oldest first; `staff`: the rules its author, one of us, broke."""

    visits: tuple[Visit, ...] = ()
    removals: tuple[Removal, ...] = ()
    staff: tuple[str, ...] = ()

    @property
    def effects(self) -> tuple[str, ...]:
        """Return what became of the removals, by effect; "" for one that never left."""
        return tuple(each.effect_id for each in self.removals)


class VisitReminder(Aggregate):
    """A return visit is owed; whoever is on duty hears of it before its time is over."""

    case_id: str
    remind_at: Time

    @property
    def key(self) -> str:
        return f"visit:{self.case_id}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.remind_at, f"visit:{self.case_id}", self.key),)
