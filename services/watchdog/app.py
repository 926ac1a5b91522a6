"""Puts the watchdog together: the log, a look at the store, its own file and its own channel."""

import aiohttp

from services.watchdog.settings import WatchdogSettings
from services.watchdog.shell.book import PromiseBook
from services.watchdog.shell.channel import Channel
from services.watchdog.shell.signs import Signs
from services.watchdog.shell.watch import Watch
from shared.bus.nats_bus import NatsBus
from shared.observability.metrics import Metrics
from shared.runtime.clock import SystemClock
from shared.runtime.health import Health, health_app, http_server
from shared.runtime.service import run_until_stopped, write_run_file
from shared.store.redis_link import RedisLink

CONNECT_SECONDS = 2.0


async def run(settings: WatchdogSettings) -> None:
    """Watch until told to stop; that the servers are away is no reason not to start."""
    clock, metrics = SystemClock(), Metrics()
    book = PromiseBook(settings.book_file)
    made: list[NatsBus] = []

    async def connect() -> NatsBus:
        bus = await NatsBus.connect(
            settings.nats_url.get_secret_value(),
            clock=clock,
            name="watchdog",
            make=None,
            connect_seconds=CONNECT_SECONDS,
            log_seconds=CONNECT_SECONDS,
            metrics=metrics,
        )
        made.append(bus)
        return bus

    store = RedisLink(settings.redis_url.get_secret_value(), make=False)

    async def ping() -> None:
        await store.run("PING")

    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        channel = Channel(
            session, settings.watchdog_webhook_url, settings.watchdog_webhook_secret, clock
        )
        watch = Watch(connect, ping, book, tell=channel.tell, clock=clock, metrics=metrics)
        signs = Signs(watch, session, settings.watchdog_heartbeat_url, clock)

        async def log() -> str:
            return "" if watch.bus is not None else "the log was not reached yet"

        health = Health({"log": log}, metrics)
        try:
            async with http_server(
                health_app(health), settings.http_host, settings.http_port
            ) as address:
                write_run_file(settings.run_file, address)
                await run_until_stopped(
                    {
                        "follow": watch.follow,
                        "probe": watch.probe,
                        "alarm": watch.alarm,
                        "beat": signs.beat,
                        "heartbeat": signs.heartbeat,
                        "lag": health.watch_lag,
                    }
                )
        finally:
            for bus in made:
                await bus.close()
            await store.close()
            book.close()
