"""A NATS whose disk was full writes nothing for the rest of its life: `up` starts it again."""

import asyncio
from pathlib import Path

import pytest

from services.cli.doctor.servers import read_log
from services.cli.embedded.data_dir import opened
from services.cli.embedded.revival import revive
from services.cli.embedded.servers import SERVERS, servers
from services.cli.supervisor import Supervisor
from shared.bus.nats_bus import NatsBus
from shared.bus.nats_inspect import inspect_log
from shared.bus.port import outgoing
from shared.contracts.system import ClockTicked
from shared.errors import TransientError
from shared.runtime.clock import SystemClock
from tests.fakes.full_disk import files_end_at
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(90)]
OFTEN = 0.1


async def takes(bus: NatsBus, tick: int) -> bool:
    try:
        await bus.publish([outgoing(ClockTicked(term=1, tick=tick))])
    except TransientError:
        return False
    return True


async def test_a_log_that_could_not_be_written_is_told_of_and_writes_again_once_there_is_room(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    clock = SystemClock()
    supervisor = Supervisor(said.append, clock.monotonic)
    with opened(tmp_path) as data:
        try:
            async with servers(data, supervisor) as addresses:
                url = addresses.nats_url
                bus = await NatsBus.connect(url, clock=clock)
                assert await takes(bus, 1)
                with files_end_at(1, supervisor.pids["nats"]):
                    assert not await takes(bus, 2)
                assert not await takes(bus, 3), "room alone does not help it"
                report = await inspect_log(url, owner=True)
                told = [
                    each.says for each in read_log(report, clock.now()) if each.level == "fail"
                ]
                assert "takes nothing any more" in " ".join(told)
                async with asyncio.TaskGroup() as group:
                    working = [
                        group.create_task(supervisor.keep()),
                        group.create_task(revive(data, supervisor, url, look_seconds=OFTEN)),
                    ]
                    await until(lambda: takes(bus, 4))
                    for each in working:
                        each.cancel()
                assert not (await inspect_log(url, owner=True)).stuck
                last = (await bus.state()).last_seq
                assert [each.seq for each in await bus.read(1, last)] == list(range(1, last + 1))
                await bus.close()
        finally:
            await supervisor.stop(SERVERS)
    assert any("can write no more" in each for each in said)
    assert "nats runs again" in said
