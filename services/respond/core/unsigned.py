"""Replies that wait for somebody's approval, kept in one list so that everybody finds theirs."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.operators import Slot

MOST: Final = 1_000


class Unsigned(Frozen):
    """One reply and who is next: `post` as in `Reply.awaits`. `late_at`: when others are told."""

    case_id: str
    account_id: str
    slot: Slot
    revision: int
    post: str
    author_id: str
    signed_by: tuple[str, ...] = ()
    since: Time
    late_at: Time | None = None

    @property
    def place(self) -> tuple[str, str, int, str]:
        """Return what it is: the same until somebody signs or writes anew."""
        return (self.case_id, self.slot, self.revision, self.post)


class Signatures(Aggregate):
    """All of them, the longest waiting first, at most `MOST`."""

    waits: tuple[Unsigned, ...] = ()

    KEY: ClassVar[str] = "signatures:self"

    @property
    def key(self) -> str:
        return self.KEY

    def timers(self) -> tuple[Timer, ...]:
        return tuple(
            Timer(each.late_at, f"unsigned:{each.case_id}:{each.slot}", self.key)
            for each in self.waits
            if each.late_at is not None
        )

    def of(self, case_id: str) -> Iterator[Unsigned]:
        """Yield those of one case."""
        return (each for each in self.waits if each.case_id == case_id)

    def with_of(self, case_id: str, fresh: Iterable[Unsigned]) -> "Signatures":
        """Return the list with these in the place of what one case had."""
        others = (each for each in self.waits if each.case_id != case_id)
        return Signatures(waits=(*others, *fresh)[:MOST])
