"""The memory bus on a clock that stands still, and its fault switches."""

import asyncio

import pytest

from shared.bus.memory_bus import MemoryBus
from shared.bus.port import BusAwayError, LogFullError, LogTailLostError, Outgoing
from tests.fakes.clock import FakeClock


def a_message(number: int) -> Outgoing:
    return Outgoing("zs.v1.item.received.weibo.a", b"x", f"m{number}")


async def test_a_follower_beats_by_the_clock_it_was_given() -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    beats: list[int] = []

    async def follow() -> None:
        async with bus.follow(0) as batches:
            async for batch in batches:
                beats[len(beats) :] = [len(batch)]

    async with asyncio.TaskGroup() as group:
        task = group.create_task(follow())
        await clock.settle()
        assert beats == []
        await clock.advance(1.0)
        assert beats == [0, 0]
        await bus.publish([a_message(1)])
        await clock.settle()
        assert beats == [0, 0, 1]
        bus.away = True
        await clock.advance(0.5)
        assert beats[-1] == 0
        task.cancel()


async def test_an_unacked_delivery_comes_back_after_three_seconds() -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    await bus.publish([a_message(1)])
    async with bus.consume("w", ["zs.v1.>"]) as queue, asyncio.TaskGroup() as group:
        (first,) = await queue.take()
        again = group.create_task(queue.take())
        await clock.advance(2.0)
        await queue.in_progress([first])
        await clock.advance(2.0)
        assert not again.done()
        await clock.advance(1.0)
        (second,) = again.result()
        assert (first.attempt, second.attempt) == (1, 2)
        await queue.nak([second], 10.0)
        await queue.ack([second])
        await queue.nak([second], 0.0)


async def test_ids_are_forgotten_after_the_window_but_once_subjects_are_not() -> None:
    clock = FakeClock()
    bus = MemoryBus(clock)
    once = Outgoing("zs.v1.item.received.weibo.a.b", b"x", "once", once=True)
    await bus.publish([a_message(1), once])
    await clock.advance(121.0)
    acks = await bus.publish([a_message(1), once])
    assert [ack.duplicate for ack in acks] == [False, True]


async def test_a_bus_that_is_away_or_full_says_so() -> None:
    bus = MemoryBus(FakeClock())
    bus.full = True
    with pytest.raises(LogFullError):
        await bus.publish([a_message(1)])
    bus.full, bus.away = False, True
    with pytest.raises(BusAwayError):
        await bus.state()
    bus.away, bus.ack_lost = False, True
    with pytest.raises(BusAwayError):
        await bus.publish([a_message(1)])
    bus.ack_lost = False
    (ack,) = await bus.publish([a_message(1)])
    assert ack.duplicate


async def test_a_log_can_lose_its_tail_or_be_made_anew() -> None:
    bus = MemoryBus(FakeClock())
    await bus.publish([a_message(1), a_message(2)])
    before = await bus.state()
    async with bus.follow(2) as batches:
        bus.lose_tail(1)
        with pytest.raises(LogTailLostError):
            await anext(batches)
    with pytest.raises(LogTailLostError):
        async with bus.follow(2):
            pass
    assert (await bus.state()).last_seq == 1
    bus.remake()
    after = await bus.state()
    assert after.last_seq == 0
    assert after.incarnation != before.incarnation
    await bus.close()
