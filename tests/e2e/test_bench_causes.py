"""What an item costs has causes that can be counted; these hold on any machine, busy or not."""

from collections import Counter

import pytest
from redis.asyncio import Redis

from services.cli.bench.pipeline import Pipeline, pipeline
from services.ingest.core.known import MAX_ITEMS

ITEMS = 2048
BYTES_AN_ITEM = 1300
"""An item of the bench, its verdict and a tenth of a case, as the log keeps them."""
ITEMS_A_COMMIT = 16
VERDICTS_A_FACT = 128
"""When all comes at once; what has arrived is judged together, up to 1,024."""
KEYS_A_CASE = 4
"""The case itself, where its item belongs, its author's record, and a cluster that it founds: all else that
leads to them follows from these."""
ITEMS_A_MESSAGE = 128
"""When all comes at once; items, their verdicts and the decisions on them share messages."""


async def fcalls(house: Pipeline) -> int:
    async with Redis.from_url(house.addresses.redis_url) as redis:
        stats = await redis.info("commandstats")
    return int(stats.get("cmdstat_fcall", {}).get("calls", 0))


async def keys(house: Pipeline) -> int:
    async with Redis.from_url(house.addresses.redis_url) as redis:
        return int(await redis.hlen("zs:state"))


@pytest.mark.servers
async def test_a_batch_is_one_commit_and_few_messages() -> None:
    async with pipeline(ITEMS) as house:
        low, before = (await house.bus.state()).last_seq + 1, await fcalls(house)
        stored, opened = await keys(house), house.cases
        await house.round("counted")
        fresh = await keys(house) - stored
        calls = await fcalls(house) - before
        messages = await house.bus.read(low, (await house.bus.state()).last_seq)
    kinds = Counter(".".join(each.subject.split(".")[2:4]) for each in messages)
    assert kinds["item.batch"] == ITEMS / MAX_ITEMS, "as many as go together, no more messages"
    assert kinds["item.classified"] <= ITEMS / VERDICTS_A_FACT
    assert len(messages) <= 4 * ITEMS / ITEMS_A_MESSAGE, kinds
    assert sum(len(each.data) for each in messages) <= BYTES_AN_ITEM * ITEMS
    assert 0 < fresh <= KEYS_A_CASE * (house.cases - opened), (
        "what follows from a case is not stored"
    )
    assert calls <= 2 * ITEMS / ITEMS_A_COMMIT, "commits, their outboxes and the lease together"
