"""Who watches the watchdog: the leader pages when the beats stop."""

import pytest

from services.respond.shell.watch import WatchdogWatch
from shared.bus.memory_bus import MemoryBus
from shared.contracts.base import stamp
from shared.contracts.subjects import WATCHDOG_BEAT
from shared.observability.metrics import Metric, Metrics
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize("leads", [True, False])
async def test_the_leader_pages_once_for_each_time_the_beats_stop(*, leads: bool) -> None:
    clock, metrics, told = FakeClock(), Metrics(), list[str]()
    bus = MemoryBus(clock)

    async def alarm(reason: str) -> None:
        told.append(reason)

    watch = WatchdogWatch(bus, clock, alarm, metrics)
    metrics.set(Metric.LEADER, float(leads))
    await watch.look()
    revision = 0
    for _ in range(2):
        beat = stamp(clock.now()).encode()
        revision = await bus.put_value(WATCHDOG_BEAT, beat, revision=revision)
        await clock.advance(59)
        await watch.look()
        before = len(told)
        await clock.advance(2)
        await watch.look()
        await watch.look()
        assert len(told) - before == int(leads)
    assert metrics.value(Metric.WATCHDOG_BEAT) > 0
