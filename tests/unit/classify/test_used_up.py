"""Deliveries that are used up are said in the log, also when the log is away for a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.classify.shell.used_up import RETRY_SECONDS, WHY, UsedUp
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import BusAwayError, outgoing
from shared.contracts.facts import decode
from shared.contracts.subjects import CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY, ROOT
from shared.contracts.system import FactQuarantined
from shared.observability.metrics import Metric, Metrics
from tests.fakes.builders import a_comment
from tests.fakes.clock import FakeClock


class Reluctant(MemoryBus):
    """A log that cannot be listened to the first time."""

    asked = 0

    @asynccontextmanager
    async def poisoned(self, durable: str) -> AsyncIterator[AsyncIterator[int]]:
        self.asked += 1
        if self.asked == 1:
            raise BusAwayError("not yet")
        async with super().poisoned(durable) as found:
            yield found


async def test_what_was_delivered_too_often_is_named_once_the_log_takes_it() -> None:
    clock, metrics, stop = FakeClock(), Metrics(), asyncio.Event()
    bus = Reluctant(clock)
    [ack] = await bus.publish([outgoing(a_comment())])
    async with asyncio.TaskGroup() as group:
        group.create_task(UsedUp(bus, clock, metrics).run(stop))
        await clock.settle()
        await clock.advance(RETRY_SECONDS)
        async with bus.consume(CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY, max_deliver=1) as queue:
            await queue.nak(await queue.take(), 0.0)
            taking = group.create_task(queue.take())
            bus.away = True
            await clock.advance(RETRY_SECONDS)
            taking.cancel()
        bus.away = False
        await clock.advance(2 * RETRY_SECONDS)
        stop.set()
    newest = await bus.last_on(f"{ROOT}.fact.quarantined")
    assert newest is not None
    assert decode(newest.data) == FactQuarantined(seq=ack.seq, where="classify", error=WHY)
    assert metrics.value(Metric.QUARANTINED, where="classify") == 1
