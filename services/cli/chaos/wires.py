"""Every connection of a process runs through a wire of ours, on which one message can be held.

A process whose publish has been answered and whose next message is held here stands exactly between
the two, provably, and nothing in the process knows of it. So the product is killed as it ships.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from services.cli.chaos.frames import Cutter, Frame

HOST = "127.0.0.1"
CHUNK_BYTES = 1 << 16
AGAIN_SECONDS = 0.05

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Opener = Callable[[], Awaitable[Streams]]


@dataclass(slots=True)
class Hold:
    """Catches one message: before the server has it or, `answered`, when its answer is on the way.

    `reached` is set once it is caught. Then it is let go, or dropped as a death would drop it.
    """

    wants: Callable[[str], bool]
    answered: bool
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    dropped: bool = False
    wire: str = ""
    caught: str = ""

    def let_go(self) -> None:
        """Let it pass, and everything behind it."""
        self.over.set()

    def drop(self) -> None:
        """Let it vanish with its connection."""
        self.dropped = True
        self.over.set()


class Wire:
    """One address of one process's own, behind which a server is; `name` says which of which."""

    def __init__(
        self,
        name: str,
        opener: Opener,
        asks: Callable[[], Cutter],
        answers: Callable[[], Cutter],
        *,
        patience_seconds: float = 0.0,
    ) -> None:
        self.name = name
        self.port = 0
        self.holds: list[Hold] = []
        self._opener, self._asks, self._answers = opener, asks, answers
        self._patience = patience_seconds
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Wire"]:
        """Listen inside the block."""
        server = await asyncio.start_server(self._serve, HOST, self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for hold in self.holds:
                hold.drop()
            for writer in list(self._writers):
                writer.close()
            if self._serving:
                await asyncio.wait(self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        async with self._closing(writer):
            try:
                up_reader, up_writer = await self._reach()
            except OSError:
                return
            async with self._closing(up_writer):
                await _Line(self, reader, writer, up_reader, up_writer).run()

    async def _reach(self) -> Streams:
        """Connect; an entry in front of a service waits a while for one that is coming back."""
        left = self._patience
        while True:
            try:
                return await self._opener()
            except OSError:
                if left <= 0:
                    raise
            await asyncio.sleep(AGAIN_SECONDS)
            left -= AGAIN_SECONDS

    @asynccontextmanager
    async def _closing(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def cutters(self) -> tuple[Cutter, Cutter]:
        """Return fresh cutters for both directions of one connection."""
        return self._asks(), self._answers()

    def caught_by(self, frame: Frame) -> Hold | None:
        """Return the hold that wants this message and has none yet."""
        for hold in self.holds:
            if not hold.caught and hold.wants(frame.name):
                hold.wire, hold.caught = self.name, frame.name
                return hold
        return None


class _Line:
    """One connection: two pumps that end together."""

    def __init__(
        self,
        wire: Wire,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        up_reader: asyncio.StreamReader,
        up_writer: asyncio.StreamWriter,
    ) -> None:
        self._wire = wire
        self._reader, self._writer = reader, writer
        self._up_reader, self._up_writer = up_reader, up_writer
        self._asks, self._answers = wire.cutters()
        self._awaited: tuple[Hold, str] | None = None

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            pumps = {
                group.create_task(self._carry(self._up), name="up"),
                group.create_task(self._carry(self._down), name="down"),
            }
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for each in pumps:
                each.cancel()
        if self._awaited is not None:  # the connection ended before the answer came
            self._awaited[0].caught = ""

    async def _carry(self, pump: Callable[[], Awaitable[None]]) -> None:
        """A connection may end in every way there is; each of them is only its end."""
        with suppress(OSError, asyncio.IncompleteReadError):
            await pump()

    async def _up(self) -> None:
        while data := await self._reader.read(CHUNK_BYTES):
            for frame in self._asks.feed(data):
                hold = self._wire.caught_by(frame)
                if hold is not None and hold.answered:
                    self._awaited = (hold, frame.reply)
                elif hold is not None and await self._is_dropped(hold):
                    return
                self._up_writer.write(frame.data)
            await self._up_writer.drain()

    async def _down(self) -> None:
        while data := await self._up_reader.read(CHUNK_BYTES):
            for frame in self._answers.feed(data):
                if self._awaited is not None and frame.name == self._awaited[1]:
                    hold, self._awaited = self._awaited[0], None
                    if await self._is_dropped(hold):
                        return
                self._writer.write(frame.data)
            await self._writer.drain()

    async def _is_dropped(self, hold: Hold) -> bool:
        hold.reached.set()
        await hold.over.wait()
        return hold.dropped


def to_url(url: str, default_port: int) -> Opener:
    """Return what connects to the server of an address, over TCP or a unix socket."""
    parts = urlsplit(url)

    async def opened() -> Streams:
        if parts.scheme == "unix":
            return await asyncio.open_unix_connection(unquote(parts.path))
        return await asyncio.open_connection(parts.hostname or HOST, parts.port or default_port)

    return opened


def through(url: str, port: int) -> str:
    """Return the same address by way of a wire: same secret, same path, our port."""
    parts = urlsplit(url)
    secret = f"{parts.username or ''}:{parts.password}@" if parts.password else ""
    secret = secret or (f"{parts.username}@" if parts.username else "")
    if parts.scheme == "unix":
        return f"redis://{secret}{HOST}:{port}/0"
    return f"{parts.scheme}://{secret}{HOST}:{port}{parts.path}"
