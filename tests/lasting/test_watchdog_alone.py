"""Invariant 16: the watchdog's own file pages on time with NATS and Valkey dead."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from services.respond.core.decisions import CaseOpened, line
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.subjects import WATCHDOG_BEAT
from shared.contracts.system import DecisionsRecorded
from shared.runtime.clock import SystemClock
from shared.runtime.health import http_server
from tests.fakes.nats_server import NatsServer
from tests.fakes.valkey_server import ValkeyServer
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(60)]
SOON = timedelta(seconds=8)


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    told: list[dict[str, str]] = []

    async def take(request: web.Request) -> web.Response:
        assert request.headers["X-Zhishou-Signature"].startswith("sha256=")
        told.append(json.loads(await request.text()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/alarm", take)
    async with http_server(app, "127.0.0.1", 0) as address:
        yield f"{address}/alarm", told


@contextmanager
def watchdog(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.watchdog"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def test_invariant_16_its_own_file_pages_with_both_servers_dead(
    servers: tuple[NatsServer, ValkeyServer], tmp_path: Path
) -> None:
    nats, valkey = servers
    clock = SystemClock()
    book = tmp_path / "data" / "watchdog" / "promises.sqlite3"

    def promises() -> int:
        if not book.exists():
            return 0
        with closing(sqlite3.connect(book)) as reading:
            tables = reading.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            query = "SELECT count(*) FROM promise"
            return int(reading.execute(query).fetchone()[0]) if tables else 0

    async with receiver() as (address, told):
        environment = {
            "ZHISHOU_NATS_URL": nats.url,
            "ZHISHOU_REDIS_URL": valkey.url,
            "ZHISHOU_DATA_DIR": str(tmp_path / "data"),
            "ZHISHOU_WATCHDOG_WEBHOOK_URL": address,
            "ZHISHOU_WATCHDOG_WEBHOOK_SECRET": "s3",
        }
        bus = await NatsBus.connect(nats.url, clock=clock)
        now = clock.now()
        due = now - timedelta(seconds=60) + SOON
        case = CaseOpened(
            at=now, account_id="a", case_id="c1", item_id="i1", labels=(), severity=1,
            acknowledge_due=due, first_reply_due=due + timedelta(hours=1),
        )  # fmt: skip
        fact = DecisionsRecorded(after_seq=0, upto_seq=1, lines=(line(case),), chain="x")
        await bus.publish([outgoing(fact)])

        async def beaten() -> bool:
            return await bus.get_value(WATCHDOG_BEAT) is not None

        with watchdog(environment, tmp_path / "first.log") as first:
            await until(lambda: promises() == 2)
            await until(beaten)
            first.send_signal(signal.SIGKILL)
        await bus.close()
        nats.kill()
        valkey.kill()
        assert told == []
        with watchdog(environment, tmp_path / "second.log"):
            await until(lambda: bool(told))
            assert clock.now() >= due
    assert told[0]["key"]
    assert "案件 c1 的时限" in told[0]["text"]
