"""The bus on NATS when the server is killed or hangs: nothing lost, nothing twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.bus.nats_bus import NatsBus
from shared.bus.port import (
    BusAwayError,
    Message,
)
from shared.contracts.subjects import ITEMS_TO_CLASSIFY
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import SystemClock
from tests.fakes.nats_calls import items, publish_when_back, refuses
from tests.fakes.nats_server import NatsServer

pytestmark = pytest.mark.servers


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def bus(server: NatsServer, metrics: Metrics) -> AsyncIterator[NatsBus]:
    bus = await NatsBus.connect(server.url, clock=SystemClock(), metrics=metrics)
    yield bus
    await bus.close()


async def test_a_follower_goes_on_within_two_seconds_of_a_kill(
    server: NatsServer, bus: NatsBus, metrics: Metrics
) -> None:
    found: list[Message] = []
    loop = asyncio.get_running_loop()
    await bus.publish(items(0, 300))
    async with asyncio.timeout(30), bus.follow(0) as batches:
        while len(found) < 300:
            found += await anext(batches)
        server.kill()
        assert list(await anext(batches)) == []
        server.start()
        ready = loop.time()
        async with asyncio.TaskGroup() as group:
            group.create_task(publish_when_back(bus, items(300, 310)))
            while len(found) < 310:
                batch = await anext(batches)
                if batch and len(found) == 300:
                    assert loop.time() - ready < 2.0
                found += batch
    assert [message.seq for message in found] == list(range(1, 311))
    assert metrics.value(Metric.BUS_CONNECTED) == 1
    assert metrics.value(Metric.BUS_RECONNECTS) == 1
    assert metrics.value(Metric.FOLLOWER_REMADE) >= 1


async def test_empty_batches_keep_coming_while_the_server_is_dead(
    server: NatsServer, bus: NatsBus
) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20), bus.follow(0) as batches:
        server.kill()
        for _ in range(4):
            began = loop.time()
            assert list(await anext(batches)) == []
            assert loop.time() - began < 1.5


async def test_a_worker_loses_nothing_over_a_kill(server: NatsServer, bus: NatsBus) -> None:
    await bus.publish(items(0, 600))
    done: set[int] = set()
    async with asyncio.timeout(30), bus.consume("w", ITEMS_TO_CLASSIFY) as queue:
        deliveries = await queue.take()
        await queue.ack(deliveries[:10])
        done |= {delivery.message.seq for delivery in deliveries[:10]}
        server.kill()
        server.start()
        while len(done) < 600:
            deliveries = await queue.take()
            done |= {delivery.message.seq for delivery in deliveries}
            try:
                await queue.ack(deliveries)
            except BusAwayError:
                continue
    assert done == set(range(1, 601))


async def test_publishing_over_a_kill_stores_each_message_once(
    server: NatsServer, bus: NatsBus
) -> None:
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for start in range(0, 2000, 100):
            group.create_task(publish_when_back(bus, items(start, start + 100)))
        server.kill()
        server.start()
    stored = await bus.read(1, 3000)
    assert len(stored) == 2000
    assert len({message.subject for message in stored}) == 2000


async def test_a_dead_server_is_said_to_be_away(server: NatsServer, bus: NatsBus) -> None:
    assert bus.connected
    server.kill()
    calls = (
        bus.state(),
        bus.read(1, 2),
        bus.last_on("x"),
        bus.get_value("k"),
        bus.get_object("k"),
    )
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for call in (*calls, bus.put_value("k", b"v"), bus.put_object(b"o")):
            group.create_task(refuses(call))
        group.create_task(refuses(bus.publish(items(0, 1))))
    assert not bus.connected


async def test_a_server_that_hangs_is_away_and_nothing_is_stored_twice(
    server: NatsServer, bus: NatsBus
) -> None:
    found: list[Message] = []
    async with asyncio.timeout(40), bus.follow(0) as batches:
        server.pause()
        async with asyncio.TaskGroup() as group:
            group.create_task(refuses(bus.publish(items(0, 5))))
            group.create_task(refuses(bus.state()))
            group.create_task(refuses(bus.read(1, 2)))
            for _ in range(3):
                assert list(await anext(batches)) == []
        server.resume()
        await publish_when_back(bus, items(0, 5))
        while len(found) < 5:
            found += await anext(batches)
    assert [message.seq for message in found] == [1, 2, 3, 4, 5]
