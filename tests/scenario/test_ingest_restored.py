"""Ingest in a house restored from a backup: it reads on from there, however long that is ago."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Outgoing, outgoing
from shared.contracts.subjects import message_id
from shared.contracts.system import Ancestor, LogRestored
from tests.fakes.clock import FakeClock
from tests.fakes.ingest_house import FlakyStore, House
from tests.fakes.ingest_world import served_world

LONG_SECONDS = 30 * 3600
"""Longer than an account without a cursor is read back."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = FakeClock()
    async with served_world(clock) as world:
        yield House(world, clock, MemoryBus(clock), FlakyStore(clock), tmp_path)


async def restore(house: House, upto_seq: int) -> None:
    """Make the log again as it was up to there, as another incarnation that says so."""
    before = await house.bus.state()
    kept = await house.bus.read(1, upto_seq)
    facts = (await house.facts())[:upto_seq]
    house.bus.remake()
    await house.bus.publish(
        [
            Outgoing(each.subject, each.data, message_id(fact))
            for each, fact in zip(kept, facts, strict=True)
        ]
    )
    fact = LogRestored(
        made_at=kept[-1].time,
        upto_seq=upto_seq,
        upto_time=kept[-1].time,
        ancestors=(Ancestor(incarnation=before.incarnation, upto_seq=upto_seq),),
    )
    await house.bus.publish([outgoing(fact)])


async def test_what_was_said_since_the_backup_is_read_however_old_it_is(house: House) -> None:
    house.world.say("一")
    async with house.process() as ingest:
        await ingest.until_texts(["一"])
        await ingest.pass_time(2)
    end = (await house.bus.state()).last_seq
    house.world.say("二")
    await house.clock.advance(LONG_SECONDS)
    await restore(house, end)
    house.world.say("三")
    async with house.process() as ingest:
        await ingest.until_texts(["一", "二", "三"])


async def test_a_cursor_ahead_of_the_restored_log_is_not_believed(house: House) -> None:
    house.world.say("一")
    async with house.process() as ingest:
        await ingest.until_texts(["一"])
        end = (await house.bus.state()).last_seq
        house.world.say("二")
        await ingest.until_texts(["一", "二"])
        await ingest.pass_time(2)
    await restore(house, end)
    assert await house.texts() == ["一"]
    async with house.process() as ingest:
        await ingest.until_texts(["一", "二"], seconds=20)
