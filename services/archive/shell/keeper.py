"""Looks after the log's size: what is closed is sealed, what is sealed and spare may leave it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from services.archive.core.purging import (
    Brake,
    Fill,
    Policy,
    is_over,
    items_may_go,
    limit_of,
    next_range,
    unwanted,
)
from services.archive.core.segments import Seal
from services.archive.shell.sealer import Sealer
from shared.bus.floor import raise_floor, read_floor, read_need
from shared.bus.port import Bus, LogFullError, LogState, LogTailLostError
from shared.bus.timing import wait_or
from shared.contracts.base import stamp
from shared.contracts.subjects import (
    ARCHIVE_PULSE,
    CLASSIFY_CONSUMER,
    PURGED_FIRST,
    PURGED_LATER,
    WATCHDOG_NEED,
)
from shared.errors import PermanentError, TransientError, UserError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock

LOOK_SECONDS = 5.0
STRIDE = 100_000
"""Places purged in one request; it takes the server a few tenths of a second."""
NEEDED = ("respond",)
"""Without a snapshot of the state nothing may leave the log."""
FACT_BYTES = 1024
"""Of a segment that has many places with single facts; as many bytes in fewer places are one too."""
LEAST_SHARE = 10
"""For room a shorter range is sealed, at least this fraction of a whole one."""


class LogKeeper:
    """`reached` says how far the archive itself has read, `read` how many bytes since it started."""

    def __init__(
        self,
        bus: Bus,
        sealer: Sealer,
        clock: Clock,
        metrics: Metrics,
        *,
        policy: Policy,
        segment_facts: int,
        reached: Callable[[], int],
        read: Callable[[], int],
    ) -> None:
        self._bus, self._sealer, self._clock, self._metrics = bus, sealer, clock, metrics
        self._policy, self._segment_facts, self._reached = policy, segment_facts, reached
        self._read, self._read_before = read, 0
        self._purged: dict[str, int] = {}
        self._incarnation = ""
        self._brake: Brake | None = None
        self._pressed = False
        self._log = Log("archive")

    async def run(self, stop: asyncio.Event) -> None:
        """Look after it until told to stop; not at once, when a house has other things to do."""
        while not await wait_or(stop, LOOK_SECONDS, self._clock):
            try:
                await self.look(stop)
            except (TransientError, PermanentError, LogTailLostError, OSError, UserError) as error:
                self._log.warning(Event.LOOP_RETRIES, loop="log", why=f"{error}"[:200])

    async def look(self, stop: asyncio.Event) -> None:
        """Seal what is closed; purge what may go. Raises TransientError, LogTailLostError, OSError."""
        log = await self._bus.state()
        if log.incarnation != self._incarnation:
            self._purged, self._incarnation = {}, log.incarnation
        self._brake = self._brake and self._brake.eased(log.bytes_stored)
        self._pressed = False
        log = await self._limited(log)
        seals = await self._seal_closed(log, stop)
        floor = await read_floor(self._bus, log.incarnation)
        self._show(log, seals, floor.purged)
        for who, seq in floor.holds.items():
            self._metrics.set(Metric.LOG_HOLD, seq, who=who)
        wanted = unwanted(self._policy, _fill(log), seals, self._clock.now())
        if wanted or floor.purged:
            await self._purge(log, seals, max(wanted, floor.purged))
        await self._make_room(log, seals, stop)

    async def _limited(self, log: LogState) -> LogState:
        """Give the log the limit that was set, or a brake; the setting rules, 0 is none."""
        wanted = self._policy.limit_bytes if self._brake is None else self._brake.limit_bytes
        if wanted != log.max_bytes:
            await self._bus.set_limit(wanted)
        return replace(log, max_bytes=wanted)

    async def _seal_closed(self, log: LogState, stop: asyncio.Event) -> list[Seal]:
        seals = await self._sealer.seals(log)
        while not stop.is_set():
            sealed, reached = _end(seals), self._reached()
            end = sealed + self._segment_facts
            if reached < end and not (reached > sealed and self._is_heavy()):
                break
            self._read_before = self._read()
            seal = await self._sealer.seal(log, seals, min(reached, end))
            if seal is None:
                break
            seals.append(seal)
        await self._tell(seals)
        return seals

    def _is_heavy(self, share: int = 1) -> bool:
        """Tell whether what is not sealed has the bytes of a whole segment, or this fraction of one.

        Items that came together are one place of the log, and up to 256 kB.
        """
        return self._read() - self._read_before >= self._segment_facts * FACT_BYTES // share

    async def _tell(self, seals: list[Seal]) -> None:
        try:
            await self._sealer.tell(seals)
        except TransientError as error:
            # A full log takes no seal either; it stands on disk and is told when there is room.
            self._log.warning(Event.LOOP_RETRIES, loop="seal", why=str(error))

    async def _make_room(self, log: LogState, seals: list[Seal], stop: asyncio.Event) -> None:
        """Purge range by range, the oldest first, while the log or its server is too full.

        `_pressed`: the store takes nothing, and beside what nobody needs there is nothing to purge.
        """
        began = False
        while not stop.is_set():
            full = not await self._pulse()
            if full and self._brake is None:
                self._brake = Brake.at(log.bytes_stored)
                log = await self._limited(log)
            if not full and not self._is_over(log, began=began):
                return
            began = True
            before = (await read_floor(self._bus, log.incarnation)).purged
            upto = next_range(seals, before) or await self._seal_short(log, seals)
            if not upto or await self._purged_upto(log, seals, upto) <= before:
                if self._brake is not None and not self._pressed:
                    self._pressed = True
                    continue
                self._log.warning(Event.LOG_FULL, bytes=log.bytes_stored, purged=before)
                return
            log = await self._bus.state()

    def _is_over(self, log: LogState, *, began: bool) -> bool:
        if self._brake is not None:
            return self._brake.is_over(log.bytes_stored)
        return is_over(self._policy, _fill(log), began=began)

    async def _pulse(self) -> bool:
        """Write a few bytes; False if the server's store takes none, whatever the log's limit is."""
        known = await self._bus.get_value(ARCHIVE_PULSE)
        value = stamp(self._clock.now()).encode()
        try:
            await self._bus.put_value(ARCHIVE_PULSE, value, revision=known[1] if known else 0)
        except LogFullError:
            return False
        return True

    async def _seal_short(self, log: LogState, seals: list[Seal]) -> int:
        """Seal a range before it is whole, if there is enough that nobody needs; return its end."""
        floor = await read_floor(self._bus, log.incarnation)
        if not floor.holds.keys() >= set(NEEDED):
            return 0
        end = await self._spare(log, min(self._reached(), floor.spare(pressed=self._pressed)))
        few = end - _end(seals) < self._segment_facts // LEAST_SHARE
        if end <= _end(seals) or (few and not self._is_heavy(LEAST_SHARE)):
            return 0
        self._read_before = self._read()
        seal = await self._sealer.seal(log, seals, end, at_once=True)
        if seal is None:
            return 0
        seals.append(seal)
        await self._tell(seals)
        return seal.last_seq

    async def _spare(self, log: LogState, upto: int) -> int:
        """Return up to where classify and the watchdog are done too."""
        judged = await self._bus.unacked(CLASSIFY_CONSUMER)
        watched = await read_need(self._bus, WATCHDOG_NEED, log.incarnation)
        for who, needed in (("classify", judged), ("watchdog", watched)):
            if needed is not None:
                self._metrics.set(Metric.LOG_HOLD, needed, who=who)
                upto = min(upto, needed - 1)
        return upto

    async def _purge(self, log: LogState, seals: list[Seal], wanted: int) -> int:
        """Purge up to `wanted` as far as it is sealed and nobody needs it; return up to where."""
        spare = await self._spare(log, min(wanted, self._reached(), _end(seals)))
        purged = await self._claim(log, spare)
        for subject in PURGED_FIRST:
            newest = await self._bus.last_on(subject)
            if newest is not None:
                await self._purge_subject(subject, min(purged, newest.seq - 1))
        items = items_may_go(self._policy, seals, purged, self._clock.now())
        for pattern in PURGED_LATER:
            await self._purge_subject(pattern, items)
        self._show(log, seals, purged)
        return purged

    async def _purged_upto(self, log: LogState, seals: list[Seal], upto: int) -> int:
        try:
            return await self._purge(log, seals, upto)
        except LogFullError:  # what little could go made no room for the note that it goes
            return 0

    async def _claim(self, log: LogState, spare: int) -> int:
        """Write down that facts up to `spare` leave the log, before they do; return up to where.

        A store that is full takes no such note. Then one stride goes first, to make room for it:
        should respond just now go back to an older snapshot, it notices the hole.
        """
        pressed = self._pressed
        try:
            return await raise_floor(self._bus, log.incarnation, spare, NEEDED, pressed=pressed)
        except LogFullError:
            floor = await read_floor(self._bus, log.incarnation)
        if floor.holds.keys() >= set(NEEDED):
            upto = min(spare, floor.purged + STRIDE, floor.spare(pressed=pressed))
            if upto > floor.purged:
                await self._bus.purge(PURGED_FIRST[0], upto)
        return await raise_floor(self._bus, log.incarnation, spare, NEEDED, pressed=pressed)

    async def _purge_subject(self, subject: str, upto: int) -> None:
        """Purge in strides, so that the server has time for others; again after a restart."""
        while (done := self._purged.get(subject, 0)) < upto:
            end = min(done + STRIDE, upto)
            count = await self._bus.purge(subject, end)
            self._metrics.count(Metric.FACTS_PURGED, count)
            self._purged[subject] = end

    def _show(self, log: LogState, seals: list[Seal], purged: int) -> None:
        metrics = self._metrics
        metrics.set(Metric.LOG_BYTES, log.bytes_stored)
        metrics.set(Metric.LOG_LIMIT, limit_of(self._policy, _fill(log)))
        metrics.set(Metric.SEALED, _end(seals))
        metrics.set(Metric.LOG_PURGED, purged)


def _fill(log: LogState) -> Fill:
    return Fill(log.last_seq, log.bytes_stored, log.max_bytes)


def _end(seals: list[Seal]) -> int:
    return seals[-1].last_seq if seals else 0
