"""What comes in and goes out: items out of deliveries, verdicts into facts, and time while one works."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from shared.bus.port import MAX_BATCH, Delivery, WorkQueue
from shared.bus.timing import beside
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import decode
from shared.contracts.items import ItemClassified, ItemEdited, ItemReceived
from shared.contracts.received import ItemText, read_texts
from shared.contracts.verdicts import Verdict
from shared.errors import PermanentError, TransientError
from shared.runtime.clock import Clock

ALIVE_SECONDS: Final = 1.0
MAX_REASONS: Final = 300_000
"""Characters of reasons in one fact: with all else far below the 1 MiB that a server takes."""

Item = ItemText | ItemReceived | ItemEdited


def items_of(delivery: Delivery) -> Sequence[Item]:
    """Return the items of a delivery, in order. Raises: UndecodableError, PermanentError."""
    texts = read_texts(delivery.message.data)
    if texts is not None:
        return texts
    fact = decode(delivery.message.data)
    if isinstance(fact, ItemBatch):
        return fact.items
    if not isinstance(fact, ItemReceived | ItemEdited):
        raise PermanentError(f"a {fact.kind} is no item to classify")
    return (fact,)


def told(
    named: Sequence[tuple[str, str]], verdicts: Sequence[Verdict]
) -> Iterator[ItemClassified]:
    """Yield one fact; more if not all are degraded alike, or are more than the log takes at once."""
    for degraded in sorted({each.degraded for each in verdicts})[1:]:
        apart = [place for place, each in enumerate(verdicts) if each.degraded == degraded]
        yield from told([named[each] for each in apart], [verdicts[each] for each in apart])
        rest = [place for place, each in enumerate(verdicts) if each.degraded != degraded]
        named, verdicts = [named[each] for each in rest], [verdicts[each] for each in rest]
    size = sum([len(each.why) for each in verdicts])
    if len(verdicts) > MAX_BATCH or (len(verdicts) > 1 and size > MAX_REASONS):
        half = len(verdicts) // 2
        yield from told(named[:half], verdicts[:half])
        yield from told(named[half:], verdicts[half:])
    else:
        yield ItemClassified.of(named, verdicts)


@asynccontextmanager
async def kept(
    queue: WorkQueue, deliveries: Sequence[Delivery], clock: Clock
) -> AsyncIterator[None]:
    """Ask for more time, while the block runs, for those that are still in the list."""
    if not deliveries:
        yield
        return
    async with beside(_keep(queue, deliveries, clock), "keep"):
        yield


async def _keep(queue: WorkQueue, deliveries: Sequence[Delivery], clock: Clock) -> None:
    while True:
        with suppress(TransientError):  # with the log away no attempt is counted either
            await queue.in_progress(deliveries)
        await clock.sleep(ALIVE_SECONDS)
