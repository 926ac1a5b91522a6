"""One run: a house stands up, people talk and work, processes die, everything comes to its end."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from signal import SIGKILL

import aiohttp

from services.cli.chaos import public
from services.cli.chaos.console import Console, Links, Operation, sign_in_links
from services.cli.chaos.evidence import LOG, PLATFORM, RUN, STREAM, write_rows
from services.cli.chaos.hand import Fault, Hand
from services.cli.chaos.house import (
    ADMIN,
    CHILDREN,
    PAGER_SECRET,
    SECOND,
    House,
    Surroundings,
    standing,
)
from services.cli.chaos.people import Desk
from services.cli.chaos.plan import Plan
from services.cli.chaos.platform import Platform
from services.cli.chaos.prober import Prober, lines_of
from services.cli.chaos.promises import SUPERVISOR
from services.cli.chaos.receiver import Receiver, Row
from services.cli.chaos.schedule import schedule
from services.cli.embedded.data_dir import ephemeral
from services.cli.embedded.servers import SERVERS
from services.cli.preload.forker import preloaded
from services.cli.record import copied
from services.cli.supervisor import Supervisor
from shared.runtime.clock import SystemClock

SPARE_SECONDS, SECONDS_A_KILL = 180.0, 12.0
LOOK_SECONDS = 0.3
ROUNDS = 3
PROBED = ("ingest", "classify", "respond", "standby", "archive", "watchdog")

Say = Callable[[str], None]


class Run:
    """Everything that is kept of one run."""

    def __init__(self, plan: Plan, directory: Path, say: Say) -> None:
        self.plan, self.directory, self.say = plan, directory, say
        self.clock = SystemClock()
        self.signs: list[Row] = []
        self.operations: list[Operation] = []
        self.faults: list[Fault] = []
        self.receiver = Receiver(PAGER_SECRET, self.clock.now)
        self.supervisor = Supervisor(
            self._told, self.clock.monotonic, pauses=(0.0,), orphaned=SIGKILL
        )

    def _told(self, line: str) -> None:
        """A line that a person at the terminal would see."""
        who = line.partition(" ")[0]
        at = self.clock.now().isoformat()
        self.signs.append({"at": at, "who": who, "what": SUPERVISOR, "detail": line[:200]})

    async def go(self) -> None:
        """Run, and write the evidence. Raises UserError."""
        began = self.clock.monotonic()
        forker = preloaded(self.plan.environment)
        try:
            with ephemeral() as data:
                async with self.receiver.open() as address:
                    around = Surroundings(
                        data=data,
                        supervisor=self.supervisor,
                        environment=self.plan.environment,
                        receiver=address,
                        played=self._played(),
                        seed=self.plan.seed,
                        times=self.plan.times,
                        fork=forker.fork if forker else None,
                    )
                    await self._within(around, began)
        finally:
            if forker:
                forker.close()

    async def _within(self, around: Surroundings, began: float) -> None:
        try:
            async with standing(around) as house, aiohttp.ClientSession() as session:
                self.say(f"the house stands after {self.clock.monotonic() - began:.1f} s")
                platform = Platform(session, house.report("mock"))
                took = await self._ordeal(house, session, platform)
                await self._write(house, platform, took)
        finally:
            await self.supervisor.stop(CHILDREN, SERVERS)

    def _played(self) -> list[str]:
        """Return what the platform plays: the stream that was named, or one made from the seed."""
        stream = self.plan.stream
        if stream is None:
            stream = self.directory / STREAM
            seconds = SPARE_SECONDS + SECONDS_A_KILL * self.plan.kills
            public.write(stream, self.plan.seed, self.plan.per_second, seconds)
        else:
            (self.directory / STREAM).touch()
        words = ["--stream", str(stream.absolute()), "--speed", self.plan.speed]
        return [*words, "--journal", str(self.directory / PLATFORM)]

    async def _ordeal(
        self, house: House, session: aiohttp.ClientSession, platform: Platform
    ) -> Mapping[str, float]:
        """Do all the harm, then let everything come to its end."""
        url = house.addresses.redis_url
        prober = Prober(session, PROBED, house.health, self.clock.now, self.signs)
        async with asyncio.TaskGroup() as group, sign_in_links(url) as links:
            stop = asyncio.Event()
            desk = self._desk(house, session, links)
            working = group.create_task(desk.work(stop), name="desk")
            endless = [
                group.create_task(self.supervisor.keep(), name="supervisor"),
                group.create_task(prober.run(asyncio.Event()), name="prober"),
            ]
            await platform.misbehave(self.plan.times)
            first = self.clock.monotonic()
            hand = Hand(
                house, self.clock.now, prober.leader, lambda: prober.highest("zhishou_term")
            )
            await self._harm(hand)
            harmed = self.clock.monotonic()
            await platform.behave()
            await platform.pause()
            stop.set()
            await self._settle(platform, prober, desk)
            settled = self.clock.monotonic()
            for each in (working, *endless):
                each.cancel()
        return {
            "seconds": round(settled - first, 1),
            "seconds_per_kill": round((harmed - first) / max(self.plan.kills, 1), 2),
        }

    def _desk(self, house: House, session: aiohttp.ClientSession, links: Links) -> Desk:
        invented = public.roles(self.directory / STREAM)
        writer, second = (
            Console(
                session,
                person,
                house.console,
                links,
                self.clock.now,
                self.operations,
                self.plan.times.settle,
            )
            for person in (ADMIN, SECOND)
        )
        return Desk(
            writer,
            second,
            lambda text: public.role_of(self.plan.seed, text, invented),
            self.receiver.pages,
        )

    async def _harm(self, hand: Hand) -> None:
        """Kill as often as was asked for. A stream of one's own may never reach some of the steps."""
        for more in range(ROUNDS):
            left = self.plan.kills - sum(
                each.how == "kill" and each.reached for each in self.faults
            )
            for each in schedule(left, self.plan.seed + more):
                await asyncio.sleep(each.pause)
                began = self.clock.monotonic()
                faults = await hand.strike(each)
                self.faults.extend(faults)
                took = self.clock.monotonic() - began
                self.say(f"{', '.join(_did(fault) for fault in faults)} ({took:.1f} s)")

    async def _settle(self, platform: Platform, prober: Prober, desk: Desk) -> None:
        """Wait until nothing is owed any more; what is still owed after that counts as lost."""
        times = self.plan.times
        until = self.clock.monotonic() + times.settle
        quiet = self.clock.monotonic() + times.acknowledge + 2 * LOOK_SECONDS
        while self.clock.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
            with suppress(aiohttp.ClientError, OSError):
                said = await platform.items_total()
                counted = prober.highest("zhishou_counts items_classified")
                done = counted >= said and desk.idle and prober.open_effects() == 0
                if done and self.clock.monotonic() >= quiet:
                    return
        self.say(f"not everything came to its end within {times.settle:.0f} s")

    async def _write(self, house: House, platform: Platform, took: Mapping[str, float]) -> None:
        directory = self.directory
        for name in PROBED:
            self.signs.extend(lines_of(name, house.data.log(name)))
        await copied(directory / LOG, house.addresses.nats_url)
        tables: Mapping[str, Sequence[Mapping[str, object]]] = {
            "items": await platform.items(),
            "operations": [asdict(each) for each in self.operations],
            "pages": self.receiver.pages,
            "alarms": self.receiver.alarms,
            "faults": [asdict(each) for each in self.faults],
            "signs": sorted(self.signs, key=lambda each: str(each["at"])),
        }
        for name, rows in tables.items():
            write_rows(directory, name, rows)
        run = {
            "seed": self.plan.seed,
            "kills": self.plan.kills,
            "stream": self.plan.stream.name if self.plan.stream else "",
            "times": asdict(self.plan.times),
            "log_ended": self.clock.now().isoformat(),
            "took": took,
        }
        (directory / RUN).write_text(json.dumps(run), encoding="utf-8")


def _did(fault: Fault) -> str:
    if not fault.reached:
        return f"never reached: {fault.step}"
    return f"{fault.how} {fault.victim} [{fault.step}]"
