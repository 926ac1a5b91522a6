"""A platform's writing side that remembers what the public can see, and fails on request."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.contracts.system import Receipt
from shared.errors import PermanentError
from shared.platforms.port import (
    ApprovalId,
    ReplyTarget,
    SendRefused,
    SendResult,
    SendUnknown,
    Sent,
)
from tests.fakes.clock import FakeClock

Mood = Literal["ok", "lost_answer", "lost_request", "refused", "busy"]


@dataclass(frozen=True)
class Written:
    """One text the public can see."""

    target: ReplyTarget
    text: str
    at: datetime
    approval: ApprovalId


async def _nothing() -> None:
    return


class FakeSpeaker:
    """Posts into a list. `moods` are used up one a call; then all is well."""

    def __init__(self, clock: FakeClock, horizon: float = 2.0) -> None:
        self._clock = clock
        self.visibility_horizon_seconds = horizon
        self.moods: deque[Mood] = deque()
        self.written: list[Written] = []
        self.calls = 0
        self.finds = 0
        self.shows_nothing = False
        self.before_write: Callable[[], Awaitable[None]] = _nothing
        self.after_write: Callable[[], Awaitable[None]] = _nothing

    async def reply(
        self, target: ReplyTarget, text: str, *, approval: ApprovalId, timeout_seconds: float
    ) -> SendResult:
        assert approval
        assert timeout_seconds > 0
        self.calls += 1
        mood = self.moods.popleft() if self.moods else "ok"
        await self.before_write()
        if mood == "refused":
            return SendRefused("20001", "no such comment")
        if mood == "busy":
            return SendRefused("10023", "later", retry=True)
        if mood != "lost_request":
            self.written.append(Written(target, text, self._clock.now(), approval))
        await self.after_write()
        if mood in {"lost_request", "lost_answer"}:
            return SendUnknown("cut")
        return Sent(Receipt(native_id=f"r{len(self.written)}"))

    async def find(
        self,
        target: ReplyTarget,
        text: str | None,
        since: datetime,
        *,
        known: frozenset[str] = frozenset(),
    ) -> Receipt | None:
        self.finds += 1
        if self.shows_nothing:
            raise PermanentError("this platform does not show what was sent")
        visible = timedelta(seconds=self.visibility_horizon_seconds)
        for place, each in enumerate(self.written, 1):
            same = each.target.native_id == target.native_id and text in {None, each.text}
            if (
                same
                and f"r{place}" not in known
                and since <= each.at <= self._clock.now() - visible
            ):
                return Receipt(native_id=f"r{place}", detail="found")
        return None
