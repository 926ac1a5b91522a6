"""Who watches the watchdog: the leader reads its beats, and pages when they stop."""

import asyncio
from datetime import datetime, timedelta

from services.respond.shell.telemetry import Alarm
from shared.bus.port import Bus
from shared.bus.timing import wait_or
from shared.contracts.subjects import WATCHDOG_BEAT
from shared.errors import TransientError
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock

LOOK_SECONDS = 20.0
SILENCE = timedelta(seconds=60)
"""Six beats."""


class WatchdogWatch:
    """Pages once for each time the beats stop. Where there never was one, doctor says so."""

    def __init__(self, bus: Bus, clock: Clock, alarm: Alarm, metrics: Metrics) -> None:
        self._bus, self._clock, self._alarm, self._metrics = bus, clock, alarm, metrics
        self._told: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop."""
        while not stop.is_set():
            await wait_or(stop, LOOK_SECONDS, self._clock)
            try:
                await self.look()
            except TransientError:
                continue

    async def look(self) -> None:
        """Look once; only who leads pages."""
        known = await self._bus.get_value(WATCHDOG_BEAT)
        if known is None:
            return
        beat = datetime.fromisoformat(known[0].decode())
        self._metrics.set(Metric.WATCHDOG_BEAT, beat.timestamp())
        late = self._clock.now() - beat > SILENCE
        if late and self._told != beat and self._metrics.value(Metric.LEADER):
            self._told = beat
            await self._alarm(
                f"看门狗自 {beat:%m-%d %H:%M:%S} UTC 起没有心跳:出事时可能没有第二道呼叫"
            )
