"""Puts ingest together, top to bottom: accounts, log, store, spool, sources, HTTP."""

import asyncio
import shutil
import socket
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

from services.ingest.core.health import Source
from services.ingest.settings import IngestSettings
from services.ingest.shell.cursors import CursorBook
from services.ingest.shell.drain import Drain
from services.ingest.shell.intake import Intake
from services.ingest.shell.poller import AccountReader, Parts
from services.ingest.shell.spool import Spool
from services.ingest.shell.watch import SourceWatch
from services.ingest.shell.webhook import BODY_SECONDS, Hook, NonceBook, WebhookDoor, hook_path
from shared.bus.nats_bus import LOG_SECONDS, NatsBus
from shared.bus.port import Bus
from shared.contracts.ids import token
from shared.errors import UserError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metrics
from shared.platforms.registry import adapter_for, check_endpoint
from shared.runtime.accounts import AccountConfig, load_accounts
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.health import Check, Health, http_server
from shared.runtime.service import Loop, run_until_stopped, write_run_file
from shared.store.port import Leases, SharedRecords
from shared.store.redis_store import RedisStore

GRACE_SECONDS = 5.0
MIN_FREE_BYTES = 16 << 20
MAX_CONNECTIONS_A_HOST = 8


@dataclass(frozen=True, slots=True)
class Connections:
    """Everything ingest talks to; tests hand in the ones that live in memory."""

    bus: Bus
    leases: Leases
    records: SharedRecords
    session: aiohttp.ClientSession
    clock: Clock
    host: str
    metrics: Metrics = field(default_factory=Metrics)


@dataclass(frozen=True, slots=True)
class Service:
    """The built service: its loops, its HTTP application, and its addresses for pushes."""

    loops: Mapping[str, Loop]
    app: web.Application
    hook_paths: Mapping[str, str]
    metrics: Metrics
    spool: Spool
    holder: str


def build(
    settings: IngestSettings,
    accounts: Sequence[AccountConfig],
    connections: Connections,
    *,
    body_seconds: float = BODY_SECONDS,
) -> Service:
    """Wire everything up. Raises UserError for an account that cannot be right."""
    for account in accounts:
        check_endpoint(account)
    clock, metrics = connections.clock, connections.metrics
    spool = _open_spool(settings)
    oldest = timedelta(hours=settings.oldest_item_hours)
    intake = Intake(connections.bus, spool, clock, metrics, oldest=oldest)
    # The slot is locked while its process lives, so whoever has it next may have its leases too:
    # after a kill the reading goes on at once.
    holder = token("ingest", connections.host, spool.slot)
    parts = Parts(intake, connections.leases, clock, metrics, holder)
    drain = Drain(intake, clock, settings.drain_seconds)
    loops: dict[str, Loop] = {"drain": drain.run}
    hooks: dict[str, Hook] = {}
    for account in accounts:
        adapter = adapter_for(account)
        polled, pushed = (
            SourceWatch(Source(account.platform, account.account_id, name), intake.accept, metrics)
            for name in ("poll", "push")
        )
        poller = adapter.poller(connections.session, account, clock)
        cursors = CursorBook(connections.bus, intake, account.account_id)
        reader = AccountReader(account, poller, cursors, polled, parts)
        loops[f"poll {account.account_id}"] = reader.run
        hooks[hook_path(account)] = Hook(account, adapter.webhook(account), pushed)
    health = Health({"spool": _spool_check(settings.data_dir)}, metrics)
    loops["lag"] = health.watch_lag
    nonces = NonceBook(connections.records)
    door = WebhookDoor(hooks, intake, nonces, clock, metrics, body_seconds=body_seconds)
    app = web.Application()
    health.add_routes(app)
    door.add_routes(app)
    paths = {hook.account.account_id: path for path, hook in hooks.items()}
    return Service(loops, app, paths, metrics, spool, holder)


async def serve(settings: IngestSettings, *, stop: asyncio.Event | None = None) -> None:
    """Run the service until it is told to stop. Raises UserError."""
    accounts = load_accounts(settings.accounts_file)
    for account in accounts:
        check_endpoint(account)
    log = Log("ingest")
    async with AsyncExitStack() as stack:
        connections = await _connect(settings, stack)
        service = build(settings, accounts, connections)
        stack.callback(service.spool.close)
        address = await stack.enter_async_context(
            http_server(service.app, settings.http_host, settings.http_port)
        )
        hooks = {name: f"{address}{path}" for name, path in service.hook_paths.items()}
        write_run_file(settings.run_file, address, **{f"hook:{k}": v for k, v in hooks.items()})
        log.info(Event.SERVICE_READY, http=address, accounts=len(accounts))
        await run_until_stopped(service.loops, grace_seconds=GRACE_SECONDS, stop=stop)
    log.info(Event.SERVICE_STOPPED)


async def _connect(settings: IngestSettings, stack: AsyncExitStack) -> Connections:
    clock, metrics = SystemClock(), Metrics()
    url = settings.nats_url.get_secret_value()
    bus = await NatsBus.connect(
        url, clock=clock, name="ingest", make=None, log_seconds=LOG_SECONDS, metrics=metrics
    )
    stack.push_async_callback(bus.close)
    store = await RedisStore.connect(settings.redis_url.get_secret_value(), make=False)
    stack.push_async_callback(store.close)
    session = await stack.enter_async_context(
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit_per_host=MAX_CONNECTIONS_A_HOST),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
    )
    return Connections(bus, store, store, session, clock, socket.gethostname(), metrics)


def _open_spool(settings: IngestSettings) -> Spool:
    root = settings.data_dir / "spool"
    try:
        return Spool.open(root)
    except OSError as error:
        raise UserError(
            f"cannot open the spool: {error.strerror}",
            where=str(root),
            fix="set ZHISHOU_DATA_DIR to a directory this user may write",
        ) from error


def _spool_check(directory: Path) -> Check:
    """Ready means able to take a push, which needs the disk; the log may be away meanwhile."""

    async def check() -> str:
        free = shutil.disk_usage(directory).free
        return "" if free >= MIN_FREE_BYTES else f"{free} bytes left on the disk"

    return check
