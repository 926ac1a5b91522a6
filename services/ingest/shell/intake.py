"""The one way into the log: admit, publish in batches, and onto the disk when the log is away."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice

from services.ingest.core.admit import Admit, Duplicate, TooOld, admit
from services.ingest.shell.spool import Spool
from services.ingest.shell.writer import Writer
from shared.bus.port import MAX_BATCH, Ack, Bus, BusAwayError, LogFullError
from shared.contracts.facts import Fact, UndecodableError, decode, encode
from shared.contracts.items import ItemReceived
from shared.contracts.subjects import message_id
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.observability.traces import trace_of
from shared.runtime.clock import Clock

SEEN_MARKS = 50_000
ON_ITS_WAY = timedelta(hours=1)
PUBLISH_SECONDS = 2.0
"""A webhook has five seconds to answer; after two the disk is the better place."""


class Intake:
    """Takes facts from every source of this process."""

    def __init__(
        self,
        bus: Bus,
        spool: Spool,
        clock: Clock,
        metrics: Metrics,
        *,
        oldest: timedelta,
        publish_seconds: float = PUBLISH_SECONDS,
    ) -> None:
        self._writer = Writer(bus)
        self._spool = spool
        self._clock = clock
        self._metrics = metrics
        self._oldest = oldest
        self._publish_seconds = publish_seconds
        self._seen: dict[str, None] = {}
        self._unsure: dict[str, None] = {}
        self._log = Log("ingest")
        self.newest_seq = 0

    @property
    def spooling(self) -> bool:
        """Tell whether facts wait on the disk."""
        return self._spool.waiting > 0

    async def accept(self, facts: Sequence[Fact]) -> bool:
        """Return True once all are stored in the log, False once they are safe on the disk.

        While facts wait on the disk others follow them there: order is kept, and nobody waits
        for a log that is known to be away. Raises OSError when neither works: then nothing may
        be acknowledged to anybody.
        """
        admitted = self._admit(facts)
        stored = not self.spooling
        if admitted and stored:
            stored = await self._try_to_publish(admitted)
        if admitted and not stored:
            await self._to_disk([one.fact for one in admitted])
        _keep(self._seen, (one.mark for one in admitted))
        return stored

    async def look(self, platform: str, account_id: str) -> None:
        """Learn which items of an account the log has, before any is read. Raises TransientError."""
        await self._writer.look((platform, account_id))

    async def drain(self) -> int:
        """Bring what waits on the disk into the log. Raises TransientError while it is away."""
        if not self.spooling:
            return 0
        drained = await self._spool.drain(self._publish_records)
        self._metrics.set(Metric.SPOOL_WAITING, self._spool.waiting)
        self._log.info(Event.SPOOL_DRAINED, facts=drained)
        return drained

    def forget(self) -> None:
        """The log lost facts: let everything in again, the log knows what it still has."""
        self._seen.clear()
        self._writer.forget()
        self.newest_seq = 0

    async def _try_to_publish(self, admitted: Sequence[Admit]) -> bool:
        try:
            await self._publish([one.fact for one in admitted])
        except (BusAwayError, LogFullError) as error:
            _keep(self._unsure, (one.mark for one in admitted))
            self._log.warning(Event.ITEMS_SPOOLED, why=type(error).__name__)
            return False
        # Nothing older waits on the disk, and what is older is not let in; but it may be on its way.
        self._writer.let_go(self._clock.now() - self._oldest - ON_ITS_WAY)
        return True

    def _admit(self, facts: Sequence[Fact]) -> list[Admit]:
        admitted: dict[str, Admit] = {}
        now = self._clock.now()
        for fact in facts:
            match admit(fact, self._seen, now, self._oldest):
                case Admit() as one:
                    admitted.setdefault(one.mark, one)
                case TooOld():
                    platform, _ = fact.scope()
                    self._metrics.count(Metric.ITEMS_REJECTED, platform=platform)
                case Duplicate():
                    pass
        return list(admitted.values())

    async def _publish(self, facts: Sequence[Fact]) -> None:
        for part in _parts(facts):
            try:
                async with asyncio.timeout(self._publish_seconds):
                    acks = await self._writer.publish(part)
            except TimeoutError as error:
                raise BusAwayError("the log did not answer in time") from error
            self._tally(part, acks)
            if self._log.says_debug:
                self._log.debug(Event.ITEMS_PUBLISHED, trace_id=_traces(part))

    async def _publish_records(self, records: Sequence[bytes]) -> None:
        facts: list[Fact] = []
        for record in records:
            try:
                facts.append(decode(record))
            except UndecodableError as error:
                self._log.failed(Event.ITEM_REJECTED, error)
        await self._publish(facts)

    async def _to_disk(self, facts: Sequence[Fact]) -> None:
        await self._spool.append([encode(fact) for fact in facts])
        self._metrics.count(Metric.ITEMS_SPOOLED, len(facts))
        self._metrics.set(Metric.SPOOL_WAITING, self._spool.waiting)
        self._log.info(Event.ITEMS_SPOOLED, facts=len(facts), trace_id=_traces(facts))

    def _tally(self, facts: Sequence[Fact], acks: Sequence[Ack]) -> None:
        """Count each item once, also when the ack of an earlier try was lost."""
        for fact, ack in zip(facts, acks, strict=True):
            self.newest_seq = max(self.newest_seq, ack.seq)
            if not isinstance(fact, ItemReceived):
                continue
            mark = message_id(fact) if self._unsure else ""
            if ack.duplicate and mark not in self._unsure:
                self._metrics.count(Metric.ITEMS_DUPLICATE, platform=fact.platform)
            else:
                kind = fact.item_kind.value
                self._metrics.count(Metric.ITEMS_RECEIVED, platform=fact.platform, kind=kind)
            self._unsure.pop(mark, None)


def _keep(marks: dict[str, None], fresh: Iterable[str]) -> None:
    """Add marks; the oldest are forgotten when there are too many."""
    marks.update(dict.fromkeys(fresh))
    for mark in list(islice(marks, max(len(marks) - SEEN_MARKS, 0))):
        del marks[mark]


def _traces(facts: Sequence[Fact]) -> list[str]:
    return [trace for fact in facts if (trace := trace_of(fact))]


def _parts(facts: Sequence[Fact]) -> Iterator[Sequence[Fact]]:
    for start in range(0, len(facts), MAX_BATCH):
        yield facts[start : start + MAX_BATCH]
