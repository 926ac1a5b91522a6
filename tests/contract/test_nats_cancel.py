"""Who is told to end while the connection is full ends, and takes nobody's end away."""

import asyncio
from functools import partial

import pytest

from shared.bus.nats_bus import NatsBus
from shared.bus.port import Outgoing
from shared.runtime.clock import SystemClock
from tests.fakes.nats_server import NatsServer
from tests.fakes.waiting import until

pytestmark = pytest.mark.servers

FULL = 4 << 20
"""Twice what the client keeps before it makes its callers wait."""
HIGH_WATER = 64 * 1024
"""Above this asyncio lets a drain wait."""
SOON_SECONDS = 2.0


async def test_a_task_that_waits_for_a_full_connection_can_be_cancelled(
    server: NatsServer,
) -> None:
    bus = await NatsBus.connect(server.url, clock=SystemClock())
    server.pause()
    body = b"x" * (FULL // 64)
    batch = [
        Outgoing(subject=f"zs.v1.test.{number}", data=body, message_id=str(number))
        for number in range(256)
    ]
    try:
        async with asyncio.timeout(SOON_SECONDS), asyncio.TaskGroup() as group:
            task = group.create_task(bus.publish(batch))
            await until(partial(is_stuck, bus))
            task.cancel()
    finally:
        server.resume()
        await bus.close()
    assert task.cancelled()


def is_stuck(bus: NatsBus) -> bool:
    """Tell whether the connection holds more than the socket takes, so that its drain waits."""
    writer = getattr(bus._link.nc._transport, "_io_writer", None)
    return writer is not None and writer.transport.get_write_buffer_size() > HIGH_WATER


async def test_a_time_limit_holds_while_the_connection_is_full(server: NatsServer) -> None:
    bus = await NatsBus.connect(server.url, clock=SystemClock())
    server.pause()
    try:
        with pytest.raises(TimeoutError):
            await announce_for(SOON_SECONDS / 4, bus)
    finally:
        server.resume()
        await bus.close()


async def announce_for(seconds: float, bus: NatsBus) -> None:
    async with asyncio.timeout(seconds):
        while True:
            await bus.announce("zs.live.test", b"x" * (FULL // 64))


async def test_a_cancellation_that_comes_with_the_answer_is_not_lost(server: NatsServer) -> None:
    """The library waits in a way that can swallow it; whoever then goes on for ever never ends."""
    bus = await NatsBus.connect(server.url, clock=SystemClock())
    await bus.put_value("a/record", b"1")
    waiting = bus._link.nc._resp_map

    async def for_ever() -> None:
        while True:
            await bus.get_value("a/record")

    async with asyncio.timeout(SOON_SECONDS), asyncio.TaskGroup() as group:
        task = group.create_task(for_ever())
        while not any(answer.done() for answer in waiting.values()):  # noqa: ASYNC110  that very turn
            await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()
    await bus.close()
