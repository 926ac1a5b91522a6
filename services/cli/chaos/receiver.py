"""Who takes pages and the watchdog's alarms: a real receiver, that keeps what really came."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aiohttp import web

from services.cli.chaos.wires import HOST
from shared.runtime.health import http_server
from shared.runtime.signed_post import signature

Row = dict[str, object]


class Receiver:
    """Rows in the order in which they came. A body whose signature is wrong is refused, and kept."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        self._secret, self._now = secret, now
        self.pages: list[Row] = []
        self.alarms: list[Row] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Serve inside the block; yields the address."""
        app = web.Application()
        app.router.add_post("/page", self._page)
        app.router.add_post("/alarm", self._alarm)
        async with http_server(app, HOST, 0) as address:
            yield address

    async def _page(self, request: web.Request) -> web.Response:
        return await self._take(request, self.pages)

    async def _alarm(self, request: web.Request) -> web.Response:
        return await self._take(request, self.alarms)

    async def _take(self, request: web.Request, rows: list[Row]) -> web.Response:
        body = await request.read()
        stamped = request.headers.get("X-Zhishou-Timestamp", "")
        genuine = request.headers.get("X-Zhishou-Signature") == (
            "sha256=" + signature(self._secret, stamped, body)
        )
        said = json.loads(body)
        key = request.headers.get("Idempotency-Key", "")
        rows.append({"at": self._now().isoformat(), "key": key, "genuine": genuine, **said})
        return web.Response(status=200 if genuine else 403)
