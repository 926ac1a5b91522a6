"""What is kept of automatic receipts: an account's wording, and who has had one today."""

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time


class Wording(Frozen):
    """The text of a receipt; `content` names exactly these words on this account."""

    text: str
    content: str
    written_by: str
    written_at: Time


class AutoReceipt(Aggregate):
    """An account's automatic receipt: what is on, and what somebody proposes."""

    account_id: str
    active: Wording | None = None
    proposed: Wording | None = None
    approved_by: str = ""
    since: Time | None = None

    @property
    def key(self) -> str:
        return f"receipt:{self.account_id}"


class Greeted(Aggregate):
    """Somebody had the receipt of this account today; kept by a token, until the day is over."""

    person: str
    forget_at: Time

    @property
    def key(self) -> str:
        return f"greeted:{self.person}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.forget_at, f"greeted:{self.person}", self.key),)
