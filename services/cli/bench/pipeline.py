"""Runs items through the real servers and the real services, each its own process."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from services.classify.training.data import OWN_ROWS
from services.cli.bench.load import ACCOUNT, PLATFORM, items
from services.cli.bench.machine import Usage, busy_seconds, usage
from services.cli.children import child, service
from services.cli.embedded.data_dir import DataDir, ephemeral, write_private
from services.cli.embedded.servers import SERVERS, Addresses, servers
from services.cli.supervisor import Supervisor
from services.respond.core.aggregates import Organisation
from shared.bus.nats_bus import NatsBus
from shared.bus.port import MAX_BATCH, Message, outgoing
from shared.contracts.facts import decode
from shared.contracts.items import ItemClassified, ItemReceived
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore

SERVICES = ("respond", "classify", "archive")
LOAD_SHARE = 0.4
WARM_UP = 512


@dataclass(slots=True)
class _House:
    bus: NatsBus
    store: RedisStore
    supervisor: Supervisor
    judged: int = 0

    def usage(self) -> Usage:
        return usage(self.supervisor.pids.items())

    async def publish(self, count: int, run: str, *, pause_seconds: float = 0.0) -> None:
        batch = []
        for item in items(count, OWN_ROWS, run=run):
            batch.append(outgoing(item))
            if len(batch) == MAX_BATCH:
                await self.bus.publish(batch)
                batch = []
                await asyncio.sleep(pause_seconds)
        await self.bus.publish(batch)

    async def drained(self, count: int) -> Organisation:
        """Wait until `count` more items are judged, folded and committed."""
        self.judged += count
        while True:
            (raw,) = await self.store.get([Organisation.KEY])
            if raw is not None:
                organisation = Organisation.model_validate_json(raw)
                if organisation.items_classified >= self.judged:
                    return organisation
            await asyncio.sleep(0.02)


async def pipeline(count: int) -> Mapping[str, object]:
    """Return the figures of `count` items. Raises UserError when something cannot start."""
    supervisor = Supervisor(_silent, SystemClock().monotonic)
    with ephemeral() as data:
        try:
            async with servers(data, supervisor) as addresses:
                await _start(data, supervisor, addresses)
                house = _House(
                    await NatsBus.connect(addresses.nats_url, clock=SystemClock(), name="bench"),
                    await RedisStore.connect(addresses.redis_url),
                    supervisor,
                )
                try:
                    return await _measure(house, count)
                finally:
                    await house.bus.close()
                    await house.store.close()
        finally:
            await supervisor.stop(frozenset(SERVICES), SERVERS)


async def _measure(house: _House, count: int) -> Mapping[str, object]:
    await house.publish(WARM_UP, "warm")
    await house.drained(WARM_UP)
    before, busy, began = house.usage(), busy_seconds(), perf_counter()
    own = usage([("bench", _own_pid())])
    await house.publish(count, "full")
    organisation = await house.drained(count)
    seconds = perf_counter() - began
    after = house.usage()
    spent = after.since(before)
    ours = sum(spent.values()) + sum(usage([("bench", _own_pid())]).since(own).values())
    low = (await house.bus.state()).last_seq + 1
    paced = min(count, 8 * MAX_BATCH)
    await house.publish(paced, "paced", pause_seconds=MAX_BATCH * seconds / count / LOAD_SHARE)
    await house.drained(paced)
    delays = _delays(await house.bus.read(low, (await house.bus.state()).last_seq))
    return {
        "items": count,
        "cases": organisation.cases_opened,
        "cpu_us_per_item": round(sum(spent.values()) / count * 1e6, 1),
        "cpu_us_per_item_by_process": {
            name: round(value / count * 1e6, 1) for name, value in spent.items()
        },
        "items_per_s": round(count / seconds),
        "p50_ms": _quantile(delays, 0.5),
        "p99_ms": _quantile(delays, 0.99),
        "peak_rss_mb": round(sum(after.peak_rss_mb.values())),
        "foreign_load": round(max(busy_seconds() - busy - ours, 0.0) / seconds, 2),
    }


def _delays(messages: Sequence[Message]) -> list[float]:
    """Return, per item, the milliseconds from stored to verdict stored, by the log's own time."""
    received, delays = {}, []
    for message in messages:
        fact = decode(message.data)
        if isinstance(fact, ItemReceived):
            received[fact.item_id] = message.time
        elif isinstance(fact, ItemClassified):
            came = (received.get(each.item_id) for each in fact.verdicts)
            delays += [(message.time - at).total_seconds() * 1000 for at in came if at]
    return sorted(delays)


def _quantile(values: Sequence[float], share: float) -> float:
    return round(values[min(int(len(values) * share), len(values) - 1)], 2) if values else 0.0


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
        "ZHISHOU_NATS_URL": addresses.nats_url,
        "ZHISHOU_REDIS_URL": addresses.redis_url,
        "ZHISHOU_DATA_DIR": str(data.path),
        "ZHISHOU_ACCOUNTS_FILE": str(register),
        "ZHISHOU_CONSOLE_PORT": "0",
        "PATH": str(Path(sys.executable).parent),
    }
    for name in SERVICES:
        argv = [sys.executable, *service(name)]
        await supervisor.start(child(data, name, argv, environment))


def _own_pid() -> int:
    return int((Path("/proc/self")).resolve().name)


def _silent(_line: str) -> None:
    """Restarts during a bench show in its figures."""
