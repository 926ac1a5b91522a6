"""A house of real processes in which one message can be held and one process suspended."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from services.cli.chaos.console import Console, Json, Operation, sign_in_links
from services.cli.chaos.hand import Hand, is_stopped
from services.cli.chaos.house import (
    ADMIN,
    CHILDREN,
    PAGER_SECRET,
    SECOND,
    House,
    Surroundings,
    standing,
)
from services.cli.chaos.plan import Times
from services.cli.chaos.platform import COMMENT, REPLY, Platform
from services.cli.chaos.prober import Prober
from services.cli.chaos.receiver import Receiver
from services.cli.chaos.run import PROBED
from services.cli.chaos.steps import CANDIDATES, STEPS, STOPS, Step
from services.cli.embedded.data_dir import opened
from services.cli.embedded.servers import SERVERS
from services.cli.preload.forker import preloaded
from services.cli.supervisor import Supervisor
from shared.bus.nats_bus import NatsBus
from shared.bus.port import Message
from shared.contracts.base import FactBase
from shared.contracts.facts import Stored, UndecodableError, decode, singly
from shared.contracts.system import DecisionsRecorded
from shared.runtime.clock import SystemClock
from tests.fakes.waiting import until, wait_until

SLOT = "answer"
ANSWER = "您好，您反映的事情我们已经记录，工程部正在现场核实处理，有结果马上向您说明。"
COMPLAINT = "二楼电梯坏了三天没人修，投诉也没人理，太差劲了，我要退款！"
TIMES = Times(lease=1.5, deadline=1.5, horizon=2.0, undo=1.0, acknowledge=8.0, first_reply=60.0)
Kind = TypeVar("Kind", bound=FactBase)


def step(name: str) -> Step:
    return next(each for each in (*STEPS, *STOPS) if each.name == name)


class Lasting:
    """What a test may do: speak as the public, work as people, hold, suspend, kill, and look."""

    def __init__(
        self, house: House, platform: Platform, receiver: Receiver, prober: Prober, bus: NatsBus
    ) -> None:
        self.house, self.platform, self.receiver = house, platform, receiver
        self.prober, self.bus = prober, bus
        self.hand = Hand(
            house, SystemClock().now, prober.leader, lambda: prober.highest("zhishou_term")
        )
        self.asleep: set[str] = set()
        self._said = 0
        self.group: asyncio.TaskGroup
        self.keeping: asyncio.Task[None]
        self.writer: Console
        self.second: Console

    async def say(self, text: str = COMPLAINT, **more: object) -> int:
        """Let a person who said nothing before say something; return its id."""
        self._said += 1
        body = {"kind": "comment", "text": text, "user": f"顾客{self._said}", **more}
        said = await self.platform.call("POST", "emit", body)
        return int(said["id"])

    async def case_of(self, item: int) -> Json:
        """Return the open case of an item, once there is one."""
        found: list[Json] = []

        async def there() -> bool:
            queue = await self.writer.read("/api/queue?limit=200")
            cases = [row["case"] for row in queue["rows"]] if queue else []
            found.extend(
                case
                for case in cases
                if str(item) in {each["native_id"] for each in case["items"]}
            )
            return bool(found)

        await until(there, pause_seconds=0.1)
        return found[-1]

    async def approve(self, item: int, text: str = ANSWER) -> str:
        """Claim, write, submit and approve; return the case's id."""
        case_id = str((await self.case_of(item))["case_id"])
        this = {"slot": SLOT, "revision": 1}
        for person, wish, body in (
            (self.writer, "claim", {}),
            (self.writer, "draft", {"slot": SLOT, "base_revision": 0, "text": text}),
            (self.writer, "submit", this),
            (self.second, "approve", {**this, "send": True}),
        ):
            done = await person.ask(wish, case_id, body)
            assert done.outcome == "accepted", done
        return case_id

    async def reply(self, case_id: str) -> Json:
        """Return the answer of a case as people see it."""
        case = await self.writer.read(f"/api/cases/{case_id}")
        assert case is not None
        found: Json = next(each for each in case["replies"] if each["slot"] == SLOT)
        return found

    async def reply_is(self, case_id: str, *status: str) -> None:
        async def so() -> bool:
            return (await self.reply(case_id))["status"] in status

        await until(so, pause_seconds=0.1)

    async def written(self, item: int) -> list[str]:
        """Return what the public can read as our answers to an item, by the platform's journal."""
        calls = await self.platform.call("GET", f"journal?endpoint={REPLY}&limit=1000")
        return [
            each["params"]["comment"]
            for each in calls["entries"]
            if each["effect"] and each["params"]["cid"] == str(item)
        ]

    async def log(self, first: int = 1) -> list[Message]:
        last = (await self.bus.state()).last_seq
        return list(await self.bus.read(first, last)) if last >= first else []

    async def facts(self, kind: type[Kind]) -> list[tuple[Stored, Kind]]:
        """Return all facts of a kind, each with its place and time."""
        found: list[tuple[Stored, Kind]] = []
        for message in await self.log():
            try:
                fact = decode(message.data)
            except UndecodableError:
                continue
            found += [
                (Stored(message.seq, message.time, each), each)
                for each in singly(fact)
                if isinstance(each, kind)
            ]
        return found

    async def fact(self, kind: type[Kind], which: Callable[[Kind], bool]) -> tuple[Stored, Kind]:
        """Return the first fact of a kind that is meant, once it is there."""
        found: list[tuple[Stored, Kind]] = []

        async def there() -> bool:
            found.extend(each for each in await self.facts(kind) if which(each[1]))
            return bool(found)

        await until(there, pause_seconds=0.1)
        return found[0]

    async def decisions(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the recorded decisions of a kind."""
        lines = [line for _, fact in await self.facts(DecisionsRecorded) for line in fact.spelt]
        return [each for each in map(json.loads, lines) if each["kind"] == kind]

    @contextmanager
    def suspended(self, *names: str) -> Iterator[None]:
        """Stop these processes for the length of the block; they stand when it begins."""
        pids = [self.house.pid(name) for name in names]
        self.asleep |= set(names)
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            wait_until(lambda: all(map(is_stopped, pids)))
            yield
        finally:
            self.asleep -= set(names)
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def keep(self) -> None:
        """Let what dies be started again."""
        self.keeping = self.group.create_task(self.house.supervisor.keep(), name="supervisor")

    @asynccontextmanager
    async def nothing_restarts(self) -> AsyncIterator[None]:
        """Leave what dies inside the block dead until its end."""
        self.keeping.cancel()
        await asyncio.wait({self.keeping})
        try:
            yield
        finally:
            self.keep()

    async def kill(self, name: str) -> None:
        """End a process as kill -9 does; returns once it is dead."""
        pid = self.house.pid(name)
        os.kill(pid, signal.SIGKILL)
        await until(lambda: self.house.pid(name) != pid)

    async def back(self, name: str) -> None:
        """Wait until a process is there again and ready."""
        await until(lambda: self.house.report(name).get("pid") == self.house.pid(name) > 0)

    async def led_by(self, *names: str) -> str:
        """Wait until one of these leads; return which."""
        await until(lambda: self.prober.leader() in names)
        return self.prober.leader()

    def console(self, name: str) -> str:
        """Return where people find a candidate; nobody goes to one that is suspended."""
        return "" if name in self.asleep else self.house.console(name)

    def other(self, name: str) -> str:
        return next(each for each in CANDIDATES if each != name)

    def says(self, name: str) -> str:
        """Return the log of a process."""
        return self.house.data.log(name).read_text(encoding="utf-8")


@asynccontextmanager
async def a_lasting_house(
    data_dir: Path, times: Times = TIMES, **rules: object
) -> AsyncIterator[Lasting]:
    """Yield a house that stands; everything of it ends with the block."""
    clock = SystemClock()
    environment = dict(os.environ)  # noqa: TID251 - the children need our PATH
    supervisor = Supervisor(
        lambda _line: None, clock.monotonic, pauses=(0.0,), orphaned=signal.SIGKILL
    )
    receiver = Receiver(PAGER_SECRET, clock.now)
    forker = preloaded(environment)
    try:
        with opened(data_dir) as data:
            async with receiver.open() as address:
                around = Surroundings(
                    data=data,
                    supervisor=supervisor,
                    environment=environment,
                    receiver=address,
                    played=(),
                    seed=7,
                    times=times,
                    fork=forker.fork if forker else None,
                    rules=rules,
                )
                try:
                    async with standing(around) as house, _lived_in(house, receiver) as lasting:
                        yield lasting
                finally:
                    await supervisor.stop(CHILDREN, SERVERS)
    finally:
        if forker:
            forker.close()


@asynccontextmanager
async def _lived_in(house: House, receiver: Receiver) -> AsyncIterator[Lasting]:
    clock, operations = SystemClock(), list[Operation]()
    async with (
        aiohttp.ClientSession() as session,
        sign_in_links(house.addresses.redis_url) as links,
    ):
        prober = Prober(session, PROBED, house.health, clock.now, [])
        platform = Platform(session, house.report("mock"))
        repeats = [{"kind": "takes_repeats", "endpoint": each} for each in (REPLY, COMMENT)]
        await platform.call("POST", "faults", {"faults": repeats})
        bus = await NatsBus.connect(house.addresses.nats_url, clock=clock, name="test")
        lasting = Lasting(house, platform, receiver, prober, bus)
        lasting.writer, lasting.second = (
            Console(session, person, lasting.console, links, clock.now, operations, 60.0)
            for person in (ADMIN, SECOND)
        )
        try:
            async with asyncio.TaskGroup() as lasting.group:
                lasting.keep()
                looking = lasting.group.create_task(prober.run(asyncio.Event()), name="prober")
                await lasting.led_by(*CANDIDATES)
                yield lasting
                looking.cancel()
                lasting.keeping.cancel()
        finally:
            await bus.close()
