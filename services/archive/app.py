"""Puts the archivist together: the log, one SQLite file, three addresses and the counts."""

import asyncio
from secrets import token_bytes

from aiohttp import web

from services.archive.settings import ArchiveSettings
from services.archive.shell.archivist import Archivist
from services.archive.shell.database import Database
from services.archive.shell.keeper import LogKeeper
from services.archive.shell.sealer import Sealer
from services.archive.shell.segments import Segments
from shared.bus.nats_bus import LOG_SECONDS, NatsBus
from shared.bus.port import Bus
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.health import Health, health_app, http_server
from shared.runtime.service import run_until_stopped, write_run_file

COUNT_SECONDS = 2.0
COUNT_SHARE = 20
"""Counting a large archive takes a while; it may take a twentieth of the time."""
FAR_BEHIND = 50_000


async def run(settings: ArchiveSettings) -> None:
    """Archive until told to stop."""
    clock, metrics = SystemClock(), Metrics()
    url = settings.nats_url.get_secret_value()
    bus = await NatsBus.connect(
        url, clock=clock, name="archive", make=None, log_seconds=LOG_SECONDS, metrics=metrics
    )
    archivist, sealer, keeper = _parts(settings, bus, clock, metrics)

    async def caught_up() -> str:
        behind = (await bus.state()).last_seq - archivist.seq
        return f"{behind} facts behind" if behind > FAR_BEHIND else ""

    async def counts(_request: web.Request) -> web.Response:
        return web.json_response(dict(await archivist.counts()) | {"seq": archivist.seq})

    async def count(stop: asyncio.Event) -> None:
        counted, pause = -1, COUNT_SECONDS
        while not stop.is_set():
            if archivist.seq != counted:
                counted, began = archivist.seq, clock.monotonic()
                for what, amount in (await archivist.counts()).items():
                    metrics.set(Metric.COUNTS, amount, what=what)
                pause = max(COUNT_SECONDS, COUNT_SHARE * (clock.monotonic() - began))
            await clock.sleep(pause)

    health = Health({"log": caught_up}, metrics)
    app = health_app(health)
    app.router.add_get("/counts", counts)
    try:
        async with http_server(app, settings.http_host, settings.http_port) as address:
            write_run_file(settings.run_file, address)
            await run_until_stopped(
                {
                    "archive": archivist.run,
                    "log": keeper.run,
                    "counts": count,
                    "lag": health.watch_lag,
                }
            )
    finally:
        await archivist.close()
        await sealer.close()
        await bus.close()


def _parts(
    settings: ArchiveSettings, bus: Bus, clock: Clock, metrics: Metrics
) -> tuple[Archivist, Sealer, LogKeeper]:
    sealer = Sealer(bus, Segments(settings.segments_dir), clock, metrics, token_bytes)
    database = Database(settings.database_file)
    archivist = Archivist(bus, database, clock, metrics, sealer.sealed)
    keeper = LogKeeper(
        bus,
        sealer,
        clock,
        metrics,
        policy=settings.policy,
        segment_facts=settings.segment_facts,
        reached=lambda: archivist.seq,
        read=lambda: archivist.bytes_read,
    )
    return archivist, sealer, keeper
