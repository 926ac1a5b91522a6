"""What a case owes beside its reply, as decisions: clocks of its own, and what is to be taken away."""

from typing import Literal

from services.respond.core.said import DecisionBase
from shared.contracts.base import Time


class ClockStarted(DecisionBase):
    """A promise that began after the case did."""

    kind: Literal["clock.started"] = "clock.started"
    case_id: str
    clock: str
    due: Time


class ClockDropped(DecisionBase):
    """A promise is owed to nobody any more: it was neither kept nor broken."""

    kind: Literal["clock.dropped"] = "clock.dropped"
    case_id: str
    clock: str


class RemovalMoved(DecisionBase):
    """A wish to take something away was entered, decided, or came to its end."""

    kind: Literal["removal.moved"] = "removal.moved"
    removal_id: str
    case_id: str
    item_id: str
    removing: str
    ground: str
    status: str
    copy_hash: str
    person_id: str = ""


OwedDecision = ClockStarted | ClockDropped | RemovalMoved
