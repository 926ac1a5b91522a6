"""A rebuild starts from a snapshot that can be trusted and folds the rest (inv. 1, 12, 13)."""

import pytest

from services.respond.core.decisions import CHAIN_START, chain
from services.respond.shell.snapshot_keeper import Rhythm
from services.respond.shell.snapshots import (
    Manifest,
    read_register,
)
from shared.bus.port import outgoing
from shared.contracts.subjects import SNAPSHOTS
from shared.contracts.system import DecisionsRecorded
from tests.fakes.respond_house import House, a_comment, a_house
from tests.fakes.snapshots import (
    LEASE_AND_LOOK,
    lead_often,
    lose_the_store,
    passed_over,
    purge_what_no_rebuild_needs,
    recorded_after,
    register,
    some_cases,
)


async def test_a_rebuild_from_a_snapshot_gives_the_same_ledger_and_repeats_nothing() -> None:
    async with a_house() as house:
        await lead_often(house)
        await house.approve(await house.complaint(1))
        await house.clock.advance(16)
        await some_cases(house, range(2, 6))
        await house.clock.advance(130)
        _, before = await house.ledger()
        counted, pages = await house.read.organisation(), dict(house.pager.pages)
        assert len((await register(house)).kept) == 3
        assert await purge_what_no_rebuild_needs(house) > 10
        assert len(await house.facts("item.received")) < 3
        end = (await house.bus.state()).last_seq
        await lose_the_store(house)
        await house.lead("two")
        await house.clock.advance(40)
        _, after = await house.ledger()
        assert chain(before, await recorded_after(house, end)) == after
        assert len(house.speaker.written) == 1
        assert house.pager.pages == pages
        again = await house.read.organisation()
        told = {"items_received", "items_classified", "cases_opened", "replies_sent", "breaches"}
        assert again.model_dump(include=told) == counted.model_dump(include=told)
        assert passed_over(house) == 0


async def test_a_whole_ledger_stands_in_the_log_after_rebuilds_from_snapshots() -> None:
    async with a_house() as house:
        await lead_often(house)
        for holder in ("two", "three"):
            await some_cases(house, range(2))
            await some_cases(house, [len(holder) * 10 + each for each in range(3)])
            await lose_the_store(house, list(house.tasks)[-1])
            await house.lead(holder)
        await house.clock.advance(20)
        lines, newest = await house.ledger()
        assert chain(CHAIN_START, lines) == newest


async def test_a_damaged_snapshot_is_passed_over_and_the_one_before_it_is_used() -> None:
    async with a_house() as house:
        await lead_often(house)
        await some_cases(house, range(8))
        kept = (await register(house)).kept
        await purge_what_no_rebuild_needs(house)
        house.bus.spoil_object(kept[0].objects[1])
        counted = await house.read.organisation()
        _, before = await house.ledger()
        end = (await house.bus.state()).last_seq
        await lose_the_store(house)
        await house.lead("two")
        assert passed_over(house) == 1
        assert (await house.read.organisation()).items_received == counted.items_received
        _, after = await house.ledger()
        assert chain(before, await recorded_after(house, end)) == after


@pytest.mark.parametrize("fault", ["core", "format", "missing", "no manifest"])
async def test_a_snapshot_that_cannot_be_read_is_passed_over(fault: str) -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm(facts=6, kept=1))
        await some_cases(house, range(5))
        [kept] = (await register(house)).kept
        await replace(house, kept.manifest, fault)
        counted = await house.read.organisation()
        before, _ = await house.ledger()
        await lose_the_store(house)
        await house.lead("two")
        assert passed_over(house) == 1
        assert (await house.read.organisation()).items_received == counted.items_received
        lines, newest = await house.ledger()
        assert lines[: len(before)] == before
        assert chain(CHAIN_START, lines) == newest


async def replace(house: House, name: str, fault: str) -> None:
    """Put another manifest in the place of the newest one."""
    found = await house.bus.get_object(name)
    assert found is not None
    manifest = Manifest.model_validate_json(found)
    if fault == "no manifest":
        await house.bus.drop_object(name)
        return
    changes: dict[str, dict[str, object]] = {
        "core": {"core_version": "999"},
        "format": {"version": 2},
        "missing": {"values": 1},
    }
    other = await house.bus.put_object(
        manifest.model_copy(update=changes[fault]).model_dump_json().encode()
    )
    record, revision = await read_register(house.bus)
    [kept] = record.kept
    fresh = record.model_copy(update={"kept": (kept.model_copy(update={"manifest": other}),)})
    await house.bus.put_value(SNAPSHOTS, fresh.model_dump_json().encode(), revision=revision)


