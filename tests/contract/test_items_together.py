"""Items that travel together, and none of them twice, on the bus in memory and on a real server."""

import asyncio

import pytest

from services.ingest.core.known import MAX_ITEMS
from services.ingest.shell.writer import Writer
from shared.bus.memory_bus import MemoryBus
from shared.bus.nats_bus import NatsBus
from shared.bus.port import MAX_BATCH_BYTES, Bus, Outgoing, outgoing
from shared.contracts.facts import decode, singly
from shared.contracts.items import ItemReceived
from shared.contracts.subjects import batches_of, singles_of
from shared.runtime.clock import SystemClock
from tests.fakes.builders import ACCOUNT, a_comment, an_edit
from tests.fakes.nats_server import NatsServer

SUBJECT = batches_of("weibo", ACCOUNT)


def after(last: int, number: int) -> Outgoing:
    return Outgoing(SUBJECT, f"body {number}".encode(), f"id{number}", last=last)


def comments(*numbers: int, account: str = ACCOUNT) -> list[ItemReceived]:
    return [a_comment(f"c{number}", account=account) for number in numbers]


async def stored(bus: Bus) -> list[str]:
    """Return the platform's ids of all items in the log, in its order."""
    messages = await bus.read(1, (await bus.state()).last_seq)
    facts = (fact for each in messages for fact in singly(decode(each.data)))
    return [fact.native_id for fact in facts if isinstance(fact, ItemReceived)]


async def test_a_message_is_taken_only_after_the_one_it_names(bus: Bus) -> None:
    [first] = await bus.publish([after(0, 1)])
    [again, late, next_one] = await bus.publish([after(0, 1), after(0, 2), after(first.seq, 3)])
    assert [each.refused for each in (first, again, late, next_one)] == [False, True, True, False]
    assert (again.seq, late.seq) == (0, 0)
    assert [each.data for each in await bus.read(1, 9)] == [b"body 1", b"body 3"]


async def test_with_all_of_a_subject_purged_the_next_is_the_first_again(bus: Bus) -> None:
    await bus.publish([after(0, 1), Outgoing("zs.v1.clock.ticked", b"tick", "tick")])
    await bus.purge(SUBJECT, 1)
    [refused, taken] = await bus.publish([after(1, 2), after(0, 3)])
    assert (refused.refused, taken.refused, taken.seq) == (True, False, 3)


async def test_what_stands_on_a_pattern_is_read_and_then_it_ends(bus: Bus) -> None:
    items = comments(*range(300))
    await bus.publish([outgoing(each) for each in items])
    await bus.publish([outgoing(each) for each in comments(1, account="another")])
    pattern = singles_of("weibo", ACCOUNT)
    async with asyncio.timeout(10):
        found = [each async for batch in bus.standing(pattern, 100) for each in batch]
        assert [each.seq for each in found] == list(range(101, 301))
        assert [batch async for batch in bus.standing(pattern, 300) if batch] == []


