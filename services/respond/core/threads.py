"""What leads to a case: its author's record, and those closed last."""

from typing import ClassVar

from services.respond.core.case import KEEP
from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Time


class Closed(Aggregate):
    """The cases closed last, newest first, while they are still in hot state."""

    case_ids: tuple[str, ...] = ()

    KEY: ClassVar[str] = "closed:self"

    @property
    def key(self) -> str:
        return self.KEY

    def with_first(self, case_id: str) -> "Closed":
        return Closed(case_ids=(case_id, *self.without(case_id).case_ids)[:KEEP])

    def without(self, case_id: str) -> "Closed":
        return Closed(case_ids=tuple(each for each in self.case_ids if each != case_id))


class AuthorRecord(Aggregate):
    """How often somebody's matter became a case; kept by a token of who it is, for half a year."""

    author_key: str
    cases: int
    forget_at: Time

    @property
    def key(self) -> str:
        return f"author:{self.author_key}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.forget_at, f"forget:{self.author_key}", self.key),)
