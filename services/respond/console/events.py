"""The event stream: server-sent events that say which keys changed."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from aiohttp import ClientConnectionResetError, web
from pydantic import BaseModel

from services.respond.console.api import Method, Nothing, allowed
from services.respond.console.context import CONSOLE, Console
from services.respond.console.feed import PING, FeedClient
from services.respond.console.sessions import caller_of
from shared.errors import TransientError

PING_SECONDS = 10.0
STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class EventStream:
    """An operation whose answer does not end."""

    method: Method = "GET"
    path: str = "/api/events"
    name: str = "events"
    summary: str = "What changed, as server-sent events: changed {seq, keys}, or resync"
    permission: str = "read"
    params: type[BaseModel] = Nothing
    query: type[BaseModel] = Nothing
    body: type[BaseModel] = Nothing
    ok: Mapping[int, type[BaseModel]] = field(default_factory=lambda: {200: BaseModel})
    errors: tuple[int, ...] = ()

    async def run(self, request: web.Request) -> web.StreamResponse:
        allowed(request, self.permission)
        console = request.app[CONSOLE]
        response = web.StreamResponse(headers={"Content-Type": STREAM, "X-Accel-Buffering": "no"})
        with console.feed.join() as client:
            try:
                await response.prepare(request)
                await response.write(b"retry: 2000\nevent: hello\ndata: {}\n\n")
                await _write(console, request, response, client)
            except (ClientConnectionResetError, TransientError):
                pass  # the browser asks again, and hears why
        return response


async def _write(
    console: Console, request: web.Request, response: web.StreamResponse, client: FeedClient
) -> None:
    """Pass frames on; in a busy house too, whoever signed out or left hears no more of it."""
    looked_at = console.clock.monotonic()
    async with aclosing(client.frames(PING_SECONDS)) as frames:
        async for frame in frames:
            now = console.clock.monotonic()
            if frame is PING or now - looked_at >= PING_SECONDS:
                if await caller_of(console, request) is None:
                    return
                looked_at = now
            await response.write(frame)
