"""Follows the log and writes the projection: one transaction a batch, its own cursor inside."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from typing import ParamSpec, TypeVar

from services.archive.core.rows import Rows, rows_of
from services.archive.shell.database import Database, Place
from shared.bus.ancestry import holds
from shared.bus.floor import read_floor
from shared.bus.port import Bus, LogState, LogTailLostError, Message
from shared.contracts.base import stamp
from shared.errors import TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock

RETRY_SECONDS = 1.0
RATHER_MANY = 2048
RATHER_LARGE = 8 << 20
LATEST_SECONDS = 1.0
"""How long a fact waits for others to be written with: a transaction costs more than its rows."""

Sealed = Callable[[LogState, int], AsyncIterator[Sequence[Message]]]
"""Yields what is sealed of a log after a place."""


async def _none(_log: LogState, _after_seq: int) -> AsyncIterator[Sequence[Message]]:
    nothing: tuple[Sequence[Message], ...] = ()
    for each in nothing:
        yield each


_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


class Archivist:
    """The only writer of the archive."""

    def __init__(
        self, bus: Bus, database: Database, clock: Clock, metrics: Metrics, sealed: Sealed = _none
    ) -> None:
        self._bus, self._database, self._clock, self._metrics = bus, database, clock, metrics
        self._sealed = sealed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._log = Log("archive")
        self.seq = self.bytes_read = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Archive until told to stop."""
        while not stop.is_set():
            try:
                place = await self._catch_up(await self._begin())
                await self._follow(place, stop)
            except (TransientError, LogTailLostError) as error:
                self._log.warning(Event.LOOP_RETRIES, loop="archive", why=f"{error}"[:200])
                await self._clock.sleep(RETRY_SECONDS)

    async def _begin(self) -> Place:
        """Return where to go on; start over when the log is not the one we know (inv. 12)."""
        state = await self._bus.state()
        place = await self._in_thread(self._database.place)
        empty = Place(incarnation=state.incarnation, seq=0, fact_hash="")
        if place is None:
            await self._in_thread(self._database.start_over)
            return empty
        reason = ""
        if place.incarnation != state.incarnation and not await holds(
            self._bus, place.incarnation, place.seq
        ):
            reason = "the stream was made anew"
        elif place.seq > state.last_seq:
            reason = "the log is shorter than the archive"
        elif any(_hash(each) != place.fact_hash for each in await self._at(place.seq)):
            reason = "the fact at the cursor is another one"
        if not reason:
            self.seq = place.seq
            return place.model_copy(update={"incarnation": state.incarnation})
        self._log.failed(Event.LOG_TAIL_LOST, reason=reason, seq=place.seq)
        self.seq = 0
        await self._in_thread(self._database.start_over)
        return empty

    async def _catch_up(self, place: Place) -> Place:
        """Read from the segments what left the log before it was archived here."""
        log = await self._bus.state()
        if (await read_floor(self._bus, log.incarnation)).purged <= place.seq:
            return place
        async for batch in self._sealed(log, place.seq):
            place = await self._keep(batch, place)
        return place

    async def _at(self, seq: int) -> Sequence[Message]:
        return await self._bus.read(seq, seq) if seq else ()

    async def _follow(self, place: Place, stop: asyncio.Event) -> None:
        held: list[Message] = []
        size, written = 0, self._clock.monotonic()
        async with self._bus.follow(place.seq, limit=RATHER_MANY) as batches:
            async for batch in batches:
                held += batch
                size += sum([len(each.data) for each in batch])
                late = self._clock.monotonic() - written > LATEST_SECONDS
                enough = late or len(held) >= RATHER_MANY or size >= RATHER_LARGE
                if held and (enough or not batch or stop.is_set()):
                    place = await self._keep(held, place)
                    held, size, written = [], 0, self._clock.monotonic()
                if stop.is_set():
                    return

    async def _keep(self, held: Sequence[Message], before: Place) -> Place:
        newest = held[-1]
        place = Place(incarnation=before.incarnation, seq=newest.seq, fact_hash=_hash(newest))
        await self._in_thread(self._write, held, place)
        self.seq = place.seq
        self.bytes_read += sum([len(each.data) for each in held])
        self._metrics.count(Metric.ARCHIVED, len(held))
        self._metrics.set(Metric.ARCHIVE_CURSOR, place.seq)
        return place

    def _write(self, batch: Sequence[Message], place: Place) -> None:
        rows: list[Rows] = []
        for message in batch:
            try:
                rows.extend(rows_of(message.seq, stamp(message.time), message.data))
            except (ValueError, KeyError, TypeError) as error:
                # No fact of ours. Who folds it has quarantined it; here it is only passed over.
                self._log.debug(Event.FACT_QUARANTINED, seq=message.seq, cause=error)
        self._database.write(rows, place)

    async def counts(self) -> Mapping[str, int]:
        """Return how many of each the archive holds."""
        return await self._in_thread(self._database.counts)

    async def close(self) -> None:
        """Close the file in its own thread."""
        await self._in_thread(self._database.close)
        self._thread.shutdown()

    async def _in_thread(
        self, work: Callable[_Given, _Answer], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(work, *args, **kwargs))


def _hash(message: Message) -> str:
    return sha256(message.data).hexdigest()