async def test_what_is_taken_at_once_is_bounded_by_its_bytes(bus: Bus) -> None:
    large = b"x" * (MAX_BATCH_BYTES // 4)
    await bus.publish([Outgoing("zs.v1.large", large, str(number)) for number in range(30)])
    sizes: list[int] = []
    async with asyncio.timeout(20), bus.follow(0) as batches:
        async for batch in batches:
            sizes.append(len(batch))
            if sum(sizes) == 30:
                break
    assert max(sizes) <= 4
    taken = 0
    async with asyncio.timeout(20), bus.consume("w", ["zs.v1.large"]) as queue:
        while taken < 30:
            deliveries = await queue.take()
            assert len(deliveries) <= 4
            await queue.ack(deliveries)
            taken += len(deliveries)


async def test_items_of_an_account_are_one_message_and_come_once(bus: Bus) -> None:
    writer, items = Writer(bus), comments(*range(MAX_ITEMS + 10))
    acks = await writer.publish([*items, items[3]])
    assert [each.seq for each in acks[:MAX_ITEMS]] == [1] * MAX_ITEMS
    assert [each.duplicate for each in acks] == [False] * len(items) + [True]
    assert (await bus.state()).last_seq == 2
    again = await writer.publish(items)
    assert all(each.duplicate for each in again)
    assert (await bus.state()).last_seq == 2


async def test_one_who_starts_knows_what_others_wrote_also_one_by_one(bus: Bus) -> None:
    await bus.publish([outgoing(each) for each in comments(1, 2)])
    await Writer(bus).publish(comments(2, 3))
    acks = await Writer(bus).publish(comments(1, 2, 3, 4))
    assert [each.duplicate for each in acks] == [True, True, True, False]
    assert await stored(bus) == ["c1", "c2", "c3", "c4"]


async def test_two_who_write_at_once_never_write_a_version_twice(bus: Bus) -> None:
    writers = [Writer(bus), Writer(bus), Writer(bus)]
    async with asyncio.TaskGroup() as group:
        for start in range(0, 60, 3):
            for writer in writers:
                group.create_task(writer.publish(comments(*range(start, start + 9))))
    found = await stored(bus)
    assert sorted(found) == sorted(f"c{number}" for number in range(66))


async def test_accounts_are_apart_and_other_facts_keep_their_place(bus: Bus) -> None:
    one, other = comments(1, 2), comments(1, account="another")
    acks = await Writer(bus).publish([one[0], other[0], one[1]])
    assert [each.seq for each in acks] == [1, 2, 1]
    subjects = [each.subject for each in await bus.read(1, 9)]
    assert subjects == [SUBJECT, batches_of("weibo", "another")]


async def test_other_facts_stand_where_they_came_between_the_items(bus: Bus) -> None:
    await Writer(bus).publish([a_comment("c1"), an_edit("c1"), a_comment("c2")])
    kinds = [decode(each.data).kind for each in await bus.read(1, 9)]
    assert kinds == ["item.batch", "item.edited", "item.batch"]


async def test_what_the_log_has_can_be_looked_at_before_anything_is_written(bus: Bus) -> None:
    await bus.publish([Outgoing(SUBJECT, b"{", "broken")])
    await Writer(bus).publish(comments(1))
    writer = Writer(bus)
    await writer.look(("weibo", ACCOUNT))
    end = (await bus.state()).last_seq
    assert [each.duplicate for each in await writer.publish(comments(1))] == [True]
    await writer.look(("weibo", ACCOUNT))
    assert (await bus.state()).last_seq == end


async def test_what_was_purged_is_refused_by_age_and_what_is_new_goes_on(bus: Bus) -> None:
    writer = Writer(bus)
    await writer.publish(comments(1))
    await bus.publish([Outgoing("zs.v1.clock.ticked", b"tick", "tick")])
    await bus.purge(SUBJECT, 1)
    [ack] = await writer.publish(comments(2))
    assert (ack.seq, ack.duplicate) == (3, False)


async def test_a_log_that_was_made_anew_takes_everything_again() -> None:
    bus = MemoryBus(SystemClock())
    writer = Writer(bus)
    await writer.publish(comments(1, 2))
    await writer.publish(comments(3))
    bus.lose_tail(1)
    other = Writer(bus)
    await other.publish(comments(4))
    await other.publish(comments(5))
    acks = await writer.publish(comments(1, 3, 6))
    assert [each.duplicate for each in acks] == [True, False, False], "the log lost the third"
    bus.remake()
    acks = await writer.publish(comments(1, 2, 7))
    assert not any(each.duplicate for each in acks)
    assert await stored(bus) == ["c1", "c2", "c7"]
    bus.remake()
    writer.forget()
    assert [each.duplicate for each in await writer.publish(comments(1))] == [False]


@pytest.mark.servers
async def test_a_server_that_is_killed_between_two_messages_changes_nothing(
    server: NatsServer,
) -> None:
    bus = await NatsBus.connect(server.url, clock=SystemClock())
    writer = Writer(bus)
    await writer.publish(comments(1, 2))
    server.kill()
    server.start()
    acks = await writer.publish(comments(2, 3))
    assert [each.duplicate for each in acks] == [True, False]
    assert await stored(bus) == ["c1", "c2", "c3"]
    await bus.close()
