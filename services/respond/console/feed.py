"""Live updates: commits are coalesced and encoded once, and no slow client is ever awaited.

A frame says only which keys changed; what a person may see of them is fetched like any page.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from pydantic_core import to_json

from services.respond.ports import Committed, ReadModel
from shared.runtime.clock import Clock

BACKLOG = 8
MOST_KEYS = 500
RESYNC = b"event: resync\ndata: {}\n\n"
PING = b": ping\n\n"


class FeedClient:
    """One console's queue of frames. When it overflows, all is dropped for one resync."""

    def __init__(self) -> None:
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue(BACKLOG)

    def offer(self, frame: bytes | None) -> None:
        if self._frames.full():
            while not self._frames.empty():
                self._frames.get_nowait()
            self._frames.put_nowait(RESYNC)
        self._frames.put_nowait(frame)

    async def frames(self, ping_seconds: float) -> AsyncGenerator[bytes, None]:
        """Yield frames, and a ping when nothing came; ends when the feed closes."""
        while True:
            try:
                async with asyncio.timeout(ping_seconds):
                    frame = await self._frames.get()
            except TimeoutError:
                frame = PING
            if frame is None:
                return
            yield frame


class Feed:
    """Follows the commits of the fold for all consoles of this process."""

    def __init__(self, read: ReadModel, clock: Clock, frames_per_second: float) -> None:
        self._read, self._clock, self._pause = read, clock, 1.0 / frames_per_second
        self._clients: set[FeedClient] = set()
        self._seq = 0
        self._keys: dict[str, None] = {}
        self._news = asyncio.Event()

    @contextmanager
    def join(self) -> Iterator[FeedClient]:
        client = FeedClient()
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow for as long as the context lasts."""
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._collect(), name="console-feed-collect"),
                group.create_task(self._announce(), name="console-feed-announce"),
            ]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()

    def close(self) -> None:
        """Let every client end."""
        for client in self._clients:
            client.offer(None)

    async def _collect(self) -> None:
        async with self._read.changes() as commits:
            async for commit in commits:
                self._note(commit)

    def _note(self, commit: Committed) -> None:
        self._seq = max(self._seq, commit.seq)
        self._keys.update(dict.fromkeys(commit.keys))
        self._news.set()

    async def _announce(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            keys, self._keys = self._keys, {}
            frame = self._frame(tuple(keys))
            for client in self._clients:
                client.offer(frame)
            await self._clock.sleep(self._pause)

    def _frame(self, keys: tuple[str, ...]) -> bytes:
        if len(keys) > MOST_KEYS:
            return RESYNC
        body = to_json({"seq": self._seq, "keys": keys})
        return b"id: %d\nevent: changed\ndata: %s\n\n" % (self._seq, body)
