"""Taking batches from a work queue until told to stop, without ever losing one in between."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final

from shared.bus.port import MAX_BATCH, MAX_BATCH_BYTES, Delivery, WorkQueue
from shared.bus.timing import Clock, wait_or

LARGE_BYTES: Final = 96 << 10
"""A message as full of items as they come: part of a burst, and seldom its end."""
NEARLY_FULL_BYTES: Final = MAX_BATCH_BYTES * 3 // 4
"""From here on more waits already, most likely."""
GATHER_SECONDS: Final = 0.03


async def batches(
    queue: WorkQueue, stop: asyncio.Event, clock: Clock, *, limit: int = MAX_BATCH
) -> AsyncIterator[Sequence[Delivery]]:
    """Yield what has arrived, batch by batch; ends once `stop` is set and nothing is in hand.

    Behind a large message more is on its way: it is let come together first, unless it has.
    """
    while not stop.is_set():
        taken = await _take_or_stop(queue, stop, limit)
        if taken:
            yield taken
        sizes = [len(each.message.data) for each in taken]
        if taken and sizes[-1] >= LARGE_BYTES and sum(sizes) < NEARLY_FULL_BYTES:
            await wait_or(stop, GATHER_SECONDS, clock)


async def _take_or_stop(queue: WorkQueue, stop: asyncio.Event, limit: int) -> Sequence[Delivery]:
    async with asyncio.TaskGroup() as group:
        taking = group.create_task(queue.take(limit), name="take")
        stopping = group.create_task(stop.wait(), name="stop")
        await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not taking.done():
            taking.cancel()
            return ()
    return taking.result()
