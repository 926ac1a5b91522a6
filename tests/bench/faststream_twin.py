"""The peer: the same items and the same model in FastStream as its manual writes it, by the message.

`python -m tests.bench.faststream_twin source|classify|respond NATS_URL REDIS_URL COUNT RUN`;
respond says "done" every COUNT items.
"""

import asyncio
import sys

from faststream import FastStream
from faststream.nats import JStream, NatsBroker, PullSub
from pydantic_core import to_json
from redis.asyncio import Redis

from services.classify.adapters.engine import Classifier
from services.cli.bench.load import ROWS, items
from services.cli.replay.sources import verdict_on
from shared.contracts.ids import token
from shared.contracts.items import ItemClassified, ItemReceived
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables

ITEMS = JStream("TWIN_ITEMS", subjects=["twin.items"])
VERDICTS = JStream("TWIN_VERDICTS", subjects=["twin.verdicts"])
PULL = PullSub(batch_size=256, timeout=1.0)
"""The cheapest of its ways to read a stream: pushed or one by one cost it more."""
CLOCK_SECONDS = 900.0
WINDOW = 256


def classify(broker: NatsBroker) -> None:
    """One item in, one verdict out."""
    classifier = Classifier.load(None, load_tables())

    @broker.subscriber("twin.items", stream=ITEMS, durable="classify", pull_sub=PULL)
    async def judge(item: ItemReceived) -> None:
        (verdict,) = classifier.judge([item.text])
        await broker.publish(
            verdict_on(item, verdict),
            "twin.verdicts",
            stream=VERDICTS.name,
            headers={"Nats-Msg-Id": token(item.item_id, item.item_version)},
        )


def respond(broker: NatsBroker, redis: Redis, count: int) -> None:
    """One verdict in; a complaint becomes a case with a clock."""
    seen = 0

    @broker.subscriber("twin.verdicts", stream=VERDICTS, durable="respond", pull_sub=PULL)
    async def handle(classified: ItemClassified) -> None:
        nonlocal seen
        for each in classified.verdicts:
            if Label.COMPLAINT in each.decided:
                async with redis.pipeline(transaction=True) as pipe:
                    _ = pipe.hset(f"case:{each.item_id}", "verdict", to_json(each))
                    _ = pipe.zadd("clocks", {each.item_id: CLOCK_SECONDS})
                    await pipe.execute()
        seen += 1
        if seen % count == 0:
            say("done")


async def source(broker: NatsBroker, count: int, run: str) -> None:
    """Publish the items of the bench, a window at a time."""
    batch: list[ItemReceived] = []
    for item in items(count, ROWS, run=run):
        batch.append(item)
        if len(batch) == WINDOW:
            await _publish(broker, batch)
            batch = []
    await _publish(broker, batch)


async def _publish(broker: NatsBroker, batch: list[ItemReceived]) -> None:
    async with asyncio.TaskGroup() as group:
        for item in batch:
            headers = {"Nats-Msg-Id": token(item.item_id, item.item_version)}
            group.create_task(
                broker.publish(item, "twin.items", stream=ITEMS.name, headers=headers)
            )


async def main(role: str, nats_url: str, redis_url: str, count: str, run: str) -> None:
    """Play one role."""
    broker = NatsBroker(nats_url, logger=None)
    if role == "source":
        async with broker:
            say("ready")
            await source(broker, int(count), run)
        return
    app = FastStream(broker, logger=None, after_startup=[lambda: say("ready")])
    if role == "classify":
        classify(broker)
        await app.run()
    else:
        async with Redis.from_url(redis_url) as redis:
            respond(broker, redis, int(count))
            await app.run()


def say(word: str) -> None:
    """Tell who started us."""
    print(word, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
