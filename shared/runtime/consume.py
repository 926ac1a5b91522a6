"""Taking batches from a work queue until told to stop, without ever losing one in between."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from shared.bus.port import MAX_BATCH, Delivery, WorkQueue


async def batches(
    queue: WorkQueue, stop: asyncio.Event, *, limit: int = MAX_BATCH
) -> AsyncIterator[Sequence[Delivery]]:
    """Yield what has arrived, batch by batch; ends once `stop` is set and nothing is in hand."""
    while not stop.is_set():
        taken = await _take_or_stop(queue, stop, limit)
        if taken:
            yield taken


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
