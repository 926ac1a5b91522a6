"""Ingest against the mock platform: what is said there stands in the log, once, whatever fails."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus.memory_bus import MemoryBus
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import decode
from shared.contracts.items import ItemReceived
from shared.contracts.subjects import batches_of
from shared.platforms.mock.faults import Fault
from shared.platforms.mock.platform import MockOptions
from tests.fakes.clock import FakeClock
from tests.fakes.ingest_house import FlakyStore, House
from tests.fakes.ingest_world import served_world


class KillAfterPublish(Exception):  # noqa: N818 - not an error of anybody's, but a kill
    """Ends the process between the log's ack and the move of the cursor."""


class FragileBus(MemoryBus):
    """A log that can kill its client at the moment the cursor should move."""

    kill_on_cursor = False

    async def put_value(self, key: str, value: bytes, *, revision: int = 0) -> int:
        if self.kill_on_cursor:
            raise KillAfterPublish
        return await super().put_value(key, value, revision=revision)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = FakeClock()
    async with served_world(clock) as world:
        yield House(world, clock, FragileBus(clock), FlakyStore(clock), tmp_path)


async def test_what_is_said_stands_in_the_log_once(house: House) -> None:
    house.world.say("一")
    async with house.process() as ingest:
        await ingest.until_texts(["一"])
        house.world.say("二")
        house.world.mention("三")
        await ingest.until_texts(["一", "二", "三"])
        await ingest.pass_time(20)
        assert sorted(await house.texts()) == ["一", "三", "二"]
        assert await house.states() == ["ok"]


async def test_the_items_of_a_poll_are_one_message(house: House) -> None:
    for number in range(50):
        house.world.say(f"第{number}条")
    async with house.process() as ingest:
        await ingest.until_texts([f"第{number}条" for number in range(50)])
    kinds = [decode(each.data).kind for each in await house.bus.read(1, 99)]
    assert kinds[:2] == ["post.seen", "item.batch"], "and the post they stand under"
    assert kinds.count("item.batch") == 1


async def test_while_the_log_is_away_the_cursor_stays_and_nothing_is_lost(house: House) -> None:
    async with house.process() as ingest:
        await ingest.pass_time(2)
        before = dict(house.bus._values)
        house.bus.away = True
        house.world.say("在断线时说的")
        await ingest.pass_time(10)
        assert house.bus._values == before
        house.bus.away = False
        await ingest.until_texts(["在断线时说的"])
        await ingest.pass_time(10)
        assert await house.texts() == ["在断线时说的"]


async def test_a_full_log_spools_and_says_so_and_the_cursor_waits(house: House) -> None:
    async with house.process() as ingest:
        await ingest.pass_time(2)
        before = dict(house.bus._values)
        house.bus.full = True
        house.world.say("日志满了")
        await ingest.pass_time(6)
        assert house.bus._values == before
        assert ingest.service.spool.waiting >= 1
        house.bus.full = False
        await ingest.until_texts(["日志满了"])
        await ingest.pass_time(30)
        assert house.bus._values != before
        states = await house.states()
        assert "spooling" in states
        assert states[-1] == "ok"


async def test_a_kill_between_ack_and_cursor_repeats_nothing(house: House) -> None:
    house.world.say("一")
    house.world.say("二")
    assert isinstance(house.bus, FragileBus)
    house.bus.kill_on_cursor = True
    with pytest.raises(ExceptionGroup):
        async with house.process() as ingest:
            await ingest.pass_time(5)
    assert sorted(await house.texts()) == ["一", "二"]
    house.bus.kill_on_cursor = False
    await house.clock.advance(600)  # beyond the duplicate window: only the subject can tell
    async with house.process("two") as ingest:
        house.world.say("三")
        await ingest.until_texts(["一", "二", "三"])
        await ingest.pass_time(5)
    assert sorted(await house.texts()) == ["一", "三", "二"]


async def test_a_lost_answer_of_the_log_counts_nothing_twice(house: House) -> None:
    async with house.process() as ingest:
        await ingest.pass_time(2)
        house.bus.ack_lost = True
        house.world.say("一")
        await ingest.pass_time(3)
        house.bus.ack_lost = False
        await ingest.until_texts(["一"])
        await ingest.pass_time(30)
        assert await house.texts() == ["一"]
        figures = ingest.service.metrics.text().decode()
    assert 'zhishou_items_received_total{kind="comment",platform="weibo"} 1.0' in figures


