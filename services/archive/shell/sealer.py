"""Seals closed ranges of the log as segments, one after the other, and tells the log so."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import ParamSpec, TypeVar

from services.archive.core.segments import SALT_BYTES, Entry, Line, Seal, Tree, chained, entry_line
from services.archive.shell.segments import BrokenSegmentError, Segments, Writer, read_lines
from shared.bus.ancestry import holds
from shared.bus.port import Bus, LogState, Message, outgoing
from shared.contracts.facts import UndecodableError, decode
from shared.contracts.policy import packs_named
from shared.contracts.subjects import ROOT, SEGMENTS_SEALED
from shared.contracts.system import SegmentSealed
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import Clock

RATHER_MANY = 1024
AT_ONCE = 128
"""Lines of a segment; each may hold hundreds of items."""
NAMING = frozenset({f"{ROOT}.policy.activated", f"{ROOT}.operator.policy_proposed"})
"""What brings a pack into the log."""

Salts = Callable[[int], bytes]
_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


class Sealer:
    """The only writer of segments. `salts` gives random bytes."""

    def __init__(
        self, bus: Bus, segments: Segments, clock: Clock, metrics: Metrics, salts: Salts
    ) -> None:
        self._bus, self._segments, self._clock = bus, segments, clock
        self._metrics, self._salts = metrics, salts
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="segments")
        self._one_at_a_time = asyncio.Lock()
        self._known: list[Seal] | None = None
        self._log = Log("archive")

    async def seals(self, log: LogState) -> list[Seal]:
        """Return the seals of this log; what was sealed of one that is no more is set aside."""
        async with self._one_at_a_time:
            if self._known is None:
                self._known = await self._in_thread(self._segments.seals)
            good = len(self._known)
            while good and not await self._is_of(log, self._known[good - 1]):
                good -= 1
            if lost := self._known[good:]:
                self._log.failed(Event.SEGMENTS_SET_ASIDE, count=len(lost), seq=lost[0].first_seq)
                await self._in_thread(self._segments.set_aside, lost)
                del self._known[good:]
            return list(self._known)

    async def tell(self, seals: Sequence[Seal]) -> None:
        """Append the seals that the log does not know yet. Raises TransientError."""
        newest = await self._bus.last_on(SEGMENTS_SEALED)
        known = None if newest is None else decode(newest.data)
        chains = [each.chain for each in seals]
        chain = known.chain if isinstance(known, SegmentSealed) else ""
        untold = seals[chains.index(chain) + 1 :] if chain in chains else seals
        await self._bus.publish([outgoing(_fact(each)) for each in untold])

    async def seal(
        self, log: LogState, seals: Sequence[Seal], last_seq: int, *, at_once: bool = False
    ) -> Seal | None:
        """Seal what follows the last seal, up to `last_seq`; None if there was nothing.

        Unless `at_once`, half of the time is left to others. Raises: TransientError, OSError.
        """
        first_seq = seals[-1].last_seq + 1 if seals else 1
        writer = await self._in_thread(self._segments.writer, first_seq, last_seq)
        work = _Work(writer, Tree())
        try:
            await self._copy(work, first_seq, last_seq, at_once=at_once)
            seal = self._conclude(work, log, seals, (first_seq, last_seq))
            await self._in_thread(writer.give_up if seal is None else writer.finish)
        except BaseException:
            await self._in_thread(writer.give_up)
            raise
        if seal is not None:
            await self._in_thread(self._segments.seal, seal)
            self._known = [*seals, seal]
            self._metrics.set(Metric.SEALED, seal.last_seq)
            self._log.info(Event.SEGMENT_SEALED, first=first_seq, last=last_seq, facts=seal.facts)
        return seal

    async def sealed(self, log: LogState, after_seq: int) -> AsyncIterator[Sequence[Message]]:
        """Yield what is sealed of this log after a place, in batches.

        A segment that is damaged is read as far as it goes; that is said, and the next one follows.
        """
        for seal in await self.seals(log):
            if seal.last_seq <= after_seq:
                continue
            lines = read_lines(self._segments.lines_file(seal))
            try:
                while batch := await self._in_thread(_some, lines, after_seq):
                    yield batch
            except BrokenSegmentError as error:
                self._log.failed(Event.SEGMENT_DAMAGED, error, after_seq=error.after_seq)

    async def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()

    async def _is_of(self, log: LogState, seal: Seal) -> bool:
        if seal.last_seq > log.last_seq:
            return False
        known = seal.incarnation == log.incarnation
        if not known and not await holds(self._bus, seal.incarnation, seal.last_seq):
            return False
        found = await self._bus.read(seal.last_seq, seal.last_seq)
        return not seal.last_hash or all(_hash(each) == seal.last_hash for each in found)

    async def _copy(self, work: "_Work", first_seq: int, last_seq: int, *, at_once: bool) -> None:
        async with self._bus.follow(first_seq - 1, limit=RATHER_MANY) as batches:
            async for batch in batches:
                began = self._clock.monotonic()
                await self._take(work, [each for each in batch if each.seq <= last_seq])
                if batch and batch[-1].seq >= last_seq:
                    return
                if batch and not at_once:
                    await self._clock.sleep(self._clock.monotonic() - began)

    async def _take(self, work: "_Work", messages: Sequence[Message]) -> None:
        for digest in _bodies(messages):
            body = await self._bus.get_object(digest)
            if body is not None:
                await self._in_thread(work.writer.write_body, digest, body)
        if messages:
            salts = self._salts(SALT_BYTES * len(messages))
            await self._in_thread(work.take, messages, salts)

    def _conclude(
        self, work: "_Work", log: LogState, seals: Sequence[Seal], ends: tuple[int, int]
    ) -> Seal | None:
        if work.first is None or work.last is None:
            return None
        previous = seals[-1].chain if seals else ""
        root, facts = work.tree.root(), work.tree.leaves
        return Seal(
            incarnation=log.incarnation,
            first_seq=ends[0],
            last_seq=ends[1],
            facts=facts,
            first_time=work.first.time,
            last_time=work.last.time,
            last_hash=_hash(work.last) if work.last.seq == ends[1] else "",
            root=root,
            previous=previous,
            chain=chained(previous, log.incarnation, ends, facts, root),
        )

    async def _in_thread(
        self, work: Callable[_Given, _Answer], *args: _Given.args, **kwargs: _Given.kwargs
    ) -> _Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(work, *args, **kwargs))


class _Work:
    """A segment in the making."""

    def __init__(self, writer: Writer, tree: Tree) -> None:
        self.writer, self.tree = writer, tree
        self.first: Message | None = None
        self.last: Message | None = None

    def take(self, messages: Sequence[Message], salts: bytes) -> None:
        lines: list[bytes] = []
        for place, each in enumerate(messages):
            salt = salts[place * SALT_BYTES : (place + 1) * SALT_BYTES]
            entry = Entry(*each, salt)
            leaf = entry.leaf()
            self.tree.add(leaf)
            lines.append(entry_line(entry, leaf))
        self.writer.write(lines)
        self.first = self.first or messages[0]
        self.last = messages[-1]


def _bodies(messages: Sequence[Message]) -> list[str]:
    """Return the hashes of the packs that these facts name."""
    found: list[str] = []
    for each in (one for one in messages if one.subject in NAMING):
        try:
            found += packs_named(decode(each.data))
        except UndecodableError:
            continue
    return found


def _some(lines: Iterator[Line], after_seq: int) -> list[Message]:
    """Return the next messages after a place; none at the end."""
    entries = (line.entry for line in lines if line.entry.seq > after_seq)
    return [Message(*each[:4]) for each in islice(entries, AT_ONCE)]


def _fact(seal: Seal) -> SegmentSealed:
    return SegmentSealed(
        first_seq=seal.first_seq,
        last_seq=seal.last_seq,
        facts=seal.facts,
        root=seal.root,
        previous=seal.previous,
        chain=seal.chain,
    )


def _hash(message: Message) -> str:
    return hashlib.sha256(message.data).hexdigest()
