"""What leaves the log, and who may still need it, on the bus in memory and on a real NATS server."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from shared.bus.nats_bus import NatsBus
from shared.bus.port import Bus, LogFullError, Outgoing
from tests.fakes.waiting import until


def an_item(number: int, *, message_id: str | None = None) -> Outgoing:
    name = f"item{number}"
    subject = f"zs.v1.item.received.weibo.a.{name}"
    return Outgoing(subject, f"body {number}".encode(), message_id or name, once=True)


def a_fact(number: int) -> Outgoing:
    return Outgoing("zs.v1.clock.ticked", b"tick", f"tick{number}")


async def places_after(bus: Bus, after_seq: int, count: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(10), bus.follow(after_seq) as batches:
        async for batch in batches:
            found += [each.seq for each in batch]
            if len(found) >= count:
                break
    return found


async def test_an_object_that_is_dropped_is_gone_and_can_come_again(bus: Bus) -> None:
    data = "快照".encode() * 100_000
    digest = await bus.put_object(data)
    await bus.drop_object(digest)
    assert await bus.get_object(digest) is None
    await bus.drop_object(digest)
    assert await bus.put_object(data) == digest
    assert await bus.get_object(digest) == data


async def test_a_purge_takes_one_subject_up_to_a_place_and_leaves_the_rest_where_it_is(
    bus: Bus,
) -> None:
    await bus.publish([an_item(1), a_fact(1), an_item(2), a_fact(2), an_item(3), a_fact(3)])
    assert await bus.purge("zs.v1.item.received.>", 3) == 2
    assert await bus.purge("zs.v1.item.received.>", 3) == 0
    assert [each.seq for each in await bus.read(1, 6)] == [2, 4, 5, 6]
    assert await places_after(bus, 0, 4) == [2, 4, 5, 6]
    assert await places_after(bus, 2, 3) == [4, 5, 6]
    state = await bus.state()
    assert (state.first_seq, state.last_seq) == (2, 6)
    (again,) = await bus.publish([an_item(1, message_id="after-the-purge")])
    assert (again.seq, again.duplicate) == (7, False), "the log knows a purged subject no more"
    assert await bus.purge("zs.v1.clock.ticked", 6) == 3
    assert await bus.last_on("zs.v1.clock.ticked") is None


async def test_a_durable_consumer_says_what_it_may_not_be_done_with(bus: Bus) -> None:
    assert await bus.unacked("w") is None
    await bus.publish([a_fact(1), an_item(1), an_item(2), a_fact(2)])
    async with asyncio.timeout(10), bus.consume("w", ["zs.v1.item.received.>"]) as queue:
        assert (await bus.unacked("w") or 0) <= 2
        deliveries = await queue.take()
        while len(deliveries) < 2:
            deliveries = [*deliveries, *await queue.take()]
        await queue.ack(deliveries[:1])
        await until(partial(is_unacked, bus, 3))
        await queue.ack(deliveries[1:])
        await until(partial(is_unacked, bus, 5))


async def is_unacked(bus: Bus, seq: int) -> bool:
    return await bus.unacked("w") == seq


async def test_a_limit_refuses_what_comes_and_drops_nothing_that_is_there(bus: Bus) -> None:
    await bus.publish([a_fact(n) for n in range(50)])
    before = await bus.state()
    await bus.set_limit(before.bytes_stored // 2)
    assert (await bus.state()) == replace(before, max_bytes=before.bytes_stored // 2)
    if isinstance(bus, NatsBus):
        with pytest.raises(LogFullError):
            await bus.publish([a_fact(99)])
        await bus.put_value("a/record", b"is no fact")
    await bus.set_limit(2 * before.bytes_stored)
    await bus.publish([a_fact(100)])
