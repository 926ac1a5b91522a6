"""Wakes the fold when something falls due; a tick carries nothing (invariant 5)."""

import asyncio
from datetime import datetime

from services.respond.shell.standing import Standing
from shared.bus.port import Bus, outgoing
from shared.bus.timing import wait_or
from shared.contracts.system import ClockTicked
from shared.errors import TransientError
from shared.runtime.clock import Clock

HEARTBEAT_SECONDS = 30.0
LEAST_SECONDS = 0.05
"""Between two ticks, should the stream's clock run behind ours."""


class Ticker:
    """Publishes `clock.ticked` at the next timer, and a heartbeat when all is quiet."""

    def __init__(self, bus: Bus, clock: Clock, standing: Standing) -> None:
        self._bus, self._clock, self._standing = bus, clock, standing
        self._tick = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Tick until told to stop; FencedError ends the reign."""
        beat = self._clock.monotonic() + HEARTBEAT_SECONDS
        while not stop.is_set():
            bell = self._standing.bell.next
            delay = min(self._until_next(self._clock.now()), beat - self._clock.monotonic())
            if delay > 0:
                await wait_or(bell, delay, self._clock)
                continue
            if await self._publish():
                beat = self._clock.monotonic() + HEARTBEAT_SECONDS
            await self._clock.sleep(LEAST_SECONDS)

    def _until_next(self, now: datetime) -> float:
        timer = self._standing.state.next_timer()
        return HEARTBEAT_SECONDS if timer is None else (timer.due - now).total_seconds()

    async def _publish(self) -> bool:
        """Append one tick and wait until it is folded; a backlog thus slows the ticks."""
        self._tick += 1
        fact = ClockTicked(term=self._standing.term, tick=self._tick)
        try:
            [ack] = await self._bus.publish([outgoing(fact, term=self._standing.term)])
        except TransientError:
            return False
        bell = self._standing.bell.next
        while self._standing.cursor.seq < ack.seq:
            await bell.wait()
            bell = self._standing.bell.next
        return True
