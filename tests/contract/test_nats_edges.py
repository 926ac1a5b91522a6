"""The bus on NATS when the log is full, gone or made anew, and at its edges."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus.nats_bus import NatsBus
from shared.bus.nats_make import StreamOptions
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
from shared.runtime.clock import SystemClock
from tests.fakes.nats_calls import items, publish_when_back, refuses, skip_empty
from tests.fakes.nats_server import NatsServer, forget_everything
from tests.fakes.waiting import until

pytestmark = pytest.mark.servers


@pytest.fixture
async def bus(server: NatsServer) -> AsyncIterator[NatsBus]:
    bus = await NatsBus.connect(server.url, clock=SystemClock())
    yield bus
    await bus.close()


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


async def test_a_log_that_lost_its_tail_and_grew_again_stops_its_follower(
    server: NatsServer, bus: NatsBus, tmp_path: Path
) -> None:
    store, kept = tmp_path / "store", tmp_path / "kept"
    await bus.publish(items(0, 3))
    server.stop()
    shutil.copytree(store, kept)
    server.start()
    await publish_when_back(bus, items(3, 5))
    async with asyncio.timeout(30), bus.follow(0) as batches:
        found: list[Message] = []
        while len(found) < 5:
            found += await anext(batches)
        server.kill()
        shutil.rmtree(store)
        shutil.move(kept, store)
        elsewhere = NatsServer(tmp_path)  # nobody but us sees it while it grows again
        elsewhere.start()
        other = await NatsBus.connect(elsewhere.url, clock=SystemClock())
        await other.publish(items(10, 12))
        assert (await other.state()).last_seq == 5
        await other.close()
        elsewhere.stop()
        server.start()
        with pytest.raises(LogTailLostError, match="at 5 is another"):
            await skip_empty(batches)


async def test_a_full_log_says_so_and_keeps_what_it_has(server: NatsServer) -> None:
    options = StreamOptions(max_bytes=20_000)
    bus = await NatsBus.connect(server.url, clock=SystemClock(), make=options)
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
        clock = SystemClock()
        end = clock.monotonic() + 4  # longer than the server waits for an answer

        async def worked_long_enough() -> bool:
            await queue.in_progress([first])
            return clock.monotonic() > end

        await until(worked_long_enough, pause_seconds=0.5)
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
                    server.url, clock=SystemClock(), make=StreamOptions(max_bytes=size)
                )
            )
            for size in sizes
        ]
    buses = [task.result() for task in tasks]
    assert len({(await bus.state()).incarnation for bus in buses}) == 1
    for bus in buses:
        await bus.close()


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
