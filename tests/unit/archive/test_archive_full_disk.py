"""An archive whose disk is full waits, says so, and writes nothing by halves."""

import asyncio
from pathlib import Path

import pytest

from services.archive.shell.archivist import Archivist
from services.archive.shell.database import FREE, Database
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import outgoing
from shared.errors import UserError
from shared.observability.metrics import Metrics
from tests.fakes.clock import FakeClock
from tests.fakes.full_disk import files_end_at
from tests.fakes.respond_house import a_comment
from tests.fakes.waiting import a_moment, until

ITEMS = 40


async def test_a_full_disk_is_waited_for_and_then_everything_is_archived_once(
    tmp_path: Path,
) -> None:
    clock, file = FakeClock(), tmp_path / "a.sqlite3"
    bus = MemoryBus(clock)
    archivist = Archivist(bus, Database(file), clock, Metrics())
    stop = asyncio.Event()

    async def archived(count: int) -> bool:
        await clock.advance(1)
        return archivist.seq == count

    async with asyncio.TaskGroup() as group:
        group.create_task(archivist.run(stop))
        await bus.publish([outgoing(a_comment(0, clock.now()))])
        await until(lambda: archived(1))
        with files_end_at(file.with_name(f"{file.name}-wal").stat().st_size):
            await bus.publish([outgoing(a_comment(each, clock.now())) for each in range(1, ITEMS)])
            for _ in range(9):
                await clock.advance(1)
                await a_moment()
            assert archivist.seq == 1
        await until(lambda: archived(ITEMS))
        assert (await archivist.counts())["items"] == ITEMS
        stop.set()
        await clock.advance(1)
    await archivist.close()


def test_an_archive_that_has_no_room_to_begin_again_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    with files_end_at(0), pytest.raises(UserError) as refused:
        database.start_over()
    assert refused.value.fix == FREE


def test_an_archive_that_has_no_room_to_be_opened_is_not_to_be_moved_away(tmp_path: Path) -> None:
    with files_end_at(0), pytest.raises(UserError) as refused:
        Database(tmp_path / "a.sqlite3")
    assert refused.value.fix == FREE
