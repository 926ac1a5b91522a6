"""What was delivered as often as may be and never judged: said in the log, so that nobody waits."""

import asyncio

from shared.bus.port import Bus, outgoing
from shared.contracts.subjects import CLASSIFY_CONSUMER
from shared.contracts.system import FactQuarantined
from shared.errors import TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock

RETRY_SECONDS = 1.0
WHY = "every delivery was used up"


class UsedUp:
    """Hears the server give up on an item: each attempt died with its process, even the last, alone.

    Its verdict clock makes it a case (invariant 14); this says why there never was a verdict.
    """

    def __init__(self, bus: Bus, clock: Clock, metrics: Metrics) -> None:
        self._bus, self._clock, self._metrics = bus, clock, metrics
        self._log = Log("classify")

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(), name="used up")
            await stop.wait()
            listening.cancel()

    async def _listen(self) -> None:
        while True:
            try:
                async with self._bus.poisoned(CLASSIFY_CONSUMER) as given_up:
                    async for seq in given_up:
                        await self._say(seq)
            except TransientError as error:
                self._log.failed(Event.LOOP_RETRIES, error, loop="used up")
                await self._clock.sleep(RETRY_SECONDS)

    async def _say(self, seq: int) -> None:
        """Every replica hears it; the log keeps one of their messages."""
        fact = FactQuarantined(seq=seq, where="classify", error=WHY)
        self._log.failed(Event.FACT_QUARANTINED, seq=seq, why=WHY)
        self._metrics.count(Metric.QUARANTINED, where="classify")
        while True:
            try:
                await self._bus.publish([outgoing(fact)])
            except TransientError:
                await self._clock.sleep(RETRY_SECONDS)
            else:
                return
