"""What the services need of the log: batches in, batches out, nothing awaited per message."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.contracts.facts import Fact, encode
from shared.contracts.subjects import is_once, message_id, subject_for
from shared.errors import TransientError
from shared.observability.traces import trace_of

MAX_BATCH = 1024
"""What is taken at once by who is behind; who is not takes what has arrived (ADR 0014)."""
MAX_BATCH_BYTES = 1 << 20
"""No more than that, and one message at least: a message may hold hundreds of items (ADR 0066)."""


class FencedError(Exception):
    """The log refused a write of an older term; this process must stop leading at once."""


class LogTailLostError(Exception):
    """The log ends before a place already read, or was made anew: stop, page, rebuild (inv. 12)."""


class LogFullError(TransientError):
    """The log takes no more (disk or stream limit). Nothing was stored; spool and alarm."""


class BusAwayError(TransientError):
    """The bus did not answer; what was sent may or may not be stored. Publishing again is safe."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to append. `once`: refuse if the subject has one. `term`: the writer's fence.

    `last`: refuse unless the newest message on the subject is the one at this sequence, 0: none.
    `trace` is what it belongs to; empty: a trace of its own.
    """

    subject: str
    data: bytes
    message_id: str
    once: bool = False
    term: int | None = None
    trace: str = ""
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Ack:
    """Where a message stands in the log; `duplicate` if it stood there before this call.

    `refused`: it was not stored, since its subject had another newest message than `last`; perhaps
    the very same one, if an earlier answer was lost. `seq` is 0 for a duplicate whose place the
    server does not tell, and for what was refused.
    """

    seq: int
    duplicate: bool = False
    refused: bool = False


class Message(NamedTuple):
    """One stored message, with the time the stream stored it (UTC, aware)."""

    seq: int
    time: datetime
    subject: str
    data: bytes


class Delivery(NamedTuple):
    """A message handed to one worker of a durable consumer; `attempt` counts from 1."""

    message: Message
    attempt: int
    reply_to: str


@dataclass(frozen=True, slots=True)
class LogState:
    """`incarnation` changes when the stream was made anew (invariant 12).

    `max_bytes` is the stream's own limit; 0 where it has none.
    """

    incarnation: str
    first_seq: int
    last_seq: int
    bytes_stored: int
    max_bytes: int = 0


def outgoing(
    fact: Fact, *, term: int | None = None, trace: str = "", last: int | None = None
) -> Outgoing:
    """Return the message that appends `fact`, fenced by `term` when a leader writes it.

    `trace` is that of what it is about, where the fact itself does not say; `last` the message on
    its subject that it must follow.
    """
    return Outgoing(
        subject_for(fact),
        encode(fact),
        message_id(fact),
        is_once(fact),
        term,
        trace or trace_of(fact),
        last,
    )


class WorkQueue(Protocol):
    """A durable pull consumer shared by any number of workers."""

    async def take(self, limit: int = MAX_BATCH) -> Sequence[Delivery]:
        """Wait for at least one delivery, then return all that have arrived, at most `limit`."""
        ...

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these are done with; returns when the acks are on their way."""
        ...

    async def in_progress(self, deliveries: Sequence[Delivery]) -> None:
        """Ask for more time; without it a delivery comes back after 3 s."""
        ...

    async def nak(self, deliveries: Sequence[Delivery], delay_seconds: float) -> None:
        """Give them back, to be delivered again after the delay."""
        ...


class Bus(Protocol):
    """The log and its small companions. One implementation speaks NATS, one lives in memory."""

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Ack]:
        """Append all, in order, and return once each is stored or was there before.

        Raises:
            FencedError: a message carried a term that is no longer the leader's.
            LogFullError: the log takes no more.
            BusAwayError: no answer; some may be stored.
        """
        ...

    def follow(
        self, after_seq: int, *, limit: int = MAX_BATCH, subject: str = ""
    ) -> AbstractAsyncContextManager[AsyncIterator[Sequence[Message]]]:
        """Yield every message after `after_seq` in stream order, in batches as they arrive.

        With `subject` only those on it: one subject or one pattern.

        An empty batch is yielded at least every 0.5 s when nothing comes (heartbeat seen), so a
        caller can tick, and never while more is on its way. The follower re-creates itself after a
        reconnect and never sleeps longer. While the bus is away the batches stay empty: ask
        `state` to know whether one is caught up.

        Raises: BusAwayError at the start; LogTailLostError, also later.
        """
        ...

    def consume(
        self, durable: str, subjects: Sequence[str], *, max_deliver: int = 5
    ) -> AbstractAsyncContextManager[WorkQueue]:
        """Join the durable consumer `durable`, made on first use (explicit ack, wait 3 s)."""
        ...

    def poisoned(self, durable: str) -> AbstractAsyncContextManager[AsyncIterator[int]]:
        """Yield the sequence of each message whose deliveries to `durable` are used up.

        Only while somebody listens: a worker must treat its last attempt with care by itself.
        """
        ...

    def standing(self, subject: str, after_seq: int) -> AsyncGenerator[Sequence[Message], None]:
        """Yield what stands on a subject or pattern after `after_seq`, in order, and end there.

        Raises: BusAwayError, LogTailLostError.
        """
        ...

    async def state(self) -> LogState:
        """Return the log's ends. Raises BusAwayError."""
        ...

    async def read(self, first_seq: int, last_seq: int) -> Sequence[Message]:
        """Return the messages in [first_seq, last_seq] that still exist, in order."""
        ...

    async def last_on(self, subject: str) -> Message | None:
        """Return the newest message on one subject, if any."""
        ...

    async def purge(self, subject: str, upto_seq: int) -> int:
        """Remove what stands on a subject or pattern up to and with `upto_seq`; return how many.

        Only for what is sealed and needed by nobody (invariant 13). Sequences stay what they are.
        """
        ...

    async def set_limit(self, max_bytes: int) -> None:
        """Let the log take no more than so many bytes, 0: any number; what is there stays."""
        ...

    async def unacked(self, durable: str) -> int | None:
        """Return the first sequence `durable` may not be done with; None: no such consumer."""
        ...

    async def put_object(self, data: bytes) -> str:
        """Store `data` under its SHA-256 (hex) and return it."""
        ...

    async def get_object(self, sha256: str) -> bytes | None:
        """Return the object, None if there is none. Raises PermanentError if it is another one."""
        ...

    async def drop_object(self, sha256: str) -> None:
        """Forget the object; one that is not there is no error."""
        ...

    async def get_value(self, key: str) -> tuple[bytes, int] | None:
        """Return (value, revision) of a small durable record that is not a fact (credentials)."""
        ...

    async def put_value(self, key: str, value: bytes, *, revision: int = 0) -> int:
        """Write it if its revision is still `revision` (0: new). Raises TransientError if not."""
        ...

    async def announce(self, subject: str, data: bytes) -> None:
        """Tell whoever listens right now; not stored."""
        ...

    def listen(self, subject: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Yield what is announced on `subject` from now on; a slow listener loses the oldest."""
        ...
