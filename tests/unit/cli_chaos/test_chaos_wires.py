"""A wire lets everything through but the one message it is to catch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from services.cli.chaos import frames
from services.cli.chaos.wires import HOST, Hold, Wire, through, to_url

WISH = b"*2\r\n$5\r\nFCALL\r\n$8\r\nzs_claim\r\n"
OTHER = b"*1\r\n$4\r\nPING\r\n"


async def close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


class Server:
    """Answers every byte it gets with `+`, and remembers what it got."""

    def __init__(self) -> None:
        self.heard = b""
        self.port = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Server"]:
        server = await asyncio.start_server(self._answer, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            self.heard += data
            writer.write(b"+" * len(data))
        await close(writer)


@asynccontextmanager
async def a_wire(
    server: Server,
) -> AsyncIterator[tuple[Wire, asyncio.StreamReader, asyncio.StreamWriter]]:
    url = f"redis://{HOST}:{server.port}/0"
    wire = Wire("respond:valkey", to_url(url, 1), frames.valkey, frames.plain)
    async with wire.open():
        reader, writer = await asyncio.open_connection(HOST, wire.port)
        try:
            yield wire, reader, writer
        finally:
            await close(writer)


def a_hold(wire: Wire, *, answered: bool) -> Hold:
    hold = Hold(lambda name: name == "FCALL zs_claim", answered)
    wire.holds.append(hold)
    return hold


@pytest.mark.parametrize("answered", [False, True])
async def test_only_the_wanted_message_is_held_and_then_goes_on(answered: bool) -> None:  # noqa: FBT001
    async with asyncio.timeout(10), Server().open() as server, a_wire(server) as line:
        wire, reader, writer = line
        hold = a_hold(wire, answered=answered)
        writer.write(OTHER)
        assert await reader.readexactly(len(OTHER)) == b"+" * len(OTHER)
        writer.write(WISH)
        await hold.reached.wait()
        assert server.heard == OTHER + (WISH if answered else b"")
        assert (hold.wire, hold.caught) == ("respond:valkey", "FCALL zs_claim")
        hold.let_go()
        assert await reader.readexactly(len(WISH)) == b"+" * len(WISH)
        writer.write(WISH)
        assert await reader.readexactly(len(WISH)) == b"+" * len(WISH), "a hold catches one"


@pytest.mark.parametrize("answered", [False, True])
async def test_what_is_dropped_goes_down_with_its_connection(answered: bool) -> None:  # noqa: FBT001
    async with asyncio.timeout(10), Server().open() as server, a_wire(server) as line:
        wire, reader, writer = line
        hold = a_hold(wire, answered=answered)
        writer.write(WISH)
        await hold.reached.wait()
        hold.drop()
        assert await reader.read() == b""
        assert server.heard == (WISH if answered else b"")


async def test_a_connection_that_ends_before_its_answer_leaves_the_hold_for_the_next() -> None:
    gone = asyncio.Event()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        await close(writer)
        gone.set()

    deaf = await asyncio.start_server(hang_up, HOST, 0)
    server = Server()
    server.port = deaf.sockets[0].getsockname()[1]
    async with asyncio.timeout(10), deaf, a_wire(server) as (wire, reader, writer):
        hold = a_hold(wire, answered=True)
        writer.write(WISH)
        assert await reader.read() == b""
        assert gone.is_set()
        assert not hold.reached.is_set()
        assert hold.caught == ""


async def test_an_entry_waits_for_a_service_that_comes_back() -> None:
    server, tries = Server(), 0

    async def opened() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ConnectionRefusedError
        return await asyncio.open_connection(HOST, server.port)

    wire = Wire("ingest:hooks", opened, frames.plain, frames.plain, patience_seconds=1)
    async with asyncio.timeout(10), server.open(), wire.open():
        reader, writer = await asyncio.open_connection(HOST, wire.port)
        writer.write(b"ab")
        assert await reader.readexactly(2) == b"++"
        await close(writer)


async def test_a_wire_to_nobody_closes_at_once() -> None:
    server = Server()
    async with server.open():
        pass
    async with asyncio.timeout(10), a_wire(server) as (_, reader, _writer):
        assert await reader.read() == b""


@pytest.mark.parametrize(
    ("url", "changed"),
    [
        ("nats://token@127.0.0.1:4222", "nats://token@127.0.0.1:7"),
        ("unix://:pass@%2Ftmp%2Fv.sock?db=0", "redis://:pass@127.0.0.1:7/0"),
        ("redis://:pass@10.0.0.1:6379/0", "redis://:pass@127.0.0.1:7/0"),
        ("nats://10.0.0.1", "nats://127.0.0.1:7"),
    ],
)
def test_an_address_by_way_of_a_wire_keeps_its_secret(url: str, changed: str) -> None:
    assert through(url, 7) == changed
