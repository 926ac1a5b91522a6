"""The watchdog's own signs of life: a beat that respond reads, a heartbeat for who is outside."""

import asyncio
from http import HTTPStatus

import aiohttp

from services.watchdog.shell.watch import Watch
from shared.bus.port import BusAwayError
from shared.bus.timing import wait_or
from shared.contracts.base import stamp
from shared.contracts.subjects import WATCHDOG_BEAT
from shared.errors import TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.runtime.clock import Clock

BEAT_SECONDS = 10.0
RETRY_SECONDS = 1.0
HEARTBEAT_SECONDS = 60.0
HEARTBEAT_LIMIT_SECONDS = 10.0


class Signs:
    """Beats are small records in the bus: respond pages when they stop."""

    def __init__(
        self, watch: Watch, session: aiohttp.ClientSession, heartbeat_url: str, clock: Clock
    ) -> None:
        self._watch, self._session = watch, session
        self._url, self._clock = heartbeat_url, clock
        self._log = Log("watchdog")

    async def beat(self, stop: asyncio.Event) -> None:
        """Write the time into the bus, until told to stop."""
        while not stop.is_set():
            pause = BEAT_SECONDS
            try:
                await self._beat()
            except TransientError as error:
                self._log.debug(Event.BUS_ERROR, cause=error)
                pause = RETRY_SECONDS
            await wait_or(stop, pause, self._clock)

    async def _beat(self) -> None:
        bus = self._watch.bus
        if bus is None:
            raise BusAwayError("not connected yet")
        known = await bus.get_value(WATCHDOG_BEAT)
        revision = known[1] if known else 0
        await bus.put_value(WATCHDOG_BEAT, stamp(self._clock.now()).encode(), revision=revision)
        await self._watch.note_need(bus)

    async def heartbeat(self, stop: asyncio.Event) -> None:
        """Fetch the address each minute, where there is one, until told to stop."""
        limit = aiohttp.ClientTimeout(total=HEARTBEAT_LIMIT_SECONDS)
        while self._url and not stop.is_set():
            try:
                async with self._session.get(self._url, timeout=limit) as answer:
                    if answer.status >= HTTPStatus.BAD_REQUEST:
                        self._log.warning(Event.HEARTBEAT_FAILED, status=answer.status)
            except (aiohttp.ClientError, TimeoutError) as error:
                self._log.failed(Event.HEARTBEAT_FAILED, error)
            await wait_or(stop, HEARTBEAT_SECONDS, self._clock)
