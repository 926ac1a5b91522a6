"""The classify service around its pure judge, on the bus that lives in memory."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from pydantic_core import to_json

from services.classify.adapters.child import ChildJudge
from services.classify.app import announce
from services.classify.shell.handler import MAX_DELIVER, Handler
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Outgoing, outgoing
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Fact, decode
from shared.contracts.ids import item_id
from shared.contracts.items import Author, ItemClassified, ItemDeleted, ItemKind, ItemReceived
from shared.contracts.subjects import ROOT
from shared.contracts.system import FactQuarantined
from shared.contracts.verdicts import Label, Verdict
from shared.errors import PermanentError
from shared.observability.metrics import Metric, Metrics
from tests.fakes.classify_judges import FakeJudge, FakeLastResort
from tests.fakes.clock import FakeClock
from tests.fakes.waiting import until


def an_item(native_id: str, text: str) -> ItemReceived:
    return ItemReceived(
        platform="weibo",
        account_id="a1",
        item_id=item_id("weibo", "a1", "comment", native_id),
        item_version="1",
        item_kind=ItemKind.COMMENT,
        native_id=native_id,
        author=Author(author_id="u1"),
        text=text,
        published_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
        source="poll",
    )


class House:
    def __init__(self, last_resort: FakeLastResort | None = None) -> None:
        self.clock = FakeClock()
        self.bus = MemoryBus(self.clock)
        self.judge = FakeJudge()
        self.last_resort = last_resort or FakeLastResort()
        self.metrics = Metrics()

    async def run(self, facts: Sequence[Outgoing], expected: int) -> list[Fact]:
        """Publish, let the service write that much, then a minute go by; return what it wrote."""
        await self.bus.publish(facts)

        async def written() -> bool:
            await self.clock.advance(0.25)  # the judging itself is done by a thread
            return (await self.bus.state()).last_seq >= len(facts) + expected

        stop = asyncio.Event()
        handler = Handler(self.bus, self.judge, self.last_resort, self.clock, self.metrics)
        async with asyncio.TaskGroup() as group:
            group.create_task(handler.run(stop))
            await until(written)
            await self.clock.advance(60)
            stop.set()
            await self.clock.advance(0.25)
        return [
            decode(each.data)
            for each in await self.bus.read(len(facts) + 1, (await self.bus.state()).last_seq)
        ]


def a_verdict_of() -> Verdict:
    return FakeJudge().judge(["好"])[0]


def together(*items: ItemReceived) -> Outgoing:
    return outgoing(ItemBatch.of(items))


def _judged(written: Sequence[Fact]) -> list[str]:
    batches = [each for each in written if isinstance(each, ItemClassified)]
    return [part.item_id for each in batches for part in each.verdicts]


async def test_deletions_come_with_the_items_and_pass_by() -> None:
    house = House()
    item = an_item("1", "好")
    gone = ItemDeleted(
        platform=item.platform,
        account_id=item.account_id,
        item_id=item.item_id,
        item_version=item.item_version,
        native_id="1",
    )
    assert _judged(await house.run([outgoing(gone), outgoing(item)], 1)) == [item.item_id]
    assert house.judge.calls == 1


async def test_what_cannot_be_read_is_said_apart_and_nothing_is_lost() -> None:
    house = House()
    items = [an_item(str(n), "" if n % 2 else "好") for n in range(6)]
    written = await house.run([outgoing(each) for each in items], 2)
    batches = [each for each in written if isinstance(each, ItemClassified)]
    assert {each.degraded: len(each.held) for each in batches} == {(): 3, ("no_text",): 3}
    assert sorted(_judged(written)) == sorted(each.item_id for each in items)


async def test_verdicts_with_very_many_reasons_are_split_over_several_facts() -> None:
    house = House()
    house.judge.reasons = 20_000
    items = [an_item(str(n), "长" * 300) for n in range(4)]
    written = await house.run([outgoing(each) for each in items], 4)
    assert _judged(written) == [each.item_id for each in items]
    assert [len(each.held) for each in written if isinstance(each, ItemClassified)] == [1] * 4


async def test_a_batch_of_items_becomes_a_batch_of_verdicts_in_order() -> None:
    house = House()
    items = [an_item(str(n), f"第{n}条") for n in range(5)]
    [batch] = await house.run([outgoing(each) for each in items], 1)
    assert _judged([batch]) == [each.item_id for each in items]
    assert house.metrics.value(Metric.ITEMS_CLASSIFIED, degraded="no") == 5


async def test_one_item_that_raises_does_not_hold_up_the_others() -> None:
    house = House()
    items = [an_item("1", "好"), an_item("2", FakeJudge.POISON), an_item("3", "也好")]
    written = await house.run([outgoing(each) for each in items], 3)
    assert _judged(written) == [items[0].item_id, items[2].item_id, items[1].item_id]


async def test_items_that_came_together_are_judged_and_acked_together() -> None:
    house = House()
    items = [an_item(str(n), f"第{n}条") for n in range(5)]
    written = await house.run([together(*items[:3]), together(*items[3:])], 1)
    assert _judged(written) == [each.item_id for each in items]
    assert house.judge.calls == 1


async def test_a_batch_that_somebody_else_spelt_is_judged_all_the_same() -> None:
    house = House()
    items = [an_item("1", "好"), an_item("2", "也好")]
    ours = together(*items)
    written = await house.run([Outgoing(ours.subject, b" " + ours.data, "m1")], 1)
    assert _judged(written) == [each.item_id for each in items]


async def test_one_of_a_batch_that_cannot_be_judged_holds_up_none_of_the_others() -> None:
    house = House(FakeLastResort(fails=True))
    items = [an_item("1", "好"), an_item("2", FakeJudge.POISON), an_item("3", "也好")]
    written = await house.run([together(*items)], 3)
    assert _judged(written) == [items[0].item_id, items[2].item_id]
    assert isinstance(written[-1], FactQuarantined), "the others at once, not at the end"
    [poison] = [each for each in written if isinstance(each, FactQuarantined)]
    assert (poison.seq, poison.part, poison.where) == (1, 1, "classify")
    assert house.last_resort.texts == [each.text for each in items]


@pytest.mark.parametrize("fails", [True, False])
async def test_the_neighbours_of_poison_are_stored_and_counted_once_however_often_it_comes_back(
    *, fails: bool
) -> None:
    house = House(FakeLastResort(fails=fails))
    items = [an_item("1", "好"), an_item("2", FakeJudge.POISON), an_item("3", "也好")]
    written = await house.run([together(*items)], 3)
    judged = 2 if fails else 3
    assert len(_judged(written)) == len(set(_judged(written))) == judged
    assert house.metrics.value(Metric.ITEMS_CLASSIFIED, degraded="no") == judged
    assert house.metrics.value(Metric.LABELS_DECIDED, label="other") == judged


async def test_the_last_attempt_is_made_where_it_can_do_no_harm() -> None:
    house = House()
    written = await house.run([outgoing(an_item("1", FakeJudge.POISON))], 1)
    assert [each.kind for each in written] == ["item.classified"]
    assert house.last_resort.texts == [FakeJudge.POISON]
    assert house.judge.calls == MAX_DELIVER


async def test_what_cannot_be_judged_at_all_becomes_a_fact_and_is_not_delivered_again() -> None:
    house = House(FakeLastResort(fails=True))
    written = await house.run([outgoing(an_item("1", FakeJudge.POISON))], 1)
    assert [each.kind for each in written] == ["fact.quarantined"]
    assert isinstance(written[0], FactQuarantined)
    assert (written[0].seq, written[0].where) == (1, "classify")


@pytest.mark.parametrize("data", [b"{", b'{"kind":"clock.ticked","version":1,"term":1,"tick":1}'])
async def test_bytes_that_are_no_item_are_quarantined(data: bytes) -> None:
    house = House()
    subject = f"{ROOT}.item.received.weibo.x.y"
    written = await house.run([Outgoing(subject, data, "m1")], 1)
    assert isinstance(written[0], FactQuarantined)
    assert written[0].where == "decode"
    assert data.decode() not in written[0].error


async def test_the_model_is_announced_once() -> None:
    house = House()
    await announce(house.bus, "m1")
    await announce(house.bus, "m1")
    await announce(house.bus, "m2")
    assert (await house.bus.state()).last_seq == 2


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("raise SystemExit(3)", "ended with 3"),
        ("print('?')", "no verdict"),
        ("import time; time.sleep(30)", "within"),
    ],
)
async def test_a_child_that_crashes_is_told_apart_from_one_that_answers(
    does: str, says: str
) -> None:
    answers = await ChildJudge((sys.executable, "-c", does), limit_seconds=0.5).judge(["x"])
    assert [isinstance(each, PermanentError) and says in str(each) for each in answers] == [True]


async def test_a_child_judges_like_the_service() -> None:
    verdict, other = await ChildJudge().judge(["我要投诉，停车场乱收费没人管", "好"])
    assert isinstance(verdict, Verdict)
    assert isinstance(other, Verdict)
    assert Label.COMPLAINT in verdict.decided


async def test_a_text_that_ends_its_process_costs_the_others_nothing() -> None:
    dies = (
        "import json, os, sys\n"
        f"answer = {to_json(a_verdict_of()).decode()!r}\n"
        "for text in json.load(sys.stdin):\n"
        "    if text == 'x': os.abort()\n"
        "    print(answer, flush=True)\n"
    )
    texts = ["a", "x", "b", "x"]
    answers = await ChildJudge((sys.executable, "-c", dies)).judge(texts)
    assert [isinstance(each, Verdict) for each in answers] == [text != "x" for text in texts]


async def test_verdicts_that_a_full_log_refuses_are_stored_once_there_is_room() -> None:
    house = House()
    await house.bus.publish([outgoing(an_item("1", "好"))])
    house.bus.full = True
    stop = asyncio.Event()
    handler = Handler(house.bus, house.judge, house.last_resort, house.clock, house.metrics)

    async def judged() -> bool:
        await house.clock.advance(0.25)
        return house.judge.calls > 0

    async def written() -> bool:
        await house.clock.advance(0.25)
        return (await house.bus.state()).last_seq == 2

    async with asyncio.TaskGroup() as group:
        group.create_task(handler.run(stop))
        await until(judged)
        await house.clock.advance(3600)
        house.bus.full = False
        await until(written)
        stop.set()
        await house.clock.advance(0.25)
    assert house.judge.calls == 1, "held for an hour, and no attempt was used up"
    assert house.metrics.value(Metric.ITEMS_CLASSIFIED, degraded="no") == 1
