"""The leader writes its state down while it folds; so many are kept, and nothing else is left."""

import asyncio

from services.respond.shell.recall import recall
from services.respond.shell.room import reserve_name
from services.respond.shell.snapshot_keeper import PAUSE_SECONDS, Rhythm, SnapshotKeeper
from services.respond.shell.snapshots import (
    Picture,
    picture,
)
from services.respond.shell.standing import Standing, restore
from services.respond.shell.telemetry import Telemetry
from shared.errors import TransientError
from shared.observability.metrics import Metric
from tests.fakes.respond_house import ANSWER, a_comment, a_house, a_verdict
from tests.fakes.snapshots import (
    LEASE_AND_LOOK,
    OFTEN,
    lead_often,
    purge_what_no_rebuild_needs,
    register,
    some_cases,
)


async def test_only_so_many_snapshots_are_kept_and_nothing_else_is_left_behind() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm(facts=6, kept=2))
        await some_cases(house, range(12))
        kept = (await register(house)).kept
        assert len(kept) == 2
        assert kept[0].seq > kept[1].seq
        packs = {house.configuration.packs[0].content_hash()}
        assert house.bus.objects == packs | {reserve_name()} | {
            name for each in kept for name in each.objects
        }


async def test_what_a_death_amid_a_snapshot_left_is_dropped_by_the_next() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm(facts=6, kept=2))
        await some_cases(house, range(4))
        before = house.bus.objects
        item = a_comment(9, house.clock.now())
        await house.put(item, a_verdict(item))
        await house.put(*(a_comment(each, house.clock.now()) for each in range(20, 24)))
        await house.clock.advance(1)
        await house.clock.advance(PAUSE_SECONDS)
        await house.kill("one")
        loose = (await register(house)).loose
        assert set(loose) <= house.bus.objects
        await house.clock.advance(LEASE_AND_LOOK)
        await house.lead("two")
        await some_cases(house, range(30, 36))
        kept = (await register(house)).kept
        assert house.bus.objects - before <= {name for each in kept for name in each.objects}
        assert (await register(house)).loose == ()


async def test_a_leader_that_is_asked_to_stop_leaves_a_snapshot() -> None:
    async with a_house() as house:
        await house.lead("one")
        case_id = await house.complaint(1)
        assert (await register(house)).kept == ()
        house.stops["one"].set()
        await house.clock.advance(3)
        [kept] = (await register(house)).kept
        assert kept.seq == (await house.bus.state()).last_seq
        await house.store.reset((await house.read.organisation()).term)
        await purge_what_no_rebuild_needs(house)
        await house.lead("two")
        assert (await house.case(case_id)).items[0].item_id == "item-1"
        await house.approve(case_id)
        await house.clock.advance(16)
        assert [each.text for each in house.speaker.written] == [ANSWER]


async def test_a_snapshot_is_tried_again_when_the_log_was_away() -> None:
    async with a_house() as house:
        await lead_often(house)
        [first] = (await register(house)).kept
        await house.put(*(a_comment(each, house.clock.now()) for each in range(10)))
        house.bus.away = True
        await house.clock.advance(2)
        house.bus.away = False
        assert house.metrics.value(Metric.SNAPSHOTS, result="failed") == 1
        assert (await register(house)).kept == (first,)
        await house.clock.advance(31)
        assert (await register(house)).kept[1:] == (first,)


async def test_the_slower_of_two_keepers_gives_up_and_harms_nothing() -> None:
    async with a_house() as house:
        await lead_often(house)
        keeper = SnapshotKeeper(house.bus, house.clock, OFTEN, Telemetry(house.metrics))
        loaded = await house.store.load()
        assert loaded is not None
        standing = Standing(1, loaded.cursor)
        await restore(standing, loaded)
        async with asyncio.TaskGroup() as group:
            slow = group.create_task(refused(keeper, picture(standing)))
            await house.clock.settle()
            await keeper.take(picture(standing))
            await house.clock.advance(1)
            assert await slow
        found = await recall(house.bus, await house.bus.state(), Telemetry(house.metrics))
        assert found is not None
        assert found.manifest.cursor == loaded.cursor


async def refused(keeper: SnapshotKeeper, taken: Picture) -> bool:
    try:
        await keeper.take(taken, PAUSE_SECONDS)
    except TransientError:
        return True
    return False
