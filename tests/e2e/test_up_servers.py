"""The embedded servers: killed, started again, refused, corrupt, found again next time."""

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.cli.bench.standing import on
from services.cli.doctor import here
from services.cli.embedded import access
from services.cli.embedded.data_dir import DataDir, opened
from services.cli.embedded.nats import EmbeddedNats
from services.cli.embedded.servers import SERVERS, Addresses, servers
from services.cli.embedded.valkey import EmbeddedValkey
from services.cli.supervisor import Supervisor
from shared.bus.nats_bus import NatsBus
from shared.bus.nats_make import StreamOptions
from shared.bus.port import BusAwayError, outgoing
from shared.contracts.system import ClockTicked
from shared.errors import UserError
from shared.runtime.clock import SystemClock
from shared.store.port import Commit, Cursor
from shared.store.redis_store import RedisStore
from tests.fakes.waiting import until

pytestmark = pytest.mark.servers


@asynccontextmanager
async def running(
    data: DataDir, said: list[str] | None = None
) -> AsyncIterator[tuple[Addresses, Supervisor]]:
    heard: list[str] = [] if said is None else said
    supervisor = Supervisor(heard.append, SystemClock().monotonic)
    try:
        async with servers(data, supervisor) as addresses:
            yield addresses, supervisor
    finally:
        await supervisor.stop(SERVERS)


async def _kill_all(supervisor: Supervisor, said: list[str]) -> None:
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(supervisor.keep())
        for pid in supervisor.pids.values():
            os.kill(pid, signal.SIGKILL)
        await until(lambda: sum("runs again" in line for line in said) == 2)
        keeping.cancel()


async def test_both_hold_what_they_were_given_after_a_kill_and_after_a_restart(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    with opened(tmp_path) as data:
        async with running(data, said) as (addresses, supervisor):
            bus = await NatsBus.connect(addresses.nats_url, clock=SystemClock())
            store = await RedisStore.connect(addresses.redis_url)
            await bus.put_value("people.first", b"hash")
            await store.commit(Commit(1, 0, Cursor("x", 5, "h", 1), {"case:1": b"{}"}))
            await _kill_all(supervisor, said)
            await store.ping()
            loaded = await store.load()
            assert loaded is not None
            assert loaded.values == {"case:1": b"{}"}
            await bus.close()
            await store.close()
        first_url = addresses.nats_url
        pids = supervisor.pids
    assert pids == {}
    with opened(tmp_path) as data:
        async with running(data) as (addresses, _):
            assert addresses.nats_url == first_url
            bus = await NatsBus.connect(addresses.nats_url, clock=SystemClock())
            kept = await bus.get_value("people.first")
            assert kept is not None
            assert kept[0] == b"hash"
            await bus.close()
            store = await RedisStore.connect(addresses.redis_url)
            assert list(await store.get(["case:1"])) == [b"{}"]
            await store.close()


async def test_a_port_somebody_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    with opened(tmp_path) as data, socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        taken = thief.getsockname()[1]
        (data.part("nats") / "port").write_text(str(taken))
        async with running(data) as (addresses, _):
            assert f":{taken}" not in addresses.nats_url


async def test_a_corrupt_file_is_one_line_with_its_fix(tmp_path: Path) -> None:
    with opened(tmp_path) as data:
        async with running(data) as (addresses, _):
            store = await RedisStore.connect(addresses.redis_url)
            await store.put("a", b"1", 60)
            await store.close()
        (log_file,) = data.part("valkey").glob("appendonlydir/*.incr.aof")
        log_file.write_bytes(b"*3\r\nnonsense" * 40)
        with pytest.raises(UserError) as refused:
            async with running(data):
                pass
        line = refused.value.line()
        assert "valkey ended" in line
        assert "made again from the log" in line
        assert "\n" not in line
        assert not list(data.part("run").glob("*.ports"))


async def test_without_a_short_path_valkey_listens_on_loopback_behind_its_password(
    tmp_path: Path,
) -> None:
    supervisor = Supervisor(print, SystemClock().monotonic)
    with opened(tmp_path) as data:
        valkey = EmbeddedValkey(data, None)
        assert re.match(r"redis://admin:.+@127\.0\.0\.1:\d+/0$", valkey.url)
        await supervisor.start(valkey.spec())
        store = await RedisStore.connect(valkey.url)
        await store.ping()
        await store.close()
        await supervisor.stop()


async def test_nobody_gets_in_without_the_secret(tmp_path: Path) -> None:
    with opened(tmp_path) as data:
        async with running(data) as (addresses, _):
            port = int(addresses.nats_url.rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.readline()
            writer.write(b'CONNECT {"verbose":false}\r\nPING\r\n')
            assert b"Authorization Violation" in await reader.readline()
            writer.close()
            await writer.wait_closed()


async def test_everybody_has_a_password_of_their_own_that_only_the_owner_can_read(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as data:
        async with running(data) as (addresses, _):
            urls = {name: addresses.of(name) for name in access.USERS}
            assert len({each.nats_url for each in urls.values()}) == len(access.USERS)
            stores = {name for name, each in urls.items() if each.redis_url}
            assert stores == set(access.USERS) - access.WITHOUT_STORE
            assert urls["admin"].nats_url == addresses.nats_url
            written = [each for part in ("nats", "valkey") for each in data.part(part).iterdir()]
            modes = {each.stat().st_mode & 0o777 for each in written if each.is_file()}
            assert modes <= {0o600, 0o640, 0o644}
            secret = [
                each for each in written if each.name in {"secret", "users.acl", "nats.conf"}
            ]
            assert {each.stat().st_mode & 0o777 for each in secret} == {0o600}
            assert "access rules" in on((), data.part("nats") / "nats.conf")
            archive = await NatsBus.connect(
                addresses.nats_url, clock=SystemClock(), make=StreamOptions()
            )
            await archive.close()
            archive = await NatsBus.connect(
                urls["archive"].nats_url, clock=SystemClock(), make=None
            )
            with pytest.raises(BusAwayError, match="permissions violation"):
                await archive.publish([outgoing(ClockTicked(term=1, tick=1))])
            await archive.close()


async def test_a_durable_log_is_synced_and_doctor_knows(tmp_path: Path) -> None:
    supervisor = Supervisor(print, SystemClock().monotonic)
    with opened(tmp_path) as data:
        for durable in (False, True):
            nats = EmbeddedNats(data, durable=durable)
            await supervisor.start(nats.spec())
            await supervisor.stop()
            assert here._durable(tmp_path, {}) is durable
        assert here._durable(tmp_path.parent, {"ZHISHOU_DURABLE": "1"})


HOLDER = """
import asyncio, sys
from pathlib import Path
from services.cli.embedded.data_dir import opened
from services.cli.embedded.servers import servers
from services.cli.supervisor import Supervisor

async def hold():
    with opened(Path(sys.argv[1])) as data:
        async with servers(data, Supervisor(print, lambda: 0.0)):
            print("holding", flush=True)
            await asyncio.sleep(60)

asyncio.run(hold())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the servers with us")
async def test_after_a_kill_the_next_one_waits_until_the_servers_let_go(tmp_path: Path) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"holding\n"
    holder.kill()
    await holder.wait()
    with opened(tmp_path) as data:
        async with running(data) as (addresses, _):
            store = await RedisStore.connect(addresses.redis_url)
            await store.ping()
            await store.close()
