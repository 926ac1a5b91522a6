"""Batches come until told to stop, and what was handed out is worked on."""

import asyncio

from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Outgoing
from shared.runtime.consume import batches
from tests.fakes.clock import FakeClock


async def test_a_stop_ends_the_loop_and_loses_nothing() -> None:
    bus = MemoryBus(FakeClock())
    await bus.publish([Outgoing("a.b", b"1", "1"), Outgoing("a.b", b"2", "2")])
    stop = asyncio.Event()
    seen: list[int] = []
    async with asyncio.timeout(5), bus.consume("w", ["a.>"]) as queue:
        async for batch in batches(queue, stop, limit=1):
            seen += [delivery.message.seq for delivery in batch]
            await queue.ack(batch)
            if len(seen) == 2:
                asyncio.get_running_loop().call_soon(stop.set)
    assert seen == [1, 2]
