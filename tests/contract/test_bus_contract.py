"""What every bus promises, on the one in memory and on a real NATS server."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.bus.port import MAX_BATCH, Bus, FencedError, Message, Outgoing, WorkQueue, outgoing
from shared.contracts.subjects import LEADER_SUBJECT
from shared.contracts.system import LeaderElected
from shared.errors import TransientError

ITEM = "zs.v1.item.received.weibo.a"
A_WHILE = 0.1


def an_item(number: int, *, message_id: str | None = None) -> Outgoing:
    name = f"item{number}"
    return Outgoing(f"{ITEM}.{name}", f"body {number}".encode(), message_id or name, once=True)


def a_fact(number: int, *, term: int | None = None) -> Outgoing:
    return Outgoing("zs.v1.clock.ticked", b"tick", f"tick{number}", term=term)


async def elect(bus: Bus, holder: str, previous_term: int) -> int:
    fact = LeaderElected(holder=holder, previous_term=previous_term)
    (ack,) = await bus.publish([outgoing(fact, term=previous_term)])
    return ack.seq


async def gather_messages(bus: Bus, after_seq: int, count: int) -> Sequence[Message]:
    found: list[Message] = []
    async with asyncio.timeout(10), bus.follow(after_seq) as batches:
        async for batch in batches:
            found += batch
            if len(found) >= count:
                break
    return found


async def test_a_batch_is_stored_in_order_and_acked_with_its_places(bus: Bus) -> None:
    acks = await bus.publish([an_item(n) for n in range(600)])
    assert [ack.seq for ack in acks] == list(range(1, 601))
    assert not any(ack.duplicate for ack in acks)
    stored = await bus.read(1, 600)
    assert [message.data for message in stored] == [f"body {n}".encode() for n in range(600)]
    assert [message.seq for message in stored] == list(range(1, 601))
    assert all(message.time.tzinfo is not None for message in stored)


async def test_an_empty_batch_is_no_work(bus: Bus) -> None:
    assert list(await bus.publish([])) == []


async def test_publishing_again_with_the_same_id_is_a_duplicate(bus: Bus) -> None:
    await bus.publish([a_fact(1), a_fact(2)])
    acks = await bus.publish([a_fact(2), a_fact(3)])
    assert [ack.duplicate for ack in acks] == [True, False]
    assert acks[0].seq == 2
    assert (await bus.state()).last_seq == 3


async def test_a_once_subject_refuses_a_second_message_even_with_another_id(bus: Bus) -> None:
    await bus.publish([an_item(1)])
    (ack,) = await bus.publish([an_item(1, message_id="outside-the-window")])
    assert ack.duplicate
    assert ack.seq in {0, 1}
    assert (await bus.state()).last_seq == 1


async def test_a_stale_term_is_fenced_off(bus: Bus) -> None:
    first = await elect(bus, "one", 0)
    await bus.publish([a_fact(1, term=first)])
    second = await elect(bus, "two", first)
    with pytest.raises(FencedError):
        await bus.publish([a_fact(2, term=first)])
    (ack,) = await bus.publish([a_fact(3, term=second)])
    assert not ack.duplicate
    newest = await bus.last_on(LEADER_SUBJECT)
    assert newest is not None
    assert newest.seq == second
    assert len(await bus.read(1, 100)) == 4


async def test_two_candidates_for_one_office_and_only_one_is_elected(bus: Bus) -> None:
    await elect(bus, "one", 0)
    with pytest.raises(FencedError):
        await elect(bus, "two", 0)


async def test_following_gives_what_was_there_and_what_comes(bus: Bus) -> None:
    await bus.publish([an_item(n) for n in range(300)])
    found: list[Message] = []
    async with asyncio.timeout(10), bus.follow(100) as batches:
        async for batch in batches:
            assert len(batch) <= MAX_BATCH
            found += batch
            if len(found) == 200:
                await bus.publish([an_item(n) for n in range(300, 310)])
            if len(found) >= 210:
                break
    assert [message.seq for message in found] == list(range(101, 311))
    assert [message.time for message in found] == sorted(message.time for message in found)


async def test_following_one_subject_gives_only_that(bus: Bus) -> None:
    await bus.publish([an_item(n) for n in range(300)])
    wanted = (await bus.read(200, 200))[0].subject
    found: list[Message] = []
    async with asyncio.timeout(10), bus.follow(100, subject=wanted) as batches:
        async for batch in batches:
            found += batch
            if found:
                break
    assert [message.seq for message in found] == [200]


async def test_a_follower_with_nothing_to_read_yields_an_empty_batch_soon(bus: Bus) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(10), bus.follow(0) as batches:
        began = loop.time()
        assert list(await anext(batches)) == []
        assert list(await anext(batches)) == []
        assert loop.time() - began < 2.0


async def test_an_empty_batch_says_that_nothing_came_for_a_while(bus: Bus) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20), bus.follow(0) as batches:
        for number in range(24):  # together more than is asked for at once
            large = replace(an_item(number), data=bytes(300_000))
            async with asyncio.TaskGroup() as group:
                group.create_task(bus.publish([large]))
                began = loop.time()
                while not await anext(batches):
                    assert loop.time() - began > A_WHILE
                    began = loop.time()


async def test_a_new_follower_starts_where_it_is_told(bus: Bus) -> None:
    await bus.publish([a_fact(n) for n in range(5)])
    assert [message.seq for message in await gather_messages(bus, 3, 2)] == [4, 5]


async def test_a_batch_limit_is_kept(bus: Bus) -> None:
    await bus.publish([a_fact(n) for n in range(20)])
    found: list[Message] = []
    async with asyncio.timeout(10), bus.follow(0, limit=7) as batches:
        async for batch in batches:
            assert len(batch) <= 7
            found += batch
            if len(found) == 20:
                break


async def test_a_worker_takes_what_has_arrived_and_acks_it(bus: Bus) -> None:
    await bus.publish([an_item(n) for n in range(300)] + [a_fact(1)])
    seen: list[int] = []
    async with asyncio.timeout(10), bus.consume("w", ["zs.v1.item.received.>"]) as queue:
        while len(seen) < 300:
            deliveries = await queue.take()
            assert 1 <= len(deliveries) <= MAX_BATCH
            assert all(delivery.attempt == 1 for delivery in deliveries)
            seen += [delivery.message.seq for delivery in deliveries]
            await queue.ack(deliveries)
    assert seen == list(range(1, 301))


async def test_a_later_worker_sees_only_what_nobody_acked(bus: Bus) -> None:
    await bus.publish([an_item(n) for n in range(10)])
    async with asyncio.timeout(10), bus.consume("w", ["zs.v1.item.received.>"]) as queue:
        deliveries = await queue.take(limit=4)
        while len(deliveries) < 4:
            deliveries = [*deliveries, *await queue.take(limit=4 - len(deliveries))]
        await queue.ack(deliveries[:2])
        await queue.nak(deliveries[2:], 0.0)
    seen: dict[int, int] = {}
    async with asyncio.timeout(10), bus.consume("w", ["zs.v1.item.received.>"]) as queue:
        while len(seen) < 8:
            for delivery in await queue.take():
                seen[delivery.message.seq] = delivery.attempt
                await queue.ack([delivery])
    assert sorted(seen) == list(range(3, 11))
    assert min(seen[3], seen[4]) >= 2


async def test_two_workers_share_one_consumer(bus: Bus) -> None:
    seen: list[int] = []
    async with (
        asyncio.timeout(10),
        bus.consume("w", ["zs.v1.item.received.>"]) as one,
        bus.consume("w", ["zs.v1.item.received.>"]) as two,
    ):
        await bus.publish([an_item(n) for n in range(400)])

        async def work(worker: WorkQueue) -> None:
            while len(seen) < 400:
                deliveries = await worker.take(limit=50)
                seen.extend(delivery.message.seq for delivery in deliveries)
                await worker.ack(deliveries)

        async with asyncio.TaskGroup() as group:
            tasks = {group.create_task(work(one)), group.create_task(work(two))}
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
    assert sorted(seen) == list(range(1, 401))


async def test_an_unacked_delivery_comes_back_and_the_last_one_is_reported(bus: Bus) -> None:
    await bus.publish([an_item(1)])
    attempts: list[int] = []
    async with (
        asyncio.timeout(20),
        bus.consume("w", ["zs.v1.item.received.>"], max_deliver=2) as queue,
        bus.poisoned("w") as poisoned,
    ):
        (first,) = await queue.take()
        attempts.append(first.attempt)
        await queue.nak([first], 0.05)
        (second,) = await queue.take()
        attempts.append(second.attempt)
        await queue.nak([second], 0.05)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(queue.take())
            assert await anext(poisoned) == 1
            waiting.cancel()
    assert attempts == [1, 2]


async def test_state_names_the_ends_and_the_incarnation(bus: Bus) -> None:
    empty = await bus.state()
    assert empty.last_seq == 0
    await bus.publish([a_fact(1), a_fact(2)])
    state = await bus.state()
    assert (state.first_seq, state.last_seq) == (1, 2)
    assert state.incarnation == empty.incarnation
    assert state.bytes_stored > 0


async def test_reading_outside_the_log_gives_what_exists(bus: Bus) -> None:
    assert list(await bus.read(1, 10)) == []
    await bus.publish([a_fact(1), a_fact(2)])
    assert [message.seq for message in await bus.read(2, 50)] == [2]
    assert list(await bus.read(7, 9)) == []


async def test_nothing_was_ever_said_on_an_unused_subject(bus: Bus) -> None:
    assert await bus.last_on("zs.v1.leader.elected") is None


async def test_an_object_is_found_by_its_hash(bus: Bus) -> None:
    data = "规则".encode() * 100_000
    digest = await bus.put_object(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert await bus.put_object(data) == digest
    assert await bus.get_object(digest) == data
    assert await bus.get_object("0" * 64) is None


async def test_a_value_is_replaced_only_by_who_saw_the_newest(bus: Bus) -> None:
    assert await bus.get_value("people.p1") is None
    first = await bus.put_value("people.p1", b"one")
    assert await bus.get_value("people.p1") == (b"one", first)
    with pytest.raises(TransientError):
        await bus.put_value("people.p1", b"two")
    second = await bus.put_value("people.p1", b"two", revision=first)
    with pytest.raises(TransientError):
        await bus.put_value("people.p1", b"three", revision=first)
    assert await bus.get_value("people.p1") == (b"two", second)


async def test_an_announcement_reaches_who_listens_now(bus: Bus) -> None:
    await bus.announce("zs-live.v1.committed", b"nobody hears")
    async with asyncio.timeout(10), bus.listen("zs-live.v1.committed") as heard:
        await bus.announce("zs-live.v1.other", b"not here")
        await bus.announce("zs-live.v1.committed", b"1")
        await bus.announce("zs-live.v1.committed", b"2")
        assert [await anext(heard), await anext(heard)] == [b"1", b"2"]
