"""The whole bus in one process: the same promises as NATS, no sockets, the clock passed in.

For replay, scenarios and tests. `away`, `full` and `ack_lost` are fault switches.
"""

import hashlib
from collections import deque
from collections.abc import AsyncIterator, Sequence
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
from shared.bus.timing import Changes, Clock, wait_or
from shared.contracts.subjects import LEADER_SUBJECT
from shared.errors import TransientError

DUPLICATE_WINDOW_SECONDS = 120.0
HEARTBEAT_SECONDS = 0.5
LISTENER_BACKLOG = 1024

_Announced = TypeVar("_Announced", int, bytes)


class MemoryBus:
    """One log, its durable consumers, objects, values and announcements, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._log: list[Message] = []
        self._last_on: dict[str, int] = {}
        self._message_ids: dict[str, tuple[int, float]] = {}
        self._durables: dict[str, Durable] = {}
        self._objects: dict[str, bytes] = {}
        self._values: dict[str, tuple[bytes, int]] = {}
        self._listeners: list[tuple[str, deque[bytes], Changes]] = []
        self._changes = Changes()
        self._made = 1
        self.away = False
        self.full = False
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
        leader = self._last_on.get(LEADER_SUBJECT, 0)
        if message.term not in {None, leader} and (known is None or known[0] != leader):
            return None
        if known is not None and now - known[1] < DUPLICATE_WINDOW_SECONDS:
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
            batch = [] if self.away else self._log[after_seq : after_seq + limit]
            if not batch:
                await wait_or(bell, HEARTBEAT_SECONDS, self._clock)
                batch = [] if self.away else self._log[after_seq : after_seq + limit]
            if batch:
                after_seq = batch[-1].seq
            shown = [each for each in batch if not subject or matches(subject, each.subject)]
            if shown or not batch:
                yield shown

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
        size = sum(len(message.data) for message in self._log)
        return LogState(f"memory-{self._made}", min(len(self._log), 1), len(self._log), size)

    async def read(self, first_seq: int, last_seq: int) -> Sequence[Message]:
        """Return the messages in [first_seq, last_seq] that still exist, in order."""
        self._must_be_here()
        return self._log[max(first_seq - 1, 0) : max(last_seq, 0)]

    async def last_on(self, subject: str) -> Message | None:
        """Return the newest message on one subject, if any."""
        self._must_be_here()
        seq = self._last_on.get(subject)
        return None if seq is None else self._log[seq - 1]

    async def put_object(self, data: bytes) -> str:
        """Store `data` under its SHA-256 (hex) and return it."""
        self._must_be_here()
        digest = hashlib.sha256(data).hexdigest()
        self._objects[digest] = bytes(data)
        return digest

    async def get_object(self, sha256: str) -> bytes | None:
        """Return the object; None if there is none."""
        self._must_be_here()
        return self._objects.get(sha256)

    async def get_value(self, key: str) -> tuple[bytes, int] | None:
        """Return (value, revision) of a small durable record."""
        self._must_be_here()
        return self._values.get(key)

    async def put_value(self, key: str, value: bytes, *, revision: int = 0) -> int:
        """Write it if its revision is still `revision` (0: new)."""
        self._must_be_here()
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
        self._last_on = {message.subject: message.seq for message in self._log}

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
