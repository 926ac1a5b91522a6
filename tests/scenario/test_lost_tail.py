"""A log that loses its tail under those who read it (invariant 12): noticed, paged, rebuilt."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from services.archive.shell.archivist import Archivist
from services.archive.shell.database import Database
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.observability.metrics import Metrics
from shared.runtime.clock import SystemClock
from tests.fakes.clock import START
from tests.fakes.nats_server import NatsServer, forget_everything
from tests.fakes.respond_house import a_comment, a_house
from tests.fakes.waiting import until


async def test_a_leader_whose_log_loses_its_tail_pages_and_rebuilds() -> None:
    async with a_house() as house:
        await house.lead("one")
        await house.complaint(1)
        end = (await house.bus.state()).last_seq
        await house.complaint(2)
        house.bus.lose_tail(end)
        await house.clock.advance(5)
        assert len(house.alarms) == 1
        assert (await house.read.organisation()).items_received == 1
        await house.complaint(3)
        assert (await house.read.organisation()).items_received == 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.mark.servers
async def test_an_archive_whose_log_is_made_anew_begins_again(
    tmp_path: Path, server: NatsServer
) -> None:
    clock, stop = SystemClock(), asyncio.Event()
    bus = await NatsBus.connect(server.url, clock=clock)
    archivist = Archivist(bus, Database(tmp_path / "a.sqlite3"), clock, Metrics())
    try:
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(archivist.run(stop))
            await bus.publish([outgoing(a_comment(number, START)) for number in range(3)])
            await until(partial(holds, archivist, 3))
            await forget_everything(server.url)
            again = await NatsBus.connect(server.url, clock=clock)
            await again.publish([outgoing(a_comment(9, START))])
            await again.close()
            await until(partial(holds, archivist, 1))
            stop.set()
    finally:
        await archivist.close()
        await bus.close()


async def holds(archivist: Archivist, items: int) -> bool:
    return (await archivist.counts())["items"] == items
