"""Invariant 14 on real servers: what cannot be treated is a fact, somebody is told, the rest goes on."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from services.classify.shell.used_up import WHY, UsedUp
from shared.bus.nats_bus import NatsBus
from shared.bus.port import Outgoing, outgoing
from shared.contracts.facts import decode
from shared.contracts.subjects import CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY, ROOT
from shared.contracts.system import FactQuarantined
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import SystemClock
from tests.fakes.builders import a_comment
from tests.fakes.deployed import deployed
from tests.fakes.waiting import until
from tests.lasting.house import Lasting, a_lasting_house

servers = pytest.mark.servers
whole_house = [servers, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
VERDICT_SECONDS = 3


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lasting]:
    data_dir = tmp_path_factory.mktemp("poison") / "data"
    async with a_lasting_house(data_dir, verdict_seconds=VERDICT_SECONDS) as lasting:
        yield lasting


class TestWholeHouse:
    """With every process of the house."""

    pytestmark = whole_house

    async def test_invariant_14_what_cannot_be_read_is_a_fact_and_somebody_is_told(
        self, lasting: Lasting
    ) -> None:
        garbage = [
            Outgoing(f"{ROOT}.item.received.weibo.dead.beef", b"{", "garbage-1"),
            Outgoing(
                f"{ROOT}.operator.claimed", b'{"kind":"operator.claimed","version":1}', "g-2"
            ),
        ]
        acks = await lasting.bus.publish(garbage)
        for ack in acks:
            await lasting.fact(FactQuarantined, partial(is_at, ack.seq))
        await until(lambda: any("已隔离" in str(each["text"]) for each in lasting.receiver.pages))
        item = await lasting.say()
        assert (await lasting.case_of(item))["items"][0]["decided"] == ["complaint"]

    async def test_invariant_14_an_item_without_a_verdict_is_a_case_in_time_and_later_has_one(
        self, lasting: Lasting
    ) -> None:
        with lasting.suspended("classify"):
            item = await lasting.say("这条没有人判定")
            case = await lasting.case_of(item)
            assert case["degraded"] == ["unclassified"]
        await until(partial(judged, lasting, str(case["items"][0]["item_id"])))


def is_at(seq: int, fact: FactQuarantined) -> bool:
    return fact.seq == seq


async def judged(lasting: Lasting, item_id: str) -> bool:
    lines = await lasting.decisions("item.judged")
    return [each["degraded"] for each in lines if each["item_id"] == item_id][-1:] == [[]]


@servers
async def test_invariant_14_an_item_whose_deliveries_are_used_up_is_named_in_the_log() -> None:
    """On the servers as they are deployed: classify must have the right to hear of it."""
    clock, metrics, stop = SystemClock(), Metrics(), asyncio.Event()
    with deployed() as running:
        admin = await NatsBus.connect(running.nats_url("admin"), clock=clock)
        bus = await NatsBus.connect(running.nats_url("classify"), clock=clock, make=None)
        [ack] = await admin.publish([outgoing(a_comment())])
        consumer = bus.consume(CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY, max_deliver=2)
        async with asyncio.timeout(30), asyncio.TaskGroup() as group, consumer as queue:
            listening = group.create_task(UsedUp(bus, clock, metrics).run(stop))
            for _ in range(2):
                await queue.nak(await queue.take(), 0.05)
            taking = group.create_task(queue.take())
            await until(partial(is_said, admin))
            taking.cancel()
            stop.set()
            await listening
        assert await said(admin) == FactQuarantined(seq=ack.seq, where="classify", error=WHY)
        await bus.close()
        await admin.close()
    assert metrics.value(Metric.QUARANTINED, where="classify") == 1


async def said(bus: NatsBus) -> FactQuarantined | None:
    newest = await bus.last_on(f"{ROOT}.fact.quarantined")
    found = None if newest is None else decode(newest.data)
    return found if isinstance(found, FactQuarantined) else None


async def is_said(bus: NatsBus) -> bool:
    return await said(bus) is not None
