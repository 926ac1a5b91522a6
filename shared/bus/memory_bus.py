"""The whole bus in one process: the same promises as NATS, no sockets, the clock passed in.

For replay, scenarios and tests. `away`, `full`, `store_full` (records too) and `ack_lost` are
fault switches.
"""

import hashlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from shared.bus.matching import matches
from shared.bus.memory_queue import Durable, MemoryQueue
from shared.bus.port import (
    MAX_BATCH,
    Ack,
    BusAwayError,
    FencedError,
    LogFullError,
    LogState,
    LogTailLostError,
    Message,
    Outgoing,
    WorkQueue,
)
from shared.bus.room import fitting
from shared.bus.timing import Changes, Clock, wait_or
from shared.contracts.subjects import LEADER_SUBJECT
from shared.errors import PermanentError, TransientError

DUPLICATE_WINDOW_SECONDS = 120.0
HEARTBEAT_SECONDS = 0.5
LISTENER_BACKLOG = 1024

_Announced = TypeVar("_Announced", int, bytes)


class MemoryBus:
    """One log, its durable consumers, objects, values and announcements, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._log: list[Message | None] = []
        self._last_on: dict[str, int] = {}
        self._message_ids: dict[str, tuple[int, float]] = {}
        self._durables: dict[str, Durable] = {}
        self._objects: dict[str, bytes] = {}
        self._values: dict[str, tuple[bytes, int]] = {}
        self._listeners: list[tuple[str, deque[bytes], Changes]] = []
        self._changes = Changes()
        self._made = 1
        self.away = False
        self.full = self.store_full = False
        self.max_bytes = 0
        self.ack_lost = False

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Ack]:
        """Append all, in order; see the port."""
        self._must_be_here()
        if self.full:
            raise LogFullError("the log is full")
        acks, fenced = [], False
        for message in batch:
            ack = self._append(message)
            fenced |= ack is None
            acks.append(ack or Ack(0))
        self._changes.ring()
        if fenced:
            raise FencedError("another leader took over")
        if self.ack_lost:
            raise BusAwayError("the answer was lost")
        return acks

    def _append(self, message: Outgoing) -> Ack | None:
        known = self._message_ids.get(message.message_id)
        now = self._clock.monotonic()
        if message.once and message.subject in self._last_on:
            return Ack(self._last_on[message.subject], duplicate=True)
        if message.last not in {None, self._last_on.get(message.subject, 0)}:
            return Ack(0, refused=True)
        leader = self._last_on.get(LEADER_SUBJECT, 0)
        if message.term not in {None, leader} and (known is None or known[0] != leader):
            return None
        if message.last is None and known and now - known[1] < DUPLICATE_WINDOW_SECONDS:
            return Ack(known[0], duplicate=True)
        seq = len(self._log) + 1
        self._log.append(Message(seq, self._clock.now(), message.subject, message.data))
        self._last_on[message.subject] = seq
        self._message_ids[message.message_id] = (seq, now)
        return Ack(seq)

    @asynccontextmanager
    async def follow(
        self, after_seq: int, *, limit: int = MAX_BATCH, subject: str = ""
    ) -> AsyncIterator[AsyncIterator[Sequence[Message]]]:
        """Yield every message after `after_seq`; see the port."""
        self._must_be_here()
        self._must_reach(after_seq, self._made)
        yield self._batches(after_seq, limit, subject)

    async def _batches(
        self, after_seq: int, limit: int, subject: str
    ) -> AsyncIterator[Sequence[Message]]:
        made = self._made
        while True:
            bell = self._changes.next
            self._must_reach(after_seq, made)
            places = self._next(after_seq, limit)
            if not places:
                await wait_or(bell, HEARTBEAT_SECONDS, self._clock)
                places = self._next(after_seq, limit)
            after_seq += len(places)
            batch = [each for each in places if each is not None]
            shown = [each for each in batch if not subject or matches(subject, each.subject)]
            if shown or not places:
                yield shown

    def _next(self, after_seq: int, limit: int) -> Sequence[Message | None]:
        places = [] if self.away else self._log[after_seq : after_seq + limit]
        return places[: fitting((len(each.data) if each else 0 for each in places), limit)]

    async def standing(
        self, subject: str, after_seq: int
    ) -> AsyncGenerator[Sequence[Message], None]:
        """Yield what stands on a subject or pattern after `after_seq`; see the port."""
        self._must_be_here()
        self._must_reach(after_seq, self._made)
        places = self._log[after_seq:]
        yield [each for each in places if each is not None and matches(subject, each.subject)]

    @asynccontextmanager
    async def consume(
        self, durable: str, subjects: Sequence[str], *, max_deliver: int = 5
    ) -> AsyncIterator[WorkQueue]:
        """Join the durable consumer `durable`; see the port."""
        self._must_be_here()
        shared = self._durable(durable)
        shared.subjects, shared.max_deliver = tuple(subjects), max_deliver
        yield MemoryQueue(shared, self._log, self._changes, self._clock)

    @asynccontextmanager
    async def poisoned(self, durable: str) -> AsyncIterator[AsyncIterator[int]]:
        """Yield sequences whose attempts are used up; see the port."""
        shared = self._durable(durable)
        backlog: deque[int] = deque()
        shared.poison_listeners.append(backlog)
        try:
            yield _drain(backlog, shared.poisoned)
        finally:
            shared.poison_listeners.remove(backlog)

    async def state(self) -> LogState:
        """Return the log's ends."""
        self._must_be_here()
        kept = [each for each in self._log if each is not None]
        size = sum(len(message.data) for message in kept)
        end = len(self._log)
        first = kept[0].seq if kept else min(end, 1)
        return LogState(f"memory-{self._made}", first, end, size, self.max_bytes)

    async def read(self, first_seq: int, last_seq: int) -> Sequence[Message]:
        """Return the messages in [first_seq, last_seq] that still exist, in order."""
        self._must_be_here()
        places = self._log[max(first_seq - 1, 0) : max(last_seq, 0)]
        return [each for each in places if each is not None]

    async def last_on(self, subject: str) -> Message | None:
        """Return the newest message on one subject, if any."""
        self._must_be_here()
        seq = self._last_on.get(subject)
        return None if seq is None else self._log[seq - 1]

    async def purge(self, subject: str, upto_seq: int) -> int:
        """Remove what stands on a subject or pattern up to and with `upto_seq`; see the port."""
        self._must_be_here()
        gone = [m for m in self._log[:upto_seq] if m is not None and matches(subject, m.subject)]
        for each in gone:
            self._log[each.seq - 1] = None
            if self._last_on.get(each.subject) == each.seq:
                del self._last_on[each.subject]
        return len(gone)

    async def set_limit(self, max_bytes: int) -> None:
        """Note the limit; `full` says whether it is reached."""
        self._must_be_here()
        self.max_bytes = max_bytes

    async def unacked(self, durable: str) -> int | None:
        """Return the first sequence `durable` may not be done with; see the port."""
        self._must_be_here()
        shared = self._durables.get(durable)
        return None if shared is None else shared.first_open(self._log)

    async def put_object(self, data: bytes) -> str:
        """Store `data` under its SHA-256 (hex) and return it."""
        self._must_be_here()
        digest = hashlib.sha256(data).hexdigest()
        self._objects[digest] = bytes(data)
        return digest

    async def get_object(self, sha256: str) -> bytes | None:
        """Return the object, None if there is none; see the port."""
        self._must_be_here()
        data = self._objects.get(sha256)
        if data is not None and hashlib.sha256(data).hexdigest() != sha256:
            raise PermanentError(f"the object {sha256[:12]} does not have its own hash")
        return data

    async def drop_object(self, sha256: str) -> None:
        """Forget the object."""
        self._must_be_here()
        self._objects.pop(sha256, None)

    async def get_value(self, key: str) -> tuple[bytes, int] | None:
        """Return (value, revision) of a small durable record."""
        self._must_be_here()
        return self._values.get(key)

    async def put_value(self, key: str, value: bytes, *, revision: int = 0) -> int:
        """Write it if its revision is still `revision` (0: new)."""
        self._must_be_here()
        if self.store_full:
            raise LogFullError("the store is full")
        current = self._values.get(key, (b"", 0))[1]
        if current != revision:
            raise TransientError(f"the record is at revision {current}, not {revision}")
        self._values[key] = (bytes(value), current + 1)
        return current + 1

    async def announce(self, subject: str, data: bytes) -> None:
        """Tell whoever listens right now."""
        self._must_be_here()
        for pattern, backlog, bell in self._listeners:
            if matches(pattern, subject):
                backlog.append(data)
                bell.ring()

    @asynccontextmanager
    async def listen(self, subject: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Yield what is announced on `subject` from now on."""
        backlog: deque[bytes] = deque(maxlen=LISTENER_BACKLOG)
        bell = Changes()
        entry = (subject, backlog, bell)
        self._listeners.append(entry)
        try:
            yield _drain(backlog, bell)
        finally:
            self._listeners.remove(entry)

    async def close(self) -> None:
        """Nothing to close; the same call as on the real bus."""

    def lose_tail(self, after_seq: int) -> None:
        """Fault: the log forgets what came after `after_seq`, as after a restored disk."""
        del self._log[after_seq:]
        self._message_ids.clear()
        self._last_on = {each.subject: each.seq for each in self._log if each is not None}

    def spoil_object(self, sha256: str) -> None:
        """Fault: one bit of a stored object turned over, as on a bad disk."""
        data = self._objects[sha256]
        self._objects[sha256] = data[:-1] + bytes([data[-1] ^ 1])

    @property
    def objects(self) -> frozenset[str]:
        """Return the hashes of all objects (for tests that look for what was left behind)."""
        return frozenset(self._objects)

    def remake(self) -> None:
        """Fault: the stream was deleted and made anew."""
        self.lose_tail(0)
        self._durables.clear()
        self._made += 1

    def _durable(self, name: str) -> Durable:
        return self._durables.setdefault(name, Durable((), 1))

    def _must_reach(self, seq: int, made: int) -> None:
        if not self.away and (made != self._made or seq > len(self._log)):
            raise LogTailLostError(f"the log ends before {seq} or was made anew")

    def _must_be_here(self) -> None:
        if self.away:
            raise BusAwayError("the bus does not answer")


async def _drain(backlog: deque[_Announced], bell: Changes) -> AsyncIterator[_Announced]:
    while True:
        ringing = bell.next
        while backlog:
            yield backlog.popleft()
        await ringing.wait()
