"""The pipeline as a contender: real servers, real services, each its own process."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from time import perf_counter

from services.cli.bench.load import ACCOUNT, PLATFORM, ROWS, items
from services.cli.bench.machine import Usage, usage
from services.cli.bench.rounds import Round
from services.cli.children import child, service
from services.cli.embedded.data_dir import DataDir, ephemeral, write_private
from services.cli.embedded.servers import SERVERS, Addresses, servers
from services.cli.patience import patience, until
from services.cli.supervisor import Supervisor
from services.ingest.shell.writer import Writer
from services.respond.core.aggregates import Organisation
from shared.bus.nats_bus import NatsBus
from shared.bus.port import MAX_BATCH
from shared.contracts.items import ItemReceived
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore

SERVICES = ("respond", "classify", "archive", "watchdog")
WARM_UP = 2048
"""At least; all contenders have as many items as a round has, before anything is measured."""
LOOK_SECONDS = 0.02
ROUND_SECONDS = 300.0


@dataclass(slots=True)
class Pipeline:
    """Everything between an item in the log and its verdict folded, kept and archived."""

    bus: NatsBus
    writer: Writer
    store: RedisStore
    supervisor: Supervisor
    data: DataDir
    addresses: Addresses
    items: int
    judged: int = 0
    cases: int = 0

    def usage(self) -> Usage:
        """Return what all processes used so far."""
        return usage(self.supervisor.pids.items())

    async def round(self, run: str) -> Round:
        """Publish the items as fast as the log takes them; ends when all work on them is done."""
        load = self.load(self.items, run)
        before, began = self.usage(), perf_counter()
        async with patience(ROUND_SECONDS, "the pipeline did not finish its items"):
            for start in range(0, len(load), MAX_BATCH):
                await self.writer.publish(load[start : start + MAX_BATCH])
            await self.drained(self.items)
            seconds = perf_counter() - began
            await self.archived()
        return Round(self.items, seconds, self.usage().since(before))

    def load(self, count: int, run: str) -> list[ItemReceived]:
        """Return so many items."""
        return list(items(count, ROWS, run=run))

    async def drained(self, count: int) -> None:
        """Wait until `count` more items are judged, folded and committed."""
        self.judged += count
        while True:
            (raw,) = await self.store.get([Organisation.KEY])
            if raw is not None:
                organisation = Organisation.model_validate_json(raw)
                self.cases = organisation.cases_opened
                if organisation.items_classified >= self.judged:
                    return
            await asyncio.sleep(LOOK_SECONDS)

    async def archived(self) -> None:
        """Wait until the archive holds what the log holds now, so that its work is counted."""
        last = (await self.bus.state()).last_seq
        file = self.data.part("archive") / "archive.sqlite3"
        await until(lambda: _archived_to(file) >= last, LOOK_SECONDS)


@asynccontextmanager
async def pipeline(count: int) -> AsyncIterator[Pipeline]:
    """Yield the warm contender. Raises UserError when something cannot start."""
    supervisor = Supervisor(_silent, SystemClock().monotonic, orphaned=SIGKILL)
    with ephemeral() as data:
        try:
            async with servers(data, supervisor) as addresses:
                await _start(data, supervisor, addresses)
                bus = await NatsBus.connect(addresses.nats_url, clock=SystemClock(), name="bench")
                store = await RedisStore.connect(addresses.redis_url)
                try:
                    made = Pipeline(
                        bus, Writer(bus), store, supervisor, data, addresses, max(count, WARM_UP)
                    )
                    await made.round("warm")
                    made.items = count
                    yield made
                finally:
                    await bus.close()
                    await store.close()
        finally:
            await supervisor.stop(frozenset(SERVICES), SERVERS)


async def _start(data: DataDir, supervisor: Supervisor, addresses: Addresses) -> None:
    register = data.path / "accounts.yaml"
    account = {
        "account_id": ACCOUNT,
        "platform": PLATFORM,
        "native_id": ACCOUNT,
        "name": ACCOUNT,
        "endpoint": "http://127.0.0.1:9",
    }
    write_private(register, json.dumps({"accounts": [account]}))
    environment = {
        "ZHISHOU_DEMO": "true",
        "OPENBLAS_NUM_THREADS": "1",
        "ZHISHOU_DATA_DIR": str(data.path),
        "ZHISHOU_ACCOUNTS_FILE": str(register),
        "ZHISHOU_CONSOLE_PORT": "0",
        "PATH": str(Path(sys.executable).parent),
    }
    for name in SERVICES:
        argv = [sys.executable, *service(name)]
        own = environment | addresses.of(name).environment()
        await supervisor.start(child(data, name, argv, own))


def _archived_to(file: Path) -> int:
    with suppress(sqlite3.Error):
        place = f"{file.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(place, uri=True)) as connection:
            query = "SELECT value FROM meta WHERE key = 'place'"
            found = connection.execute(query).fetchone()
            return int(json.loads(found[0])["seq"]) if found else 0
    return 0


def _silent(_line: str) -> None:
    """Restarts during a bench show in its figures."""
