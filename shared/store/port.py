"""What the services need of hot state: one fenced commit a batch, leases, small shared records.

Everything here can be rebuilt from the log; nothing is the only copy of a decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.errors import TransientError


class StaleTermError(Exception):
    """A commit or claim carried a term that is no longer the newest: another leader took over."""


class CursorMovedError(Exception):
    """The commit did not start where the stored cursor stands; reload before going on."""


class StoreAwayError(TransientError):
    """The store did not answer; whether the commit happened is unknown: reload and compare."""


class StoreRefusedError(StoreAwayError):
    """The store answered, but does not let us in or do this; whoever mends the rules lets us go on."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the fold has come: stream incarnation, sequence, SHA-256 of that fact (inv. 12).

    `low_seq` is the oldest sequence a fresh leader must re-read to know the pending items again.
    """

    incarnation: str
    seq: int
    fact_hash: str
    low_seq: int


@dataclass(frozen=True, slots=True)
class Commit:
    """All that one folded batch changes. `appends` grow a string value; `due` feeds the queue.

    `due` maps a case id to the epoch seconds at which it next owes something (None: leaves the
    queue). `outbox` are decision lines still to be recorded in the log, in order. `freeze` is the
    freeze epoch after this batch, which claims are compared with; None leaves it as it was.
    """

    term: int
    previous_seq: int
    cursor: Cursor
    puts: Mapping[str, bytes] = field(default_factory=dict)
    deletes: Sequence[str] = ()
    appends: Mapping[str, bytes] = field(default_factory=dict)
    due: Mapping[str, float | None] = field(default_factory=dict)
    outbox: Sequence[bytes] = ()
    freeze: int | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything a fresh leader starts from."""

    cursor: Cursor
    values: Mapping[str, bytes]
    outbox: Sequence[bytes]


class HotStore(Protocol):
    """The fold's own state, written by one leader at a time."""

    async def take_office(self, term: int) -> None:
        """Make `term` the newest; commits and claims of older terms fail from now on.

        Claims of older terms are forgotten. Raises StaleTermError if a newer term is in office.
        """
        ...

    async def load(self) -> Loaded | None:
        """Return the whole state, or None when the store is empty."""
        ...

    async def commit(self, commit: Commit) -> None:
        """Apply all or nothing, in one round trip.

        Raises: StaleTermError, CursorMovedError, StoreAwayError.
        """
        ...

    async def reset(self, term: int, *, anew: bool = False) -> None:
        """Empty the fold's state (not sessions, not leases) before a rebuild.

        `anew`: the log itself was made anew, so its terms are lower; `term` is the newest now.
        """
        ...

    async def fill(self, term: int, values: Mapping[str, bytes]) -> None:
        """Put a part of a state into a store that was reset.

        Until a commit sets the cursor nobody takes it for a state: a leader that dies half-way
        leaves what the next one resets. Raises: StaleTermError, StoreAwayError.
        """
        ...

    async def drop_outbox(self, term: int, count: int) -> None:
        """Forget the oldest `count` outbox lines: they stand in the log."""
        ...

    async def claim(self, term: int, effect_key: str, *, stream_end: int, freeze: int) -> bool:
        """Claim an effect for execution, in one script (invariant 4).

        True only if `term` is the newest, the cursor has reached `stream_end`, the freeze epoch
        is still `freeze`, and nobody claimed it in this term before.
        Raises: StaleTermError, StoreAwayError.
        """
        ...

    async def get(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Return the stored values of these keys, in order."""
        ...

    async def queue(self, offset: int, limit: int) -> tuple[Sequence[tuple[str, float]], int]:
        """Return [(case id, due)] by due time, earliest first, and the total length."""
        ...

    async def cursor(self) -> Cursor | None:
        """Return the stored cursor."""
        ...


class Leases(Protocol):
    """Who may do a thing alone for a while. Only speeds hand-over; the log fences (inv. 3)."""

    async def acquire(self, name: str, holder: str, ttl_seconds: float) -> bool:
        """Take or renew the lease; True if `holder` has it now."""
        ...

    async def release(self, name: str, holder: str) -> None:
        """Give it up if `holder` has it."""
        ...

    async def holder(self, name: str) -> str | None:
        """Return who has it."""
        ...


class SharedRecords(Protocol):
    """Small records with a lifetime: sessions, webhook nonces, rate-limit buckets, presence."""

    async def put(self, key: str, value: bytes, ttl_seconds: float) -> None:
        """Write a record that vanishes after `ttl_seconds`."""
        ...

    async def put_once(self, key: str, value: bytes, ttl_seconds: float) -> bool:
        """Write it only if absent; True if written."""
        ...

    async def fetch(self, key: str) -> bytes | None:
        """Return the record, if it still lives."""
        ...

    async def take(self, key: str) -> bytes | None:
        """Return the record and delete it, in one step (one-time links)."""
        ...

    async def forget(self, key: str) -> None:
        """Delete it."""
        ...

    async def spend(self, bucket: str, *, rate_per_second: float, burst: int) -> float:
        """Take one token; 0.0 if granted, else the seconds until one is there (server time)."""
        ...
