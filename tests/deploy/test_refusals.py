"""Who comes with a wrong password, or asks for what is not theirs, hears it in one clear line."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from services.cli.doctor.servers import store as examined
from services.cli.embedded.access import password
from shared.bus.nats_bus import NatsBus
from shared.bus.nats_make import StreamOptions
from shared.bus.port import BusAwayError, outgoing
from shared.contracts.system import ClockTicked
from shared.errors import UserError
from shared.runtime.clock import SystemClock
from shared.store.port import StoreAwayError, StoreRefusedError
from shared.store.redis_link import RedisLink
from shared.store.redis_store import RedisStore
from tests.fakes.deployed import DEPLOY, SECRET, Deployed, deployed

pytestmark = pytest.mark.servers

WRONG = "pnobody-has-this-one"


@pytest.fixture(scope="module")
def servers() -> Iterator[Deployed]:
    with deployed() as running:
        yield running


async def ended(service: str, environment: Mapping[str, str]) -> tuple[int | None, str]:
    """Run a service until it ends by itself; return its code and its last words."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{service}"),
        env={"PATH": os.defpath, "ZHISHOU_LOG_LEVEL": "error", **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    return process.returncode, said.decode()


def files(tmp_path: Path) -> dict[str, str]:
    return {
        "ZHISHOU_DATA_DIR": str(tmp_path),
        "ZHISHOU_CACHE_DIR": str(tmp_path / "cache"),
        "ZHISHOU_ACCOUNTS_FILE": str(DEPLOY / "examples" / "demo.yaml"),
        "ZHISHOU_CONSOLE_PORT": "0",
        "ZHISHOU_DEMO": "true",
    }


CASES = (
    *((service, "NATS") for service in ("classify", "respond", "archive")),
    *((service, "REDIS") for service in ("ingest", "respond")),
)


async def test_a_wrong_password_is_one_line_and_names_the_variable(
    servers: Deployed, tmp_path: Path
) -> None:
    admin = await NatsBus.connect(servers.nats_url("admin"), clock=SystemClock())
    await admin.close()  # the log is there, so that nobody waits for it
    async with asyncio.TaskGroup() as group:
        running = {
            case: group.create_task(ended(case[0], wrong(servers, tmp_path, *case)))
            for case in CASES
        }
    for (service, server), task in running.items():
        code, said = task.result()
        assert code == 2, said
        assert "refuses" in said.strip().splitlines()[-1]
        assert f"check user and password in ZHISHOU_{server}_URL" in said
        assert "Traceback" not in said
        assert WRONG not in said
        assert password(SECRET, service) not in said


def wrong(servers: Deployed, tmp_path: Path, service: str, server: str) -> dict[str, str]:
    url = servers.nats_url if server == "NATS" else servers.redis_url
    own = {**servers.urls(service), f"ZHISHOU_{server}_URL": url(service, WRONG)}
    return {**files(tmp_path / service), **own}


async def test_a_watchdog_with_a_wrong_password_lives_and_says_why(servers: Deployed) -> None:
    with pytest.raises(UserError, match="NATS refuses our credentials"):
        await NatsBus.connect(servers.nats_url("watchdog", WRONG), clock=SystemClock())
    with pytest.raises(StoreAwayError, match="invalid username-password"):
        await RedisLink(servers.redis_url("watchdog", WRONG)).run("PING")
    (found,) = await examined(servers.redis_url("operator", WRONG))
    assert (found.level, found.says.split(":")[0]) == ("fail", "refuses us")
    assert "ZHISHOU_REDIS_URL" in found.fix


async def test_what_the_rules_do_not_allow_is_said_in_the_servers_own_words(
    servers: Deployed,
) -> None:
    clock = SystemClock()
    await (await NatsBus.connect(servers.nats_url("admin"), clock=clock)).close()
    archive = await NatsBus.connect(servers.nats_url("archive"), clock=clock, make=None)
    with pytest.raises(BusAwayError, match=r"permissions violation.*clock\.ticked"):
        await archive.publish([outgoing(ClockTicked(term=1, tick=1))])
    await archive.close()
    store = await RedisStore.connect(servers.redis_url("ingest"), make=False)
    with pytest.raises(StoreRefusedError, match="No permissions"):
        await store.put("session:x", b"1", 60)
    await store.close()


async def test_only_respond_makes_the_log_and_the_others_wait_for_it() -> None:
    clock = SystemClock()
    with deployed() as fresh:
        with pytest.raises(BusAwayError, match="no log yet: respond makes it"):
            await NatsBus.connect(
                fresh.nats_url("classify"), clock=clock, make=None, log_seconds=0.3
            )
        with pytest.raises(BusAwayError, match=r"permissions violation.*stream\.info\.kv"):
            await NatsBus.connect(fresh.nats_url("classify"), clock=clock, log_seconds=0.0)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(
                NatsBus.connect(fresh.nats_url("classify"), clock=clock, make=None)
            )
            made = await NatsBus.connect(
                fresh.nats_url("respond"), clock=clock, make=StreamOptions(max_bytes=1 << 20)
            )
        assert (await waiting.result().state()).incarnation == (await made.state()).incarnation
        await waiting.result().close()
        await made.close()


async def test_nobody_but_respond_puts_functions_on_the_store() -> None:
    with deployed() as fresh:
        ingest = await RedisStore.connect(fresh.redis_url("ingest"), make=False)
        with pytest.raises(StoreAwayError, match="Function not found"):
            await ingest.acquire("ingest:a", "me", 1)
        with pytest.raises(UserError, match=r"Valkey refuses us.*function\|load"):
            await RedisStore.connect(fresh.redis_url("ingest"))
        respond = await RedisStore.connect(fresh.redis_url("respond"))
        assert await ingest.acquire("ingest:a", "me", 1)
        await ingest.close()
        await respond.close()
