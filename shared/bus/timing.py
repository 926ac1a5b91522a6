"""The clock as the bus needs it, and waiting for a thing or for some seconds of that clock."""

import asyncio
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What `shared.runtime.clock` offers; named again here because the bus lies below it."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...
    async def wait(self, event: asyncio.Event, seconds: float) -> None: ...


async def wait_or(event: asyncio.Event, seconds: float, clock: Clock) -> bool:
    """Wait until `event` is set (True) or `seconds` of the clock went by (False)."""
    if event.is_set() or seconds <= 0:
        return event.is_set()
    await clock.wait(event, seconds)
    return event.is_set()


class Changes:
    """A bell for any number of waiters; each takes `next` before it looks, so none is missed."""

    def __init__(self) -> None:
        self.next = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits now."""
        self.next.set()
        self.next = asyncio.Event()
