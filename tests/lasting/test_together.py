"""Items that travel together, on the servers as they are deployed, everybody with their own rights."""

import asyncio
from collections import Counter
from functools import partial

import pytest

from services.classify.shell.handler import Handler
from services.ingest.shell.writer import Writer
from shared.bus.nats_bus import NatsBus
from shared.contracts.facts import Fact, decode, singly
from shared.contracts.items import ItemClassified, ItemReceived
from shared.contracts.system import FactQuarantined
from shared.observability.metrics import Metrics
from shared.runtime.clock import SystemClock
from tests.fakes.builders import a_comment
from tests.fakes.classify_judges import FakeJudge, FakeLastResort
from tests.fakes.deployed import Deployed, deployed
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]


async def user(running: Deployed, name: str, *, make: bool = False) -> NatsBus:
    url, clock = running.nats_url(name), SystemClock()
    if make:
        return await NatsBus.connect(url, clock=clock)
    return await NatsBus.connect(url, clock=clock, make=None)


async def facts(bus: NatsBus) -> list[Fact]:
    messages = await bus.read(1, (await bus.state()).last_seq)
    return [single for each in messages for single in singly(decode(each.data))]


async def test_invariant_09_two_ingests_that_read_the_same_store_each_version_once() -> None:
    with deployed() as running:
        admin = await user(running, "admin", make=True)
        buses = [await user(running, "ingest") for _ in range(2)]
        items = [a_comment(f"c{number}", account=f"a{number % 3}") for number in range(90)]
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for bus in buses:
                writer = Writer(bus)
                for start in range(0, 90, 6):
                    group.create_task(writer.publish(items[start : start + 12]))
        stored = [each for each in await facts(admin) if isinstance(each, ItemReceived)]
        assert Counter(each.item_id for each in stored) == {each.item_id: 1 for each in items}
        third = await user(running, "ingest")
        assert all(each.duplicate for each in await Writer(third).publish(items))
        for bus in (*buses, third, admin):
            await bus.close()


async def is_said(bus: NatsBus) -> bool:
    return any(isinstance(each, FactQuarantined) for each in await facts(bus))


async def test_invariant_14_poison_in_the_middle_of_a_batch_holds_up_none_of_the_others() -> None:
    with deployed() as running:
        admin = await user(running, "admin", make=True)
        ingest, classify = [await user(running, name) for name in ("ingest", "classify")]
        texts = ("好", FakeJudge.POISON, "也好")
        items = [a_comment(f"c{number}", text) for number, text in enumerate(texts)]
        [ack, *_] = await Writer(ingest).publish(items)
        last_resort, stop = FakeLastResort(fails=True), asyncio.Event()
        handler = Handler(classify, FakeJudge(), last_resort, SystemClock(), Metrics())
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            group.create_task(handler.run(stop))
            await until(partial(is_said, admin), 50)
            stop.set()
        found = await facts(admin)
        judged = [
            part for each in found if isinstance(each, ItemClassified) for part in each.item_id
        ]
        assert judged == [items[0].item_id, items[2].item_id], "at once, and no second time"
        [poison] = [each for each in found if isinstance(each, FactQuarantined)]
        assert (poison.seq, poison.part, poison.where) == (ack.seq, 1, "classify")
        for bus in (ingest, classify, admin):
            await bus.close()
