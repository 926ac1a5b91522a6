"""Batches come until told to stop, and what was handed out is worked on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.bus.memory_bus import MemoryBus
from shared.bus.port import MAX_BATCH_BYTES, Outgoing, WorkQueue
from shared.runtime.consume import GATHER_SECONDS, LARGE_BYTES, batches
from tests.fakes.clock import FakeClock


class House:
    """A worker that notes which messages came to it together."""

    def __init__(self) -> None:
        self.clock, self.stop = FakeClock(), asyncio.Event()
        self.bus = MemoryBus(self.clock)
        self.seen: list[list[int]] = []
        self._published = 0

    async def come(self, *sizes: int) -> None:
        """Let messages of these sizes come, and the worker have its turn."""
        for size in sizes:
            self._published += 1
            name = str(self._published)
            await self.bus.publish([Outgoing("a.b", b"1" * size, name)])
        await self.clock.settle()

    @asynccontextmanager
    async def works(self) -> AsyncIterator[None]:
        consumer = self.bus.consume("w", ["a.>"])
        async with asyncio.timeout(5), consumer as queue, asyncio.TaskGroup() as group:
            group.create_task(self._work(queue))
            yield
            self.stop.set()

    async def _work(self, queue: WorkQueue) -> None:
        async for batch in batches(queue, self.stop, self.clock):
            self.seen.append([delivery.message.seq for delivery in batch])
            await queue.ack(batch)


async def test_a_stop_ends_the_loop_and_loses_nothing() -> None:
    house = House()
    await house.come(1, 1)
    seen: list[int] = []
    async with asyncio.timeout(5), house.bus.consume("w", ["a.>"]) as queue:
        async for batch in batches(queue, house.stop, house.clock, limit=1):
            seen += [delivery.message.seq for delivery in batch]
            await queue.ack(batch)
            if len(seen) == 2:
                asyncio.get_running_loop().call_soon(house.stop.set)
    assert seen == [1, 2]


@pytest.mark.parametrize("size", [1, LARGE_BYTES - 1, MAX_BATCH_BYTES])
async def test_who_keeps_up_and_who_is_behind_takes_what_is_there(size: int) -> None:
    house = House()
    async with house.works():
        await house.come(size)
        await house.come(1)
    assert house.seen == [[1], [2]]


async def test_many_small_ones_are_no_burst() -> None:
    house = House()
    await house.come(*[LARGE_BYTES // 2] * 8)
    async with house.works():
        await house.clock.settle()
        await house.come(1)
    assert house.seen == [[1, 2, 3, 4, 5, 6, 7, 8], [9]]


async def test_after_a_large_one_what_follows_comes_together() -> None:
    house = House()
    async with house.works():
        await house.come(LARGE_BYTES)
        await house.come(1)
        await house.come(1)
        assert house.seen == [[1]], "the first is not kept waiting, what follows is"
        await house.clock.advance(GATHER_SECONDS)
        assert house.seen == [[1], [2, 3]]
        await house.come(1)
    assert house.seen == [[1], [2, 3], [4]], "the burst has ended, so nobody waits"


async def test_a_stop_is_not_kept_waiting() -> None:
    house = House()
    async with house.works():
        await house.come(LARGE_BYTES)
    assert house.seen == [[1]]
