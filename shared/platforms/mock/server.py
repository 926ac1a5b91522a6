"""Puts the platform on a loopback port and keeps it alive until told to stop."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from shared.platforms.mock.control import Control
from shared.platforms.mock.page import PublicPage
from shared.platforms.mock.platform import MockPlatform
from shared.platforms.mock.wire import Json

HOST = "127.0.0.1"
REGISTER_SECONDS = 1.0
MAX_BODY_BYTES = 256 * 1024
GRACE_SECONDS = 0.3


def build_app(platform: MockPlatform, control_token: str) -> web.Application:
    """Return the application: public page, control and the wire API."""
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    PublicPage(platform).add_to(app)
    Control(platform, control_token).add_to(app)
    for root in ("/2", "/oauth2"):
        app.router.add_route("*", root + "/{rest:.*}", platform.api.serve)
    return app


@asynccontextmanager
async def served(
    platform: MockPlatform, control_token: str, port: int = 0, host: str = HOST
) -> AsyncIterator[str]:
    """Serve while the context is open; yields the address. Raises OSError when the port is taken."""
    runner = web.AppRunner(
        build_app(platform, control_token), access_log=None, shutdown_timeout=GRACE_SECONDS
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def run(
    platform: MockPlatform,
    control_token: str,
    *,
    port: int,
    run_file: Path | None,
    stop: asyncio.Event,
    host: str = HOST,
    hook: str = "",
) -> None:
    """Serve, let the world live, push; until `stop`. `hook` takes private messages once it answers."""
    async with served(platform, control_token, port, host) as address:
        platform.begin()
        if run_file is not None:
            _write(run_file, describe(platform, control_token, address))
        async with asyncio.TaskGroup() as group:
            lasting = [
                group.create_task(platform.live(), name="mock-live"),
                group.create_task(platform.push(), name="mock-push"),
                group.create_task(_register(platform, hook), name="mock-hook"),
            ]
            await stop.wait()
            for task in lasting:
                task.cancel()


async def _register(platform: MockPlatform, hook: str) -> None:
    async with aiohttp.ClientSession() as session:
        while hook and not await platform.pusher.register(session, platform.main, hook):
            await platform.clock.sleep(REGISTER_SECONDS)


def describe(platform: MockPlatform, control_token: str, address: str) -> Json:
    """Return what a supervisor needs to know to use this platform."""
    return {
        "pid": os.getpid(),
        "http": address,
        "control_token": control_token,
        "accounts": [
            {
                "native_id": str(account.uid),
                "name": account.user.name,
                "app_key": account.app_key,
                "app_secret": account.app_secret,
                "access_token": account.access_token,
            }
            for account in platform.world.accounts.values()
        ],
    }


def _write(path: Path, content: Json) -> None:
    """Write so that a reader sees all of it or nothing; it holds secrets, so owner only."""
    part = path.with_name(f"{path.name}.part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    part.replace(path)
