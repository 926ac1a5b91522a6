"""Brings what waits on the disk into the log as soon as the log takes it."""

import asyncio

from services.ingest.shell.intake import Intake
from shared.bus.timing import wait_or
from shared.errors import TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.runtime.clock import Clock
from shared.runtime.retry import Backoff


class Drain:
    """Tries at start, so that a spool left behind goes first, and then again and again."""

    def __init__(self, intake: Intake, clock: Clock, pause_seconds: float) -> None:
        self._intake = intake
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._backoff = Backoff(first_seconds=pause_seconds, most_seconds=5.0)
        self._log = Log("ingest")

    async def run(self, stop: asyncio.Event) -> None:
        """Drain until told to stop."""
        while not stop.is_set():
            await wait_or(stop, await self.once(), self._clock)

    async def once(self) -> float:
        """Try once; return the pause before the next try."""
        try:
            await self._intake.drain()
        except (TransientError, OSError) as error:
            self._backoff = self._backoff.failed()
            self._log.warning(Event.LOOP_RETRIES, loop="drain", why=type(error).__name__)
            return self._backoff.pause_seconds()
        self._backoff = self._backoff.succeeded()
        return self._pause_seconds
