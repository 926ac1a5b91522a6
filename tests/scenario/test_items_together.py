"""Items that came together, in a whole house: the next leader, poison, snapshots, what people look at."""

from pathlib import Path

from services.cli.replay.engine import replay
from services.respond.core.decisions import CHAIN_START, chain
from services.respond.shell.log_stream import LogStream
from services.respond.shell.rehearsal import LogRehearsal
from services.respond.shell.snapshot_keeper import Rhythm
from shared.bus.port import outgoing
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Stored, decode
from shared.contracts.items import ItemReceived
from shared.contracts.system import FactQuarantined, FactReleased
from shared.testing.recording import write_recording
from tests.fakes.respond_house import House, a_comment, a_house, a_pack, a_verdict
from tests.fakes.snapshots import LEASE_AND_LOOK, lead_often, register


def some(house: House, *numbers: int) -> list[ItemReceived]:
    return [a_comment(number, house.clock.now()) for number in numbers]


async def opened(house: House) -> int:
    return (await house.read.organisation()).cases_opened


async def test_of_a_batch_only_what_waits_is_known_to_the_next_leader() -> None:
    async with a_house() as house:
        await house.lead("one")
        first, second, third = some(house, 1, 2, 3)
        await house.put(ItemBatch.of((first, second, third)), a_verdict(second))
        await house.kill("one")
        await house.clock.advance(4)
        await house.lead("two")
        assert await opened(house) == 1
        await house.put(a_verdict(second), a_verdict(third), a_verdict(first))
        assert await opened(house) == 3
        organisation = await house.read.organisation()
        assert (organisation.items_received, organisation.items_classified) == (3, 3)


async def test_one_item_of_a_batch_that_was_put_aside_is_released_alone() -> None:
    async with a_house() as house:
        items = some(house, 1, 2, 3)
        [ack] = await house.bus.publish([outgoing(ItemBatch.of(items))])
        await house.put(FactQuarantined(seq=ack.seq, part=1, where="respond", error="x"))
        await house.lead("one")
        assert (await house.read.organisation()).items_received == 2
        release = FactReleased(seq=ack.seq, part=1, released_by="li", op_id="op-1")
        await house.put(release, *map(a_verdict, items))
        organisation = await house.read.organisation()
        assert (organisation.items_received, organisation.items_classified) == (3, 3)


async def test_a_snapshot_is_due_by_the_items_that_came_together() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm(facts=100, kept=2))
        await house.put(ItemBatch.of(some(house, *range(120))))
        await house.clock.advance(2)
        [kept] = (await register(house)).kept
        assert (kept.items, kept.seq < 100) == (120, True)
        await house.kill("one")
        await house.clock.advance(LEASE_AND_LOOK)
        await house.lead("two")
        await house.clock.advance(2)
        assert [each.items for each in (await register(house)).kept] == [120], (
            "and not at once again"
        )


async def test_people_see_each_item_of_a_batch() -> None:
    async with a_house() as house:
        await house.lead("one")
        items = some(house, 1, 2, 3)
        await house.put(ItemBatch.of(items), *map(a_verdict, items))
        seen = (await LogStream(house.bus, house.read).newest()).items
        assert [each.item for each in seen] == items[::-1]
        assert all(each.judged is not None and each.case_id for each in seen)
        short = await LogStream(house.bus, house.read, most_facts=4).newest()
        assert (len(short.items), short.complete) == (0, False), "four newer facts were looked at"
        trial = LogRehearsal(house.bus, house.clock, house.read)
        found = await trial.rehearse("company", a_pack(), a_pack())
        assert (found.items, found.cases, found.complete) == (3, (3, 3), True)


async def test_a_record_with_batches_replays_to_the_live_ledger_and_line_by_line(
    tmp_path: Path,
) -> None:
    async with a_house() as house:
        await house.lead("one")
        items = some(house, 1, 2, 3)
        await house.put(ItemBatch.of(items), *map(a_verdict, items))
        await house.clock.advance(2)
        lines, digest = await house.ledger()
        messages = await house.bus.read(1, (await house.bus.state()).last_seq)
    assert chain(CHAIN_START, lines) == digest
    stored = [Stored(each.seq, each.time, decode(each.data)) for each in messages]
    path = tmp_path / "log.jsonl"
    write_recording(path, stored, [a_pack().canonical()])
    report = replay(path)
    assert (report.items, report.accounted, report.reproduced) == (3, True, True)
    singly = tmp_path / "singly.jsonl"
    apart = [
        Stored(each.seq, each.time, one)
        for each in stored
        for one in (each.fact.items if isinstance(each.fact, ItemBatch) else (each.fact,))
    ]
    write_recording(singly, apart, [a_pack().canonical()])
    together, alone = (replay(each, verdicts="compute") for each in (path, singly))
    assert together.digest == alone.digest, "each verdict directly after its item"
    assert replay(singly).digest == report.digest
