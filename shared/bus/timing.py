"""The clock as the bus needs it, waiting for a thing or for some seconds, and work beside a block."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def beside(work: Coroutine[object, object, None], name: str) -> AsyncIterator[None]:
    """Let `work` run while the block does; what the block raises comes out as it is, in no group."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work, name=name)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - raised again below, outside of the group
            failure = error
        finally:
            task.cancel()
    if failure is not None:
        raise failure


class Changes:
    """A bell for any number of waiters; each takes `next` before it looks, so none is missed."""

    def __init__(self) -> None:
        self.next = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits now."""
        self.next.set()
        self.next = asyncio.Event()
