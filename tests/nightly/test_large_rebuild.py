"""Twenty thousand cases on real servers: a snapshot holds nothing up, a rebuild gives the same."""

import asyncio

import pytest
import redis.asyncio
from pydantic_core import from_json

from services.respond.shell.snapshot_keeper import Rhythm
from services.respond.shell.snapshots import read_register
from shared.bus.port import outgoing
from shared.store.port import Loaded
from tests.fakes.leading import Leading
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import a_comment, a_verdict
from tests.fakes.valkey_server import ValkeyServer
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1_800)]
CASES, ROUND = 20_000, 100
SLOWER = 5.0
"""How many times the longest pause between two commits may grow while a snapshot is taken."""


async def cases(house: Leading, numbers: range) -> None:
    for first in range(numbers.start, numbers.stop, ROUND):
        items = [
            a_comment(each, house.clock.now())
            for each in range(first, min(first + ROUND, numbers.stop))
        ]
        facts = [outgoing(fact) for item in items for fact in (item, a_verdict(item))]
        await house.bus.publish(facts)
        await house.caught_up()


async def longest_pause(
    house: Leading, done: asyncio.Event, first: int, most: int = 10 * CASES
) -> float:
    """Let facts come one by one, so many at most; return the longest time until one was folded."""
    longest, number = 0.0, first
    while not done.is_set() and number < first + most:
        began = house.clock.monotonic()
        await house.bus.publish([outgoing(a_comment(number, house.clock.now()))])
        await house.caught_up()
        longest, number = max(longest, house.clock.monotonic() - began), number + 1
    return longest


async def snapshots(house: Leading) -> int:
    return len((await read_register(house.bus))[0].kept)


async def usual_pause(house: Leading) -> float:
    """Return the longest pause while nothing else goes on, with fewer facts than bring a snapshot."""
    done = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        pausing = group.create_task(longest_pause(house, done, 10 * CASES, 3 * ROUND))
        await asyncio.wait([pausing], timeout=5)
        done.set()
    return pausing.result()


async def pause_with_snapshot(house: Leading) -> float:
    """Return the longest pause while a snapshot is taken."""
    done = asyncio.Event()

    async def taken() -> bool:
        return await snapshots(house) == 1

    async with asyncio.TaskGroup() as group:
        pausing = group.create_task(longest_pause(house, done, 20 * CASES))
        await until(taken, 300)
        done.set()
    return pausing.result()


async def emptied(valkey: ValkeyServer) -> None:
    client = redis.asyncio.Redis.from_url(valkey.url)
    await client.flushall()
    await client.aclose()


def cases_of(loaded: Loaded | None) -> dict[str, object]:
    assert loaded is not None
    return {key: from_json(each) for key, each in loaded.values.items() if key.startswith("case:")}


async def test_a_snapshot_of_twenty_thousand_cases_holds_nothing_up(
    servers: tuple[NatsServer, ValkeyServer],
) -> None:
    nats, valkey = servers
    async with (
        Leading.on(
            nats.url, valkey.url, Rhythm(facts=2 * CASES, kept=9, first=2 * CASES)
        ) as house,
        asyncio.TaskGroup() as group,
    ):
        house.lead(group, "one")
        await cases(house, range(CASES - 2 * ROUND))
        usual = await usual_pause(house)
        assert await snapshots(house) == 0
        await cases(house, range(CASES - 2 * ROUND, CASES))
        meanwhile = await pause_with_snapshot(house)
        print(f"longest pause {usual:.3f} s, while a snapshot is taken {meanwhile:.3f} s")  # noqa: T201
        assert meanwhile < SLOWER * usual
        await house.kill()
        before = cases_of(await house.store.load())
        await emptied(valkey)
        began = house.clock.monotonic()
        house.lead(group, "two")
        await house.caught_up()
        print(f"rebuilt in {house.clock.monotonic() - began:.1f} s")  # noqa: T201
        await house.kill()
        assert len(before) == CASES
        assert cases_of(await house.store.load()) == before
