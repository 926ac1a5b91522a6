"""A promise of ours as the fold keeps it: what a text says, and the clock it opens once it is sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal

from services.respond.core.said import DecisionBase
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.operators import Slot

KEEP_PROMISES: Final = 20
PromiseStatus = Literal["open", "reminded", "broken", "kept", "given_up"]


class Promised(Frozen):
    """What a text says we shall do, and by when.

    `running`: counted in minutes or hours, so that it begins anew until the text leaves.
    """

    text: str
    what: str
    due_at: Time
    running: bool = False
    soft: bool = False
    tells: bool = False


class PromiseClock(Frozen):
    """A promise that stands in public: running, broken (and still owed), kept, or given up."""

    promise_id: str
    text: str
    what: str
    slot: Slot
    due_at: Time
    opened_at: Time
    remind_at: Time
    status: PromiseStatus = "open"
    tells: bool = False
    confirmed_by: str = ""
    broken_at: Time | None = None
    settled_at: Time | None = None
    settled_by: str = ""
    reason: str = ""

    @property
    def is_owed(self) -> bool:
        return self.settled_at is None

    def settled(
        self, status: PromiseStatus, at: datetime, by: str, reason: str = ""
    ) -> "PromiseClock":
        """Return it kept or given up."""
        fresh = {"status": status, "settled_at": at, "settled_by": by, "reason": reason}
        return self.model_copy(update=fresh)

    def timers(self, case_id: str, key: str) -> Iterator[Timer]:
        """Yield when it wants something: a reminder before, and its end."""
        if self.status == "open":
            yield Timer(self.remind_at, f"soon:{case_id}:{self.promise_id}", key)
        if self.status in {"open", "reminded"}:
            yield Timer(self.due_at, f"promise:{case_id}:{self.promise_id}", key)


def remind_at(opened_at: datetime, due_at: datetime, before: timedelta) -> datetime:
    """Return when to remind: so long before, but never in the first half of the time there is."""
    return max(due_at - before, opened_at + (due_at - opened_at) / 2)


class PromiseMoved(DecisionBase):
    """A promise of a reply that was sent: it runs, is near its end, broken, kept or given up."""

    kind: Literal["promise.moved"] = "promise.moved"
    case_id: str
    promise_id: str
    status: PromiseStatus
    due: Time
    slot: Slot
    person_id: str = ""
