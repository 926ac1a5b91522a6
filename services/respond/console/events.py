"""The event stream: server-sent events that say which keys changed."""

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from aiohttp import ClientConnectionResetError, web
from pydantic import BaseModel

from services.respond.console.api import Method, Nothing, allowed
from services.respond.console.context import CONSOLE
from services.respond.console.feed import PING
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
                async with aclosing(client.frames(PING_SECONDS)) as frames:
                    async for frame in frames:
                        if frame is PING and await caller_of(console, request) is None:
                            break
                        await response.write(frame)
            except (ClientConnectionResetError, TransientError):
                pass  # the browser asks again, and hears why
        return response
