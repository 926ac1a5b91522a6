"""A platform's taking-away side that remembers what is gone, and fails on request."""

from collections import deque
from typing import Literal

from shared.contracts.system import Receipt
from shared.errors import PermanentError, TransientError
from shared.platforms.port import (
    ApprovalId,
    RemovalTarget,
    SendRefused,
    SendResult,
    SendUnknown,
    Sent,
)

Mood = Literal["ok", "lost_answer", "lost_request", "refused", "busy", "broken"]
Sight = Literal["ok", "away", "blind"]


class FakeRemover:
    """Takes away from a list. `moods` and `sights` are used up one a call; then all is well."""

    def __init__(self) -> None:
        self.moods: deque[Mood] = deque()
        self.sights: deque[Sight] = deque()
        self.gone: list[RemovalTarget] = []
        self.calls = 0
        self.looks = 0

    async def remove(
        self, target: RemovalTarget, *, approval: ApprovalId, timeout_seconds: float
    ) -> SendResult:
        assert approval
        assert timeout_seconds > 0
        self.calls += 1
        mood = self.moods.popleft() if self.moods else "ok"
        if mood == "refused":
            return SendRefused("20203", "not your own comment")
        if mood == "busy":
            return SendRefused("10023", "later", retry=True)
        if mood == "broken":
            raise TransientError("broken")
        if mood != "lost_request":
            self.gone.append(target)
        return SendUnknown("cut") if mood.startswith("lost") else Sent(Receipt(native_id="x"))

    async def is_gone(self, target: RemovalTarget) -> bool:
        self.looks += 1
        sight = self.sights.popleft() if self.sights else "ok"
        if sight == "away":
            raise TransientError("away")
        if sight == "blind":
            raise PermanentError("this platform shows nothing")
        return target in self.gone
