"""How long an item waits for its verdict while the house is busy but not full."""

from collections.abc import Sequence

from services.cli.bench.pipeline import Pipeline
from services.cli.patience import patience
from shared.bus.port import Message
from shared.contracts.facts import decode, singly
from shared.contracts.items import ItemClassified, ItemReceived
from shared.runtime.clock import SystemClock

LOAD_SHARE = 0.4
STEP_SECONDS = 0.005
SECONDS = 4.0
WAIT_SECONDS = 60.0
"""Long enough for eight hundred steps: the 99th percentile is no single hiccup."""


async def delays(house: Pipeline, items_per_s: float, run: str = "paced") -> list[float]:
    """Return the sorted milliseconds from stored to verdict stored, by the log's own time.

    Items come evenly, a few every few milliseconds, at a share of what the house can do: bursts
    would measure how long a burst takes.
    """
    count = max(int(items_per_s * LOAD_SHARE * SECONDS), 64)
    load = house.load(count, run)
    low = (await house.bus.state()).last_seq + 1
    clock = SystemClock()
    began, sent = clock.monotonic(), 0
    while sent < count:
        due = int((clock.monotonic() - began) / SECONDS * count) + 1
        if due > sent:
            await house.writer.publish(load[sent:due])
            sent = max(sent, due)
        await clock.sleep(STEP_SECONDS)
    async with patience(WAIT_SECONDS, "the paced items did not come out"):
        await house.drained(count)
    return between(await house.bus.read(low, (await house.bus.state()).last_seq))


def between(messages: Sequence[Message]) -> list[float]:
    """Return the delays that these messages of the log tell of."""
    received, found = {}, []
    for message in messages:
        for fact in singly(decode(message.data)):
            if isinstance(fact, ItemReceived):
                received[fact.item_id] = message.time
            elif isinstance(fact, ItemClassified):
                came = (received.get(each.item_id) for each in fact.verdicts)
                found += [(message.time - at).total_seconds() * 1000 for at in came if at]
    return sorted(found)


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the sorted values lies; 0 without any."""
    return round(values[min(int(len(values) * share), len(values) - 1)], 2) if values else 0.0
