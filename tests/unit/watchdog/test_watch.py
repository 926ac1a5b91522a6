"""The watchdog's loops on a log in memory and a clock that stands still."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from services.respond.core.decisions import CaseOpened, ClockBreached, line
from services.watchdog.core.alarms import Alarm
from services.watchdog.shell.book import PromiseBook
from services.watchdog.shell.watch import Watch
from shared.bus.floor import read_need
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Bus, outgoing
from shared.contracts.subjects import WATCHDOG_NEED
from shared.contracts.system import ClockTicked, DecisionsRecorded
from shared.observability.metrics import Metric, Metrics
from shared.store.port import StoreAwayError
from tests.fakes.clock import FakeClock
from tests.fakes.full_disk import files_end_at


class Outside:
    """What is around the watchdog, and what it told."""

    def __init__(self, file: Path) -> None:
        self.file, self.clock = file, FakeClock()
        self.bus = MemoryBus(self.clock)
        self.metrics = Metrics()
        self.store_away = self.deaf = False
        self.told: list[Alarm] = []

    async def connect(self) -> Bus:
        return self.bus

    async def ping(self) -> None:
        if self.store_away:
            raise StoreAwayError("connection refused")

    async def tell(self, alarm: Alarm) -> bool:
        if not self.deaf:
            self.told.append(alarm)
        return not self.deaf

    async def lives(self, seconds: float, *, leader: bool = True) -> None:
        """Let a fresh watchdog run for a while, the leader ticking every 30 s."""
        watch = Watch(
            self.connect, self.ping, PromiseBook(self.file),
            tell=self.tell, clock=self.clock, metrics=self.metrics,
        )  # fmt: skip
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for loop in (watch.follow, watch.probe, watch.alarm):
                group.create_task(loop(stop))
            end = self.clock.monotonic() + seconds
            while self.clock.monotonic() < end:
                if leader and not self.bus.away:
                    tick = int(self.clock.monotonic())
                    await self.bus.publish([outgoing(ClockTicked(term=1, tick=tick))])
                await self.clock.advance(min(30.0, end - self.clock.monotonic()))
            stop.set()
            await self.clock.advance(5)

    async def decide(self, *lines: str) -> None:
        seq = (await self.bus.state()).last_seq
        fact = DecisionsRecorded(after_seq=seq, upto_seq=seq, lines=lines, chain=str(seq))
        await self.bus.publish([outgoing(fact)])

    def kinds(self) -> list[tuple[str, str]]:
        return [(each.key, each.kind) for each in self.told]


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "promises.sqlite3")


def opened(outside: Outside, minutes: float) -> str:
    due = outside.clock.now() + timedelta(minutes=minutes)
    fact = CaseOpened(
        at=outside.clock.now(), account_id="a", case_id="c1", item_id="i1", labels=(),
        severity=1, acknowledge_due=due, first_reply_due=due + timedelta(hours=1),
    )  # fmt: skip
    return line(fact)


async def test_all_is_well_and_nothing_is_said(outside: Outside) -> None:
    await outside.decide(opened(outside, 60))
    await outside.lives(600)
    assert outside.told == []
    assert outside.metrics.value(Metric.PROMISES_OPEN) == 2


async def test_a_clock_that_ran_out_without_a_word_is_told(outside: Outside) -> None:
    await outside.decide(opened(outside, 1))
    await outside.lives(119)
    assert outside.told == []
    await outside.lives(5)
    [alarm] = outside.told
    assert "案件 c1 的时限" in alarm.text
    breach = ClockBreached(
        at=outside.clock.now(), account_id="a", case_id="c1", clock="acknowledge"
    )
    await outside.decide(line(breach))
    await outside.lives(10)
    assert outside.kinds() == [("promises", "new"), ("promises", "over")]


async def test_with_both_servers_dead_its_own_file_tells_in_time(outside: Outside) -> None:
    await outside.decide(opened(outside, 3))
    await outside.lives(10)
    outside.bus.away = outside.store_away = True
    await outside.lives(260)
    assert outside.kinds() == [("nats", "new"), ("valkey", "new"), ("promises", "new")]


async def test_a_leader_without_a_sign_is_told_and_comes_back(outside: Outside) -> None:
    await outside.lives(60)
    await outside.lives(200, leader=False)
    assert outside.kinds() == [("respond", "new")]
    await outside.lives(60)
    assert outside.kinds() == [("respond", "new"), ("respond", "over")]


async def test_a_restart_tells_nothing_twice_and_a_deaf_channel_is_tried_again(
    outside: Outside,
) -> None:
    await outside.decide(opened(outside, 0))
    outside.deaf = True
    await outside.lives(70)
    outside.deaf = False
    await outside.lives(3)
    await outside.lives(60)
    assert outside.kinds() == [("promises", "new")]


async def test_another_log_is_told_and_read_from_its_beginning(outside: Outside) -> None:
    await outside.decide(opened(outside, 600))
    await outside.lives(10)
    outside.bus = MemoryBus(outside.clock)
    await outside.lives(60)
    assert outside.kinds() == [("log", "new")]
    assert outside.metrics.value(Metric.PROMISES_OPEN) == 0


async def test_a_watchdog_that_has_much_to_read_says_nothing_before_it_has(
    outside: Outside,
) -> None:
    for number in range(600):
        await outside.decide(opened(outside, 0).replace("c1", f"c{number}"))
        breaches = (
            line(
                ClockBreached(
                    at=outside.clock.now(), account_id="a", case_id=f"c{number}", clock=c
                )
            )
            for c in ("acknowledge", "first_reply")
        )
        await outside.decide(*breaches)
    await outside.clock.advance(7_200)
    await outside.lives(60)
    assert outside.told == []


async def test_what_is_not_read_yet_is_held_in_the_log(tmp_path: Path) -> None:
    outside = Outside(tmp_path / "promises.sqlite3")
    watch = Watch(
        outside.connect, outside.ping, PromiseBook(outside.file),
        tell=outside.tell, clock=outside.clock, metrics=outside.metrics,
    )  # fmt: skip
    bus = outside.bus

    async def held() -> int | None:
        await watch.note_need(bus)
        return await read_need(bus, WATCHDOG_NEED, (await bus.state()).incarnation)

    await bus.publish([outgoing(ClockTicked(term=1, tick=1))])
    assert await held() == 2, "there is nothing that promises anything"
    for seq in (1, 2):
        fact = DecisionsRecorded(after_seq=seq, upto_seq=seq, lines=(), chain=str(seq))
        await bus.publish([outgoing(fact)])
    assert await held() == 1
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(watch.follow(stop))
        await outside.clock.advance(2)
        await bus.publish([outgoing(ClockTicked(term=1, tick=2))])
        assert await held() == 5
        fact = DecisionsRecorded(after_seq=3, upto_seq=3, lines=(), chain="3")
        stop.set()
        await outside.clock.advance(2)
    await bus.publish([outgoing(fact)])
    assert await held() == 4, "all behind the last decision that was read"


async def test_a_full_disk_is_told_and_nothing_is_forgotten(outside: Outside) -> None:
    await outside.lives(10)
    await outside.decide(opened(outside, 2))
    with files_end_at(0):
        await outside.lives(60)
    assert outside.kinds() == [("disk", "new")]
    await outside.lives(180)
    assert outside.kinds() == [("disk", "new"), ("promises", "new")]
