"""What is sealed and needed by nobody may leave the log (invariant 13)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.archive.shell.keeper import LogKeeper
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Message, Outgoing, outgoing
from shared.contracts.subjects import CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY, LEADER_SUBJECT
from shared.contracts.system import ClockTicked, LeaderElected
from shared.observability.metrics import Metric
from tests.fakes.log_place import KEEP_ALL, SIZE, Place, wanting


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(tmp_path)
    yield place
    await place.sealer.close()


async def test_nothing_leaves_a_log_of_which_nobody_asked_for_less(place: Place) -> None:
    await place.grow(50)
    await place.hold("respond", 90)
    await place.look()
    assert (await place.bus.state()).first_seq == 1
    assert await place.purged() == 0


async def test_facts_leave_only_below_every_cursor_and_items_stay_until_they_are_too_old(
    tmp_path: Path,
) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(keep_facts=30)) as place:
        await place.grow(60)
        await place.look()
        assert await place.purged() == 0, "respond has no snapshot yet"
        await place.hold("respond", 70)
        await place.watched(50)
        await place.look()
        assert await place.purged() == 49
        assert await place.kinds(49) == {"received"}
        await place.watched(500)
        async with place.bus.consume(CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY) as queue:
            done = [each for each in await queue.take(100) if each.message.seq < 58]
            await queue.ack(done)
        await place.look()
        assert await place.purged() == 58
        await place.clock.advance(3600 * 74)
        await place.look()
        assert await place.kinds(58) == set()
        assert await place.kinds(80) == {"received", "classified"}
        assert place.metrics.value(Metric.LOG_PURGED) == 58


async def test_leaders_and_people_stay_and_the_newest_of_what_is_asked_for(
    tmp_path: Path,
) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(keep_facts=1)) as place:
        await place.bus.publish([outgoing(LeaderElected(holder="one", previous_term=0))])
        await place.bus.publish([outgoing(ClockTicked(term=1, tick=n)) for n in range(3)])
        await place.grow(30)
        await place.hold("respond", 60)
        await place.look()
        assert await place.purged() >= 40
        assert await place.bus.last_on(LEADER_SUBJECT) is not None
        ticks = [each for each in await place.bus.read(1, 60) if "ticked" in each.subject]
        assert [each.seq for each in ticks] == [4], "the newest tick is what the watchdog looks at"


async def test_a_log_over_its_share_is_sealed_early_and_purged_until_there_is_room(
    tmp_path: Path,
) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(limit_bytes=40_000)) as place:
        await place.grow(5)
        room = (await place.bus.state()).bytes_stored
        await place.grow(4)
        place.keeper = LogKeeper(
            place.bus, place.sealer, place.clock, place.metrics,
            policy=place.policy._replace(limit_bytes=room), segment_facts=SIZE,
            reached=lambda: place.reached,
            read=lambda: 0,
        )  # fmt: skip
        await place.look()
        assert place.seals() == [], "without a snapshot nothing may go"
        await place.hold("respond", 17)
        await place.look()
        [seal] = place.seals()
        assert (seal.last_seq, await place.purged()) == (16, 16)
        assert (await place.bus.state()).bytes_stored < 2 * room
        assert place.metrics.value(Metric.LOG_LIMIT) == room
        await place.look()
        assert len(place.seals()) == 1, "what is left is too little for a segment"


async def test_a_purge_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(keep_facts=30)) as place:
        await place.grow(50)
        await place.hold("respond", 70)
        await place.look()
        upto = await place.purged()
        late = Outgoing("zs.v1.clock.ticked", b"x", "late")
        place.bus._log[0] = Message(1, place.clock.now(), late.subject, late.data)
        place.start()
        await place.look()
        assert await place.purged() == upto


async def test_a_store_that_takes_nothing_at_all_is_given_room_first(tmp_path: Path) -> None:
    async with wanting(tmp_path, KEEP_ALL) as place:
        await place.grow(30)
        await place.look()
        assert await place.purged() == 0
        place.bus = Refilled(place)
        place.start()
        await place.look()
        assert await place.purged() == 0, "respond has no snapshot yet"
        await place.hold("respond", 50)
        place.bus.store_full = True
        await place.look()
        assert await place.purged() == 40, "range by range, until a fifth of it is gone"
        assert not place.bus.store_full
        await place.look()
        assert (await place.bus.state()).max_bytes == 0, "then the log may grow again"
        assert await place.purged() == 40


async def test_a_full_store_takes_what_only_an_older_snapshot_needs(tmp_path: Path) -> None:
    async with wanting(tmp_path, KEEP_ALL) as place:
        await place.grow(30)
        place.bus = Refilled(place)
        place.start()
        await place.hold("respond", 2, at_least=50)
        place.bus.store_full = True
        await place.look()
        assert await place.purged() == 40
        assert not place.bus.store_full


async def test_a_log_that_fills_its_servers_store_is_held_below_that_for_three_looks(
    tmp_path: Path,
) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(limit_bytes=1 << 30)) as place:
        await place.grow(30)
        place.bus.store_full = True
        await place.look()
        braked = (await place.bus.state()).max_bytes
        assert braked < (await place.bus.state()).bytes_stored, "the first room is not the log's"
        place.bus.store_full = False
        for _ in range(2):
            await place.look()
            assert (await place.bus.state()).max_bytes == braked
        await place.look()
        assert (await place.bus.state()).max_bytes == 1 << 30, "or it was not the log"


class Refilled(MemoryBus):
    """A server whose store is full until something is purged."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.clock)
        self.__dict__ |= place.bus.__dict__

    async def purge(self, subject: str, upto_seq: int) -> int:
        count = await super().purge(subject, upto_seq)
        self.store_full = self.store_full and not count
        return count


async def test_the_limit_that_was_set_is_the_logs_own(tmp_path: Path) -> None:
    async with wanting(tmp_path, KEEP_ALL._replace(limit_bytes=1 << 30)) as place:
        await place.grow(1)
        await place.look()
        assert (await place.bus.state()).max_bytes == 1 << 30
