"""A whole house of real processes, two of them candidates to lead, every connection over a wire."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from services.cli.chaos import frames
from services.cli.chaos.plan import Times
from services.cli.chaos.steps import CANDIDATES
from services.cli.chaos.wires import HOST, Opener, Wire, through, to_url
from services.cli.children import child, mock, read_run_file, service
from services.cli.embedded.data_dir import DataDir, write_private
from services.cli.embedded.ports import free_port
from services.cli.embedded.process import Fork
from services.cli.embedded.servers import Addresses, servers
from services.cli.mock_link import register_hooks, write_accounts
from services.cli.supervisor import Supervisor
from shared.runtime.settings import default_policies_dir

NATS_PORT, VALKEY_PORT = 4222, 6379
ENTRY_SECONDS = 4.0
"""How long the entry in front of ingest waits for it to come back; a platform waits five."""
PACK = "company"
ADMIN, SECOND = "admin", "second"
PAGER_SECRET = "chaos"  # noqa: S105 - guards a receiver of ours on loopback for one run
CHILDREN = frozenset({"mock", "ingest", "classify", *CANDIDATES, "archive", "watchdog"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the house stands in. `receiver` is the address of who takes pages and alarms."""

    data: DataDir
    supervisor: Supervisor
    environment: Mapping[str, str]
    receiver: str
    played: Sequence[str]
    seed: int
    times: Times
    fork: Fork | None = None
    rules: Mapping[str, object] = field(default_factory=dict)
    """What else the pack says."""


class House:
    """What one may know of it from outside: its processes, addresses and wires."""

    def __init__(
        self, around: Surroundings, addresses: Addresses, wires: Mapping[str, Wire]
    ) -> None:
        self.data, self.supervisor = around.data, around.supervisor
        self.addresses, self.wires = addresses, wires
        self.times = around.times

    def pid(self, name: str) -> int:
        """Return the process; 0 while it does not run."""
        return self.supervisor.pids.get(name, 0)

    def report(self, name: str) -> Mapping[str, Any]:
        """Return what the process wrote once it was ready; nothing while it is not."""
        return read_run_file(self.data, name)

    def health(self, name: str) -> str:
        """Return where it answers /readyz and /metrics; empty while it is not ready."""
        found = self.report(name)
        return str(found.get("health") or found.get("http") or "")

    def console(self, name: str) -> str:
        """Return the console's address of a candidate; empty while it is not ready."""
        return str(self.report(name).get("http") or "")


@asynccontextmanager
async def standing(around: Surroundings) -> AsyncIterator[House]:
    """Start everything and yield it once it is ready; the caller's supervisor keeps and ends it."""
    async with AsyncExitStack() as stack:
        async with asyncio.TaskGroup() as group:
            group.create_task(_start_platform(around), name="platform")
            starting = servers(around.data, around.supervisor)
            entering = group.create_task(stack.enter_async_context(starting), name="servers")
        addresses = entering.result()
        wires = {
            each.name: await stack.enter_async_context(each.open())
            for each in _wires(around, addresses)
        }
        house = House(around, addresses, wires)
        await _start_services(house, around)
        yield house


async def _start_platform(around: Surroundings) -> None:
    words = mock(around.data, port=free_port(), seed=around.seed, rate=0.0, played=around.played)
    argv = [sys.executable, *words]
    spec = child(around.data, "mock", argv, around.environment, fork=around.fork)
    await around.supervisor.start(spec)
    write_accounts(around.data)


async def _start_services(house: House, around: Surroundings) -> None:
    _write_policies(around)
    _write_people(around.data)

    async def start(name: str) -> None:
        module = "respond" if name in CANDIDATES else name
        argv = [sys.executable, *service(module)]
        environment = _environment(name, house, around)
        spec = child(around.data, name, argv, environment, fork=around.fork)
        await around.supervisor.start(spec)

    await _at_once(start, ("classify", "archive", "respond"))
    await _at_once(start, ("ingest", "standby", "watchdog"))
    await register_hooks(around.data, f"http://{HOST}:{house.wires['ingest:hooks'].port}")


async def _at_once(
    start: Callable[[str], Coroutine[None, None, None]], names: Sequence[str]
) -> None:
    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(start(name), name=name)


def _wires(around: Surroundings, addresses: Addresses) -> list[Wire]:
    platform = str(read_run_file(around.data, "mock")["http"])
    nats, valkey = to_url(addresses.nats_url, NATS_PORT), to_url(addresses.redis_url, VALKEY_PORT)
    made = [
        Wire(f"{name}:nats", nats, frames.nats, frames.nats)
        for name in ("ingest", "classify", *CANDIDATES)
    ]
    for name in ("ingest", *CANDIDATES):
        made.append(Wire(f"{name}:valkey", valkey, frames.valkey, frames.plain))
        made.append(_web(f"{name}:platform", to_url(platform, 80)))
    made += [_web(f"{name}:pager", to_url(around.receiver, 80)) for name in CANDIDATES]
    return [*made, _entry(around.data)]