async def test_without_a_snapshot_and_with_a_purged_log_nobody_leads_and_people_are_told() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm(facts=6, kept=1))
        await some_cases(house, range(8))
        [kept] = (await register(house)).kept
        await purge_what_no_rebuild_needs(house)
        house.bus.spoil_object(kept.manifest)
        await lose_the_store(house)
        elections = len(await house.facts("leader.elected"))
        await house.lead("two")
        await house.clock.advance(100)
        assert len(house.alarms) == 1
        assert "purged" in house.alarms[0]
        assert await house.store.cursor() is None
        assert len(await house.facts("leader.elected")) - elections < 6
        house.bus.spoil_object(kept.manifest)  # turned back: somebody restored the bucket
        await house.clock.advance(60)
        assert (await house.read.organisation()).items_received == 8


async def test_a_store_that_is_emptied_while_somebody_takes_office_is_rebuilt() -> None:
    async with a_house() as house:
        await lead_often(house)
        await some_cases(house, range(4))
        await house.kill("one")
        await house.clock.advance(LEASE_AND_LOOK)
        house.bus.reading_seconds = 1.0
        house.bus.hold_after = "leader.elected"
        await house.lead("two")
        await house.store.reset((await house.bus.state()).last_seq)
        house.bus.let_go.set()
        await house.clock.advance(10)
        elections = await house.facts("leader.elected")
        assert [each.model_dump()["rebuilt_to"] is None for each in elections[-2:]] == [
            True,
            False,
        ]
        assert (await house.read.organisation()).items_received == 4


async def test_a_hole_in_front_of_the_fold_stops_it_and_people_are_told() -> None:
    async with a_house() as house:
        await lead_often(house)
        await some_cases(house, range(2))
        await house.kill("one")
        await house.put(*(a_comment(each, house.clock.now()) for each in range(20, 24)))
        gone = (await house.bus.state()).last_seq - 2
        house.bus._log[gone - 1] = None
        await house.clock.advance(LEASE_AND_LOOK)
        await house.lead("two")
        await house.clock.advance(100)
        assert len(house.alarms) == 1
        cursor = await house.store.cursor()
        assert cursor is not None
        assert cursor.seq < gone


async def test_an_approved_reply_caught_by_a_rebuild_from_a_snapshot_returns_to_its_owner() -> (
    None
):
    async with a_house() as house:
        await lead_often(house)
        case_id = await house.complaint(1)
        await house.approve(case_id)
        house.bus.hold_before = "effect.started"
        await house.clock.advance(16)
        await house.put(*(a_comment(each, house.clock.now()) for each in range(20, 30)))
        await house.clock.advance(5)
        newest = (await register(house)).kept[0]
        [effect] = await house.effects()
        assert effect.decided_seq < newest.seq
        await house.kill("one")
        house.bus.release()
        await lose_the_store(house)
        await house.lead("two")
        await house.clock.advance(40)
        assert house.speaker.calls == 0
        case = await house.case(case_id)
        assert case.replies[0].status == "returned"


async def test_pages_owed_at_a_rebuild_from_a_snapshot_go_out_once_as_one() -> None:
    async with a_house() as house:
        await lead_often(house)
        for number in range(3):
            await house.complaint(number)
        house.bus.hold_before = "effect.started"
        await house.clock.advance(125)
        await house.put(*(a_comment(each, house.clock.now()) for each in range(20, 30)))
        await house.clock.advance(3)
        assert (await register(house)).kept
        await house.kill("one")
        house.bus.release()
        await lose_the_store(house)
        await house.lead("two")
        await house.clock.advance(10)
        [(_, notice)] = house.pager.pages.values()
        assert notice.late
        assert "补发" in notice.title


async def test_a_snapshot_of_decisions_that_the_log_lost_is_passed_over() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm(facts=6, kept=1))
        await some_cases(house, range(6))
        [kept] = (await register(house)).kept
        data = await house.bus.get_object(kept.manifest)
        assert data is not None
        ledger = Manifest.model_validate_json(data).ledger_seq
        assert ledger <= (await house.bus.state()).last_seq
        await lose_the_store(house)
        house.bus.lose_tail(max(kept.seq, ledger - 1) if ledger > kept.seq else ledger - 1)
        for number in range(100, 120):  # it grew again, beyond where it ended
            await house.bus.publish([outgoing(a_comment(number, house.clock.now()))])
        await house.lead("two")
        await house.clock.advance(5)
        assert passed_over(house) == 1
        lines, newest = await house.ledger()
        assert chain(CHAIN_START, lines) == newest


async def test_what_was_decided_and_not_recorded_comes_along_in_the_snapshot() -> None:
    async with a_house() as house:
        await lead_often(house)
        house.bus.hold_before = "decisions.recorded"
        await some_cases(house, range(4))
        assert house.bus.held.is_set()
        assert (await register(house)).kept
        await house.kill("one")
        house.bus.release()
        await lose_the_store(house)
        await house.lead("two")
        await house.clock.advance(5)
        records = await house.facts("decisions.recorded")
        lines, newest = await house.ledger()
        assert chain(CHAIN_START, lines) == newest
        uptos = [each.upto_seq for each in records if isinstance(each, DecisionsRecorded)]
        assert uptos == sorted(uptos)
