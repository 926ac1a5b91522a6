"""Hand-over on real servers: killed, asked to stop, the store emptied; no decision changes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import redis

from services.cli.record import record
from services.cli.replay.engine import replay
from services.respond.shell.office import LEASE
from shared.contracts.facts import Fact, decode
from shared.contracts.system import ClockTicked, LeaderElected
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore
from shared.testing.recording import (
    FactLine,
    ObjectLine,
    open_recording,
    read_lines,
    write_recording,
)
from tests.fakes.mock_platform import RunningMock, running_mock
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import ANSWER
from tests.fakes.respond_process import Process, a_complaint, a_process, write_files
from tests.fakes.two_people import TwoPeople, two_people
from tests.fakes.valkey_server import ValkeyServer
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180)]
AN_HOUR = "3600"
UNDO_SECONDS = 5
"""Long enough for a new leader to come within it."""


@dataclass
class Pair:
    """A leader, its hot standby, the people who work with them, and the platform."""

    leader: Process
    standby: Process
    people: TwoPeople
    mock: RunningMock

    async def elections(self) -> list[LeaderElected]:
        return [each for each in await self.facts() if isinstance(each, LeaderElected)]

    async def facts(self) -> list[Fact]:
        end = (await self.people.bus.state()).last_seq
        return [decode(each.data) for each in await self.people.bus.read(1, end)]

    async def until_rebuilt(self, times: int) -> None:
        async def rebuilt() -> bool:
            return len([each for each in await self.elections() if each.rebuilt_to]) >= times

        await until(rebuilt)

    async def complaint(self, number: int) -> tuple[str, str]:
        """Return what the platform and what we call it."""
        native_id = await a_complaint(self.people.bus, self.mock, number)
        return native_id, (await self.people.case_of(native_id)).case_id

    def answered(self) -> Counter[str]:
        """Return how often each comment was answered, by the platform's own journal."""
        entries = self.mock.platform.journal.page(endpoint="2/comments/reply")
        return Counter(each.params["cid"] for each in entries if each.effect)


async def leads(process: Process) -> bool:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{process.said['health']}/metrics") as answer,
    ):
        return "\nzhishou_leader 1.0" in await answer.text()


@asynccontextmanager
async def a_pair(
    place: Path, nats: NatsServer, valkey: ValkeyServer, **more: str
) -> AsyncIterator[Pair]:
    urls = {"ZHISHOU_NATS_URL": nats.url, "ZHISHOU_REDIS_URL": valkey.url, **more}
    async with AsyncExitStack() as stack:
        mock = await stack.enter_async_context(running_mock(clock=SystemClock()))
        write_files(place, mock, undo=UNDO_SECONDS)
        people = await stack.enter_async_context(two_people("day", nats.url, valkey.url))
        leader = await stack.enter_async_context(a_process("respond", place, urls, called="one"))
        assert await leads(leader)
        standby = await stack.enter_async_context(a_process("respond", place, urls, called="two"))
        assert not await leads(standby)
        yield Pair(leader, standby, people, mock)


def empty(valkey: ValkeyServer) -> None:
    """Forget everything the store holds."""
    with redis.Redis.from_url(valkey.url) as connection:
        connection.flushall()


def undisturbed(recording: Path, place: Path) -> Path:
    """Write the same day without what hand-over and time added to it: elections and ticks."""
    lines = list(read_lines(open_recording(recording)))
    facts = [each.stored for each in lines if isinstance(each, FactLine)]
    first = next(each for each in facts if isinstance(each.fact, LeaderElected))
    kept = [
        each
        for each in facts
        if each is first or not isinstance(each.fact, LeaderElected | ClockTicked)
    ]
    assert len(facts) - len(kept) > 3
    write_recording(place, kept, [each.body for each in lines if isinstance(each, ObjectLine)])
    return place


async def test_a_killed_leader_and_an_emptied_store_change_no_decision_and_repeat_no_effect(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer
) -> None:
    async with a_pair(tmp_path, nats, valkey) as pair:
        people = pair.people
        said = [await pair.complaint(number) for number in range(1, 5)]
        await people.approve(said[0][1], f"{ANSWER}一")
        await people.until_status(said[0][1], "sent")
        await people.approve(said[1][1], f"{ANSWER}二")
        await pair.leader.kill()  # in the undo window of the second
        await people.until_status(said[1][1], "sent")
        assert await leads(pair.standby)
        empty(valkey)  # while all is quiet
        await pair.until_rebuilt(1)
        await people.approve(said[2][1], f"{ANSWER}三")
        empty(valkey)  # in the undo window of the third
        await pair.until_rebuilt(2)
        await people.approve(said[3][1], f"{ANSWER}四")
        for _, case_id in said[2:4]:
            await people.until_status(case_id, "sent")
        empty(valkey)  # and once more when all is done
        await pair.until_rebuilt(3)
        await until(people.all_is_shown)
        await people.release()  # a last fact, by which every timer before it has fired
        assert pair.answered() == {native_id: 1 for native_id, _ in said}
        whole = tmp_path / "whole.jsonl"
        await asyncio.to_thread(record, whole, nats.url)
    live = replay(whole)
    assert live.reproduced
    assert live.replies == len(said)
    calm = replay(undisturbed(whole, tmp_path / "calm.jsonl"))
    assert calm.digest == live.digest


async def test_a_standby_leads_once_the_leader_resigns_however_long_its_lease_would_last(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer
) -> None:
    async with a_pair(tmp_path, nats, valkey, ZHISHOU_LEASE_SECONDS=AN_HOUR) as pair:
        assert await pair.leader.stop() == 0
        await until(lambda: leads(pair.standby))
        native_id, case_id = await pair.complaint(1)
        await pair.people.approve(case_id, ANSWER)
        await pair.people.until_status(case_id, "sent")
        assert pair.answered() == {native_id: 1}
        first, second = await pair.elections()
        assert (first.holder != second.holder, second.rebuilt_to) == (True, None)


async def test_a_standby_waits_for_the_lease_of_a_killed_leader_and_for_nothing_else(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer
) -> None:
    async with a_pair(tmp_path, nats, valkey, ZHISHOU_LEASE_SECONDS=AN_HOUR) as pair:
        native_id, case_id = await pair.complaint(1)
        await pair.leader.kill()
        store = await RedisStore.connect(valkey.url)
        holder = await store.holder(LEASE)
        [first] = await pair.elections()
        assert holder == first.holder, "it died with the lease in its hand"
        await store.release(LEASE, holder)  # as if its hour were over
        await store.close()
        await until(lambda: leads(pair.standby))
        await pair.people.approve(case_id, ANSWER)
        await pair.people.until_status(case_id, "sent")
        assert pair.answered() == {native_id: 1}
