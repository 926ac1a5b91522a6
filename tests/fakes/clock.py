"""A clock that moves only when a test says so."""

import asyncio
import heapq
from collections.abc import Sized
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SETTLE_TURNS = 50


class FakeClock:
    """Holds still; `advance` wakes sleepers in the order in which they are due."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        bell = asyncio.Event()
        self._count += 1
        heapq.heappush(self._sleepers, (self._elapsed + seconds, self._count, bell))
        await bell.wait()

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        async with asyncio.TaskGroup() as group:
            racers = {
                group.create_task(event.wait(), name="event"),
                group.create_task(self.sleep(seconds), name="time"),
            }
            await asyncio.wait(racers, return_when=asyncio.FIRST_COMPLETED)
            for racer in racers:
                racer.cancel()

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`; everything due on the way runs at its own time."""
        end = self._elapsed + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, bell = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, due)
            bell.set()
            await self._run_dry()
        self._elapsed = end
        await self.settle()

    def step_back(self, seconds: float) -> None:
        """Set the wall clock back, as a time server may; what measures durations does not see it."""
        self._start -= timedelta(seconds=seconds)

    async def settle(self) -> None:
        """Let every task run until it waits, and sockets and threads have some turns to answer."""
        for _ in range(SETTLE_TURNS):
            await asyncio.sleep(0)

    async def _run_dry(self) -> None:
        """Let every task run until none is ready: an hour on the way has thousands of such stops."""
        ready: Sized = vars(asyncio.get_running_loop())["_ready"]
        for _ in range(SETTLE_TURNS):
            await asyncio.sleep(0)
            if not ready:
                return