def _web(name: str, opener: Opener) -> Wire:
    return Wire(name, opener, frames.http, frames.plain)


def _entry(data: DataDir) -> Wire:
    """What stands in front of ingest, as a load balancer does: it waits for one that comes back."""

    async def opened() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        address = str(read_run_file(data, "ingest").get("http") or "")
        if not address:
            raise ConnectionRefusedError("ingest is not ready")
        return await to_url(address, 80)()

    return Wire("ingest:hooks", opened, frames.http, frames.plain, patience_seconds=ENTRY_SECONDS)


def _environment(name: str, house: House, around: Surroundings) -> dict[str, str]:
    data, times, wires = around.data, around.times, house.wires
    nats, valkey = wires.get(f"{name}:nats"), wires.get(f"{name}:valkey")
    pager = wires.get(f"{name}:pager")
    own = house.addresses.of("respond" if name in CANDIDATES else name)
    nats_url, redis_url = own.nats_url, own.redis_url
    return {
        **around.environment,
        "OPENBLAS_NUM_THREADS": "1",
        "ZHISHOU_NATS_URL": through(nats_url, nats.port) if nats else nats_url,
        "ZHISHOU_REDIS_URL": through(redis_url, valkey.port) if valkey else redis_url,
        "ZHISHOU_DATA_DIR": str(data.path),
        "ZHISHOU_ACCOUNTS_FILE": str(_register(name, house, around)),
        "ZHISHOU_POLICIES_DIR": str(data.path / "policies"),
        "ZHISHOU_PEOPLE_FILE": str(data.path / "people.yaml"),
        "ZHISHOU_ROSTER_FILE": str(data.path / "roster.yaml"),
        "ZHISHOU_HTTP_PORT": "0",
        "ZHISHOU_CONSOLE_PORT": "0",
        "ZHISHOU_LEASE_SECONDS": str(times.lease),
        "ZHISHOU_SEND_DEADLINE_SECONDS": str(times.deadline),
        "ZHISHOU_PAGER_WEBHOOK_URL": f"http://{HOST}:{pager.port}/page" if pager else "",
        "ZHISHOU_PAGER_WEBHOOK_SECRET": PAGER_SECRET,
        "ZHISHOU_WATCHDOG_WEBHOOK_URL": f"{around.receiver}/alarm",
        "ZHISHOU_WATCHDOG_WEBHOOK_SECRET": PAGER_SECRET,
    }


def _register(name: str, house: House, around: Surroundings) -> Path:
    """Write the process's own register: the same account, the platform by way of its own wire."""
    whole = around.data.path / "accounts.yaml"
    wire = house.wires.get(f"{name}:platform")
    if wire is None:
        return whole
    register = json.loads(whole.read_text(encoding="utf-8"))
    for each in register["accounts"]:
        each["endpoint"] = f"http://{HOST}:{wire.port}"
        each["visibility_horizon_seconds"] = around.times.horizon
    place = around.data.path / f"accounts-{name}.yaml"
    write_private(place, json.dumps(register, ensure_ascii=False))
    return place


def _write_policies(around: Surroundings) -> None:
    """Copy the shipped rules, with clocks as short as a run is."""
    place, times = around.data.path / "policies", around.times
    shutil.copytree(default_policies_dir(), place)
    pack = place / PACK / "pack.yaml"
    rules = yaml.safe_load(pack.read_text(encoding="utf-8"))
    clocks = {
        "acknowledge_minutes": times.acknowledge / 60,
        "first_reply_minutes": times.first_reply / 60,
    }
    rules |= {"undo_seconds": int(times.undo), "clocks": [clocks], **around.rules}
    pack.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")


def _write_people(data: DataDir) -> None:
    people = [
        {"person_id": ADMIN, "name": "值班员", "roles": ["admin"]},
        {"person_id": SECOND, "name": "复核员", "roles": ["admin"]},
    ]
    duty = {
        "person_id": ADMIN,
        "start": "2020-01-01T00:00:00Z",
        "end": "2100-01-01T00:00:00Z",
        "contacts": [{"channel": "webhook", "address_ref": ADMIN}],
    }
    (data.path / "people.yaml").write_text(json.dumps({"people": people}), encoding="utf-8")
    (data.path / "roster.yaml").write_text(json.dumps({"duties": [duty]}), encoding="utf-8")