async def test_a_standby_takes_over_when_the_reader_dies(house: House) -> None:
    async with house.process("first") as first:
        house.world.say("一")
        await first.until_texts(["一"])
        async with house.process("second") as second:
            await second.pass_time(3)
            assert await house.store.holder("ingest:acct-1") == first.service.holder
    house.world.say("二")
    async with house.process("third") as third:
        await third.until_texts(["一", "二"], seconds=15)
        assert await house.store.holder("ingest:acct-1") == third.service.holder


async def test_on_the_same_machine_the_next_process_goes_on_at_once(house: House) -> None:
    async with house.process() as first:
        await first.pass_time(2)
    house.world.say("一")
    async with house.process() as second:
        await second.until_texts(["一"], seconds=1)


async def test_a_clean_stop_gives_the_lease_back(house: House) -> None:
    async with house.process("first") as first:
        await first.pass_time(2)
        first.stop.set()
        await first.pass_time(1)
        assert await house.store.holder("ingest:acct-1") is None


async def test_who_held_the_lease_goes_on_while_the_store_is_away(house: House) -> None:
    async with house.process() as ingest:
        await ingest.pass_time(2)
        house.store.away = True
        house.world.say("一")
        await ingest.until_texts(["一"])


async def test_a_dead_token_and_its_end_are_facts(house: House) -> None:
    async with house.process() as ingest:
        await ingest.pass_time(2)
        house.world.platform.faults.add([Fault(kind="token_expired")])
        await ingest.pass_time(5)
        assert (await house.states())[-1] == "token_expired"
        house.world.platform.faults.clear()
        house.world.say("一")
        await ingest.until_texts(["一"], seconds=90)
        assert (await house.states())[-1] == "ok"


async def test_a_spent_quota_is_a_fact(tmp_path: Path) -> None:
    clock = FakeClock()
    async with served_world(clock, MockOptions(calls_per_hour=2)) as world:
        house = House(world, clock, MemoryBus(clock), FlakyStore(clock), tmp_path)
        world.say("一")
        async with house.process() as ingest:
            await ingest.pass_time(70)
            assert "quota_spent" in await house.states()
            assert await house.texts() == ["一"]


async def test_a_platform_that_stays_down_is_a_fact_and_nothing_is_lost(house: House) -> None:
    async with house.process() as ingest:
        await ingest.pass_time(2)
        house.world.platform.faults.add([Fault(kind="error", code=10001)])
        house.world.say("一")
        await ingest.pass_time(30)
        assert (await house.states())[-1] == "failing"
        house.world.platform.faults.clear()
        await ingest.until_texts(["一"], seconds=60)


async def test_a_log_that_lost_its_tail_is_read_to_again(house: House) -> None:
    async with house.process() as ingest:
        house.world.say("一")
        await ingest.until_texts(["一"])
        house.world.say("二")
        await ingest.until_texts(["一", "二"])
        facts = await house.facts()
        first = next(n for n, fact in enumerate(facts, 1) if isinstance(fact, ItemReceived))
        house.bus.lose_tail(first)
        await ingest.until_texts(["一", "二"], seconds=90)


async def test_one_setting_swaps_one_platform_for_another(house: House, tmp_path: Path) -> None:
    house.world.say("在第一个平台说的")
    async with house.process() as ingest:
        await ingest.until_texts(["在第一个平台说的"])
    async with served_world(house.clock) as other:
        moved = house.world.account.model_copy(update={"endpoint": other.account.endpoint})
        swapped = other.__class__(other.platform, moved, other.session, other.clock)
        there = House(
            swapped, house.clock, MemoryBus(house.clock), FlakyStore(house.clock), tmp_path
        )
        other.say("在第二个平台说的")
        async with there.process() as ingest:
            await ingest.until_texts(["在第二个平台说的"])


async def test_what_is_read_together_is_one_message_of_its_account(house: House) -> None:
    for text in ("一", "二", "三"):
        house.world.say(text)
    async with house.process() as ingest:
        await ingest.until_texts(["一", "二", "三"])
    stored = await house.bus.read(1, 99)
    batches = [decode(one.data) for one in stored if ".item." in one.subject]
    [batch] = [one for one in batches if isinstance(one, ItemBatch)]
    assert [one.subject for one in stored if ".item." in one.subject] == [
        batches_of(*batch.scope())
    ]
