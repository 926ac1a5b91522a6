"""The bus on NATS when the server is killed, full, strange or not there at all."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from pathlib import Path

import pytest

from shared.bus.nats_bus import NatsBus, StreamOptions
from shared.bus.port import (
    BusAwayError,
    FencedError,
    LogFullError,
    LogTailLostError,
    Message,
    Outgoing,
    outgoing,
)
from shared.contracts.subjects import ITEMS_TO_CLASSIFY
from shared.contracts.system import LeaderElected
from shared.errors import PermanentError, UserError
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import SystemClock
from tests.fakes.nats_server import NatsServer, forget_everything

pytestmark = pytest.mark.servers


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def bus(server: NatsServer, metrics: Metrics) -> AsyncIterator[NatsBus]:
    bus = await NatsBus.connect(server.url, clock=SystemClock(), metrics=metrics)
    yield bus
    await bus.close()


def items(first: int, last: int) -> Sequence[Outgoing]:
    head = ITEMS_TO_CLASSIFY[0].removesuffix(">")
    return [
        Outgoing(f"{head}weibo.a.{n}", f"body {n}".encode(), f"id{n}", once=True)
        for n in range(first, last)
    ]


async def publish_when_back(bus: NatsBus, batch: Sequence[Outgoing]) -> None:
    while True:
        try:
            await bus.publish(batch)
        except BusAwayError:
            continue
        return


async def skip_empty(batches: AsyncIterator[Sequence[Message]]) -> None:
    async for batch in batches:
        assert list(batch) == []


async def refuses(call: Awaitable[object]) -> None:
    with pytest.raises(BusAwayError):
        await call


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


async def test_a_worker_whose_consumer_was_deleted_makes_it_again(
    server: NatsServer, bus: NatsBus
) -> None:
    async with asyncio.timeout(20), bus.consume("w", ITEMS_TO_CLASSIFY) as queue:
        await bus.publish(items(0, 1))
        await queue.ack(await queue.take())
        await bus._link.api("CONSUMER.DELETE.ZS.w", {})
        await bus.publish(items(1, 2))
        seen = {delivery.message.seq for delivery in await queue.take()}
        while 2 not in seen:
            seen |= {delivery.message.seq for delivery in await queue.take()}
    assert server.url


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


async def test_a_log_made_anew_stops_its_follower(server: NatsServer, bus: NatsBus) -> None:
    await bus.publish(items(0, 5))
    async with asyncio.timeout(20), bus.follow(5) as batches:
        await forget_everything(server.url)
        other = await NatsBus.connect(server.url, clock=SystemClock())
        with pytest.raises(LogTailLostError):
            await skip_empty(batches)
        await other.close()
    with pytest.raises(LogTailLostError):
        async with bus.follow(5):
            pass


async def test_a_full_log_says_so_and_keeps_what_it_has(server: NatsServer) -> None:
    options = StreamOptions(max_bytes=20_000)
    bus = await NatsBus.connect(server.url, clock=SystemClock(), options=options)
    with pytest.raises(LogFullError):
        await bus.publish(items(0, 1000))
    state = await bus.state()
    assert 0 < state.last_seq < 1000
    assert state.first_seq == 1
    await bus.close()


async def test_an_election_whose_ack_was_lost_is_still_won(bus: NatsBus) -> None:
    fact = LeaderElected(holder="one", previous_term=0)
    (won,) = await bus.publish([outgoing(fact, term=0)])
    (again,) = await bus.publish([outgoing(fact, term=0)])
    assert (again.seq, again.duplicate) == (won.seq, True)
    with pytest.raises(FencedError):
        await bus.publish([outgoing(LeaderElected(holder="two", previous_term=0), term=0)])


async def test_times_are_the_same_however_a_message_is_read(bus: NatsBus) -> None:
    await bus.publish(items(0, 50))
    followed: list[Message] = []
    async with asyncio.timeout(10), bus.follow(0) as batches:
        while len(followed) < 50:
            followed += await anext(batches)
    assert followed == list(await bus.read(1, 50))
    assert await bus.last_on(followed[-1].subject) == followed[-1]


async def test_a_message_larger_than_the_server_takes_is_refused_for_good(bus: NatsBus) -> None:
    with pytest.raises(PermanentError):
        await bus.publish([Outgoing("zs.v1.clock.ticked", b"x" * 2_000_000, "big")])


async def test_a_slow_worker_keeps_what_it_has_not_taken_yet(bus: NatsBus) -> None:
    await bus.publish(items(0, 3))
    async with asyncio.timeout(20), bus.consume("w", ITEMS_TO_CLASSIFY) as queue:
        (first,) = await queue.take(limit=1)
        for _ in range(8):
            await queue.in_progress([first])
            await asyncio.sleep(0.5)
        rest = await queue.take()
        assert [(each.message.seq, each.attempt) for each in rest] == [(2, 1), (3, 1)]
        await queue.ack([first, *rest])


async def test_wrong_credentials_are_one_clear_line(server: NatsServer) -> None:
    url = server.url.replace("for-tests", "wrong")
    with pytest.raises(UserError, match="credentials") as caught:
        await NatsBus.connect(url, clock=SystemClock())
    assert "wrong" not in caught.value.line()


async def test_nobody_there_is_said_without_the_address_or_its_secret() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"nats://secret@127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(BusAwayError) as caught:
            await NatsBus.connect(url, clock=SystemClock(), connect_seconds=0.5)
    assert "secret" not in str(caught.value)


async def test_many_processes_may_make_the_stream_at_once(server: NatsServer) -> None:
    sizes = (-1, 50_000_000, -1, 60_000_000)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                NatsBus.connect(
                    server.url, clock=SystemClock(), options=StreamOptions(max_bytes=size)
                )
            )
            for size in sizes
        ]
    buses = [task.result() for task in tasks]
    assert len({(await bus.state()).incarnation for bus in buses}) == 1
    for bus in buses:
        await bus.close()


async def test_a_server_that_hangs_is_away_and_nothing_is_stored_twice(
    server: NatsServer, bus: NatsBus
) -> None:
    found: list[Message] = []
    async with asyncio.timeout(40), bus.follow(0) as batches:
        server.signal(signal.SIGSTOP)
        async with asyncio.TaskGroup() as group:
            group.create_task(refuses(bus.publish(items(0, 5))))
            group.create_task(refuses(bus.state()))
            group.create_task(refuses(bus.read(1, 2)))
            for _ in range(3):
                assert list(await anext(batches)) == []
        server.signal(signal.SIGCONT)
        await publish_when_back(bus, items(0, 5))
        while len(found) < 5:
            found += await anext(batches)
    assert [message.seq for message in found] == [1, 2, 3, 4, 5]


async def test_without_its_stream_the_bus_is_away(server: NatsServer, bus: NatsBus) -> None:
    await forget_everything(server.url)
    await refuses(bus.publish(items(0, 1)))
    await refuses(bus.state())
    await refuses(bus.last_on("zs.x"))
    with pytest.raises(BusAwayError):
        async with bus.consume("w", ITEMS_TO_CLASSIFY):
            pass
    with pytest.raises(BusAwayError):
        async with bus.follow(0):
            pass


async def test_what_a_worker_raises_comes_out_as_it_is(bus: NatsBus) -> None:
    with pytest.raises(ZeroDivisionError):
        async with bus.consume("w", ITEMS_TO_CLASSIFY):
            1 / 0  # noqa: B018 - any error of the worker itself


async def test_what_a_worker_did_not_take_is_free_for_the_next_one(bus: NatsBus) -> None:
    await bus.publish(items(0, 5))
    async with asyncio.timeout(10), bus.consume("w", ITEMS_TO_CLASSIFY) as queue:
        await queue.ack(await queue.take(limit=1))
    loop = asyncio.get_running_loop()
    began = loop.time()
    seen: set[int] = set()
    async with asyncio.timeout(10), bus.consume("w", ITEMS_TO_CLASSIFY) as queue:
        while len(seen) < 4:
            deliveries = await queue.take()
            seen |= {delivery.message.seq for delivery in deliveries}
            await queue.ack(deliveries)
    assert seen == {2, 3, 4, 5}
    assert loop.time() - began < 2.0
