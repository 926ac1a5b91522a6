"""Closed ranges are sealed, chained, told to the log, and read again (invariant 13)."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.archive.shell.archivist import Archivist
from services.archive.shell.database import Database
from services.archive.shell.keeper import FACT_BYTES
from shared.bus.port import Outgoing, outgoing
from shared.contracts.facts import decode
from shared.contracts.org import PolicyActivated
from shared.contracts.subjects import SEGMENTS_SEALED
from shared.contracts.system import ClockTicked, SegmentSealed
from shared.errors import UserError
from shared.observability.metrics import Metric
from tests.fakes.log_place import KEEP_ALL, SIZE, Place, messages, wanting
from tests.fakes.respond_house import a_pack
from tests.fakes.waiting import until


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(tmp_path)
    yield place
    await place.sealer.close()


async def test_closed_ranges_are_sealed_one_after_the_other_and_the_log_is_told(
    place: Place,
) -> None:
    await place.grow(25)
    before = await place.bus.read(1, 40)
    await place.look()
    first, second = place.seals()
    assert (first.first_seq, first.last_seq, first.facts) == (1, 20, 20)
    assert (second.first_seq, second.previous) == (21, first.chain)
    assert messages(place, [first, second]) == list(before)
    told = [decode(each.data) for each in await place.bus.read(51, 60)]
    assert [each.chain for each in told if isinstance(each, SegmentSealed)] == [
        first.chain,
        second.chain,
    ]
    await place.look()
    assert len(place.seals()) == 2
    assert place.metrics.value(Metric.SEALED) == 40


async def test_what_the_archive_has_not_read_is_not_sealed(place: Place) -> None:
    await place.grow(25)
    place.reached = 39
    await place.look()
    assert [each.last_seq for each in place.seals()] == [20]


async def test_many_bytes_in_few_places_are_a_segment_too(place: Place) -> None:
    await place.grow(5)
    await place.look()
    assert place.seals() == []
    place.read = SIZE * FACT_BYTES
    await place.look()
    assert [each.last_seq for each in place.seals()] == [10]
    await place.look()
    place.reached, place.read = 10, 2 * place.read
    await place.look()
    assert len(place.seals()) == 1, "nothing new was read"


async def test_a_segment_carries_the_packs_its_facts_name(place: Place) -> None:
    digest = await place.bus.put_object(a_pack().canonical())
    for each in (digest, "0" * 64):
        fact = PolicyActivated(pack="company", pack_hash=each, activated_by="li")
        await place.bus.publish([outgoing(fact)])
    await place.bus.publish([Outgoing("zs.v1.policy.activated", b"no fact", "bad")])
    await place.grow(10)
    await place.look()
    with gzip.open(place.segments.lines_file(place.seals()[0]), "rt", encoding="utf-8") as lines:
        text = lines.read()
    assert text.count('{"object":') == 1
    assert f'{{"object":"{digest}"' in text


async def test_a_death_between_the_seal_and_its_fact_is_mended(place: Place) -> None:
    await place.grow(25)
    place.bus.full = True
    await place.look()
    assert len(place.seals()) == 2
    place.bus.full = False
    place.start()
    await place.look()
    newest = await place.bus.last_on(SEGMENTS_SEALED)
    assert newest is not None
    fact = decode(newest.data)
    assert isinstance(fact, SegmentSealed)
    assert fact.chain == place.seals()[-1].chain


async def test_what_a_death_amid_a_segment_left_does_not_count(place: Place) -> None:
    await place.grow(25)
    writer = place.segments.writer(1, 20)
    writer.write([b"half"])
    assert place.seals() == []
    await place.look()
    assert [each.facts for each in place.seals()] == [20, 20]
    writer.give_up()


@pytest.mark.parametrize("fault", ["anew", "tail", "other"])
async def test_segments_of_a_log_that_is_no_more_are_set_aside(place: Place, fault: str) -> None:
    await place.grow(25)
    await place.look()
    old = place.seals()
    if fault == "anew":
        place.bus.remake()
    else:
        place.bus.lose_tail(30)
    place.reached = 0
    if fault == "other":
        await place.bus.publish([outgoing(ClockTicked(term=1, tick=n)) for n in range(30)])
    await place.look()
    left = place.seals()
    assert left == ([] if fault == "anew" else old[:1])
    aside = sorted(path.name for path in (place.segments.directory / "aside").iterdir())
    assert len(aside) == 2 * (len(old) - len(left))
    await place.grow(30)
    await place.look()
    assert [each.first_seq for each in place.seals()][:2] == [1, 21]
    assert messages(place, place.seals())[30:40] == list(await place.bus.read(31, 40))


async def test_an_archive_made_anew_reads_the_segments_before_the_log(tmp_path: Path) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(keep_facts=30)) as place:
        await place.grow(60)
        await place.hold("respond", 90)
        await place.look()
        await place.clock.advance(3600 * 74)
        await place.look()
        assert await place.purged() == 80
        assert await place.kinds(80) == set()
        database = Database(tmp_path / "fresh.sqlite3")
        archivist = Archivist(place.bus, database, place.clock, place.metrics, place.sealer.sealed)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(archivist.run(stop))
            end = (await place.bus.state()).last_seq

            async def read() -> bool:
                await place.clock.advance(0.6)
                return archivist.seq == end

            await until(read)
            assert (await archivist.counts())["items"] == 60
            running.cancel()
        await archivist.close()


async def test_a_damaged_segment_is_read_as_far_as_it_goes(place: Place) -> None:
    await place.grow(30)
    await place.look()
    lines = place.segments.lines_file(place.seals()[0])
    lines.write_bytes(lines.read_bytes()[:-40])
    log = await place.bus.state()
    found = [each.seq async for batch in place.sealer.sealed(log, 0) for each in batch]
    assert set(range(21, 61)) <= set(found)
    found = [each.seq async for batch in place.sealer.sealed(log, 30) for each in batch]
    assert found == list(range(31, 61))


async def test_a_damaged_seal_is_a_clear_error(place: Place) -> None:
    await place.grow(15)
    await place.look()
    [path] = place.segments.directory.glob("*.seal.json")
    path.write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        place.seals()


async def test_the_loop_goes_on_when_something_is_away(place: Place) -> None:
    await place.grow(15)
    place.bus.away = True
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(place.keeper.run(stop))
        await place.clock.advance(6)
        place.bus.away = False

        async def sealed() -> bool:
            await place.clock.advance(1)
            return bool(place.seals())

        await until(sealed)
        stop.set()
        await place.clock.advance(6)
