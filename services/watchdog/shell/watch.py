"""Reads the ledger in the log, looks at the servers, and tells what should have been told."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from services.watchdog.core.alarms import Book, turn
from services.watchdog.core.duties import Promise, changes
from services.watchdog.shell.book import BookUnwritableError, Place, PromiseBook
from services.watchdog.shell.channel import Tell
from shared.bus.floor import note_need
from shared.bus.port import Bus, BusAwayError, LogTailLostError, Message
from shared.bus.timing import wait_or
from shared.contracts.facts import UndecodableError, decode
from shared.contracts.ledger import is_whole
from shared.contracts.subjects import ROOT, WATCHDOG_NEED
from shared.contracts.system import DecisionsRecorded
from shared.errors import TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock

DECISIONS = f"{ROOT}.decisions.recorded"
TICKS = f"{ROOT}.clock.ticked"
RETRY_SECONDS = 1.0
PROBE_SECONDS = 2.0
TURN_SECONDS = 1.0
HOLD_SECONDS = 1.0
"""How long decisions wait for others to be written with: syncing to disk costs more than writing."""
SILENCE = timedelta(seconds=90)
"""Three heartbeats of the leader."""
LOSS_SHOWN = timedelta(minutes=15)
NAMED = 3
DISK = "disk"

Connect = Callable[[], Awaitable[Bus]]
Ping = Callable[[], Awaitable[None]]
_WHAT = {"clock": "时限", "page": "呼叫送达", "reply": "已批准的回复", "duty": "无人值班的呼叫"}


class Watch:
    """The loops share what they know through this object; each sleeps on the clock passed in."""

    def __init__(
        self,
        connect: Connect,
        ping: Ping,
        book: PromiseBook,
        *,
        tell: Tell,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._connect, self._ping, self._book = connect, ping, book
        self._tell, self._clock, self._metrics = tell, clock, metrics
        self.bus: Bus | None = None
        self._place = book.place
        self._alarms: Book = book.alarms
        self._conditions: dict[str, str] = {}
        self._catching_up_to = 0
        self._leader_seen = clock.now()
        self._lost: tuple[datetime, str] | None = None
        self._log = Log("watchdog")

    async def follow(self, stop: asyncio.Event) -> None:
        """Keep the book of promises as the log says, until told to stop."""
        while not stop.is_set():
            try:
                await self._read_or_forget(stop)
            except BusAwayError:
                self._catching_up_to = 0
                await wait_or(stop, RETRY_SECONDS, self._clock)
            except BookUnwritableError as error:
                self._note_unwritable(error)
                await wait_or(stop, RETRY_SECONDS, self._clock)

    async def _read_or_forget(self, stop: asyncio.Event) -> None:
        try:
            await self._read(stop)
        except LogTailLostError as error:
            self._note_loss(str(error))

    async def _read(self, stop: asyncio.Event) -> None:
        if self.bus is None:
            self.bus = await self._connect()
        incarnation = await self._compare(self.bus)
        newest = await self.bus.last_on(DECISIONS)
        self._catching_up_to = newest.seq if newest else 0
        held: list[Message] = []
        taken = self._clock.monotonic()
        async with self.bus.follow(self._place.seq, subject=DECISIONS) as batches:
            async for batch in batches:
                held += batch
                late = self._clock.monotonic() - taken > HOLD_SECONDS
                if held and (late or not batch or stop.is_set()):
                    self._take(held, incarnation)
                    held, taken = [], self._clock.monotonic()
                if stop.is_set():
                    return

    async def _compare(self, bus: Bus) -> str:
        """Return the log's incarnation. Raises LogTailLostError if it is not the one we read."""
        state, place = await bus.state(), self._place
        if not place.seq:
            return state.incarnation
        if state.incarnation != place.incarnation or state.last_seq < place.seq:
            raise LogTailLostError(f"the log ends before {place.seq} or was made anew")
        for message in await bus.read(place.seq, place.seq):
            if _digest(message) != place.digest:
                raise LogTailLostError(f"the fact at {place.seq} is another one")
        return state.incarnation

    async def note_need(self, bus: Bus) -> None:
        """Say which facts are not read here yet, so that they stay in the log (invariant 13)."""
        state, place = await bus.state(), self._place
        newest = await bus.last_on(DECISIONS)
        if newest is None or (place.incarnation, newest.seq) == (state.incarnation, place.seq):
            needed = state.last_seq + 1
        else:
            needed = place.seq + 1 if place.incarnation == state.incarnation else 1
        await note_need(bus, WATCHDOG_NEED, state.incarnation, needed)

    def _take(self, batch: Sequence[Message], incarnation: str) -> None:
        lines = [line for message in batch for line in self._lines(message)]
        place = Place(incarnation=incarnation, seq=batch[-1].seq, digest=_digest(batch[-1]))
        self._leader_seen = max(self._leader_seen, batch[-1].time)
        self._book.take(changes(lines), place)
        self._place = place

    def _lines(self, message: Message) -> Sequence[str]:
        try:
            fact = decode(message.data)
        except UndecodableError as error:
            self._log.failed(Event.FACT_QUARANTINED, error, seq=message.seq)
            return ()
        if not isinstance(fact, DecisionsRecorded):
            return ()
        # What is told short is the judgement of an item that became no case: it promises nothing.
        return [each for each in fact.lines if is_whole(each)] if fact.forms else fact.lines

    def _note_loss(self, reason: str) -> None:
        self._log.failed(Event.LOG_TAIL_LOST, reason=reason)
        self._lost = (self._clock.now(), reason)
        self._book.forget()
        self._place = Place()

    async def probe(self, stop: asyncio.Event) -> None:
        """Look at the servers and for a sign of the leader, until told to stop."""
        while not stop.is_set():
            await self._probe("nats", self._look_at_log)
            await self._probe("valkey", self._ping)
            await wait_or(stop, PROBE_SECONDS, self._clock)

    async def _probe(self, key: str, look: Ping) -> None:
        try:
            await look()
        except TransientError as error:
            server = "NATS(事实日志)" if key == "nats" else "Valkey(工作状态)"
            self._conditions[key] = f"{server}没有应答:{error}"
        else:
            self._conditions.pop(key, None)

    async def _look_at_log(self) -> None:
        if self.bus is None:
            raise BusAwayError("not connected yet")
        await self.bus.state()
        tick = await self.bus.last_on(TICKS)
        if tick is not None:
            self._leader_seen = max(self._leader_seen, tick.time)
        if self._clock.now() - self._leader_seen > SILENCE:
            self._conditions["respond"] = (
                f"respond 自 {self._leader_seen:%m-%d %H:%M:%S} UTC 起没有动静:没有人在算时限、发呼叫"
            )
        else:
            self._conditions.pop("respond", None)

    async def alarm(self, stop: asyncio.Event) -> None:
        """Tell what is to be told, until told to stop."""
        while not stop.is_set():
            await self.turn()
            await wait_or(stop, TURN_SECONDS, self._clock)

    async def turn(self) -> None:
        """Look once at all that holds now."""
        now = self._clock.now()
        conditions = dict(self._conditions)
        if self._lost is not None and now - self._lost[0] < LOSS_SHOWN:
            conditions["log"] = f"事实日志与看门狗读过的不符:{self._lost[1]}"
        if self._place.seq >= self._catching_up_to:
            conditions |= self._overdue(now)
        elif "promises" in self._alarms:
            conditions["promises"] = self._alarms["promises"].text
        before = self._alarms
        book, told = turn(before, conditions, now)
        fresh = dict(book)
        for alarm in told:
            if await self._tell(alarm):
                self._metrics.count(Metric.WATCHDOG_ALARMS, what=alarm.key, state=alarm.kind)
            elif alarm.key in before:
                fresh[alarm.key] = before[alarm.key]
            else:
                fresh[alarm.key] = book[alarm.key]._replace(told_at=None, times=0)
        self._alarms = fresh
        if fresh != before or DISK in self._conditions:
            self._keep(fresh)

    def _keep(self, alarms: Book) -> None:
        try:
            self._book.keep_alarms(alarms)
        except BookUnwritableError as error:
            self._note_unwritable(error)
        else:
            self._conditions.pop(DISK, None)

    def _note_unwritable(self, error: BookUnwritableError) -> None:
        """A full disk is told like anything else; what is known meanwhile is kept in memory."""
        self._conditions[DISK] = f"看门狗的文件写不进去:{error}。请看磁盘"

    def _overdue(self, now: datetime) -> dict[str, str]:
        found, count = self._book.overdue(now, NAMED)
        self._metrics.set(Metric.PROMISES_OVERDUE, count)
        self._metrics.set(Metric.PROMISES_OPEN, self._book.open_promises())
        if not count:
            return {}
        named = ";".join(map(_spoken, found))
        return {
            "promises": f"{count} 项到时没有下文:{named}。请看 zhishou doctor 和 respond 的日志"
        }


def _spoken(promise: Promise) -> str:
    return f"案件 {promise.case_id} 的{_WHAT[promise.what]} {promise.due:%m-%d %H:%M:%S} UTC"


def _digest(message: Message) -> str:
    return hashlib.sha256(message.data).hexdigest()
