"""The fold's state: bounded aggregates by key, and the timers that follow from them.

`step` never changes a State; it returns Changes, and only `State.apply` brings them in. Timers
are not kept: each aggregate says which it holds, so they can neither be lost nor go stale.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, NamedTuple, Self, TypeVar

from shared.contracts.base import Frozen


class Timer(NamedTuple):
    """Something that happens at `due` unless the aggregate changes first; fires in (due, id)."""

    due: datetime
    timer_id: str
    key: str


class Aggregate(Frozen):
    """A bounded piece of state under one key. `persisted` false: rebuilt from the log instead."""

    persisted: ClassVar[bool] = True

    @property
    def key(self) -> str:
        """Return the key, `<prefix>:<id>`."""
        raise NotImplementedError

    def timers(self) -> tuple[Timer, ...]:
        """Return what is armed; `timer_id` starts with the kind of timer."""
        return ()

    def queue_due(self) -> float | None:
        """Return when an open case next owes something (epoch seconds); None: not in the queue."""
        return None


AnyAggregate = TypeVar("AnyAggregate", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Changes:
    """New aggregates by key; None deletes. `seen` are 8-byte marks of item versions now known."""

    puts: Mapping[str, Aggregate | None] = field(default_factory=dict)
    seen: tuple[bytes, ...] = ()


class State:
    """What the leader knows. A mutable holder of immutable aggregates."""

    def __init__(self) -> None:
        self._aggregates: dict[str, Aggregate] = {}
        self._timers: list[Timer] = []
        self._volatile: dict[str, Aggregate] = {}
        self._seen: set[bytes] = set()
        self._seen_before: set[bytes] = set()
        self.now: datetime | None = None

    SEEN_GENERATION: ClassVar[int] = 1 << 19
    """Two generations are kept: at least the last half million versions. Older duplicates are
    refused by the log itself (invariant 9)."""

    def get(self, key: str, kind: type[AnyAggregate]) -> AnyAggregate | None:
        """Return the aggregate under `key`; TypeError if it is not of `kind`."""
        found = self._aggregates.get(key)
        if found is None:
            return None
        if not isinstance(found, kind):
            message = f"{key} holds {type(found).__name__}, not {kind.__name__}"
            raise TypeError(message)
        return found

    def has_seen(self, mark: bytes) -> bool:
        """Tell whether this item version was folded before."""
        return mark in self._seen or mark in self._seen_before

    def under(self, prefix: str) -> Iterator[Aggregate]:
        """Yield the aggregates whose key starts with `prefix:`, in insertion order."""
        head = f"{prefix}:"
        return (each for key, each in self._aggregates.items() if key.startswith(head))

    def oldest_waiting(self) -> Aggregate | None:
        """Return the unpersisted aggregate that came first; the log is re-read from its place."""
        return next(iter(self._volatile.values()), None)

    def timers(self) -> Sequence[Timer]:
        """Return all armed timers, earliest first. Not to be changed by the caller."""
        return self._timers

    def next_timer(self) -> Timer | None:
        """Return the earliest armed timer."""
        return self._timers[0] if self._timers else None

    def apply(self, changes: Changes, now: datetime) -> None:
        """Bring the changes in and move to `now`."""
        for key, fresh in changes.puts.items():
            old = self._aggregates.pop(key, None) if fresh is None else self._aggregates.get(key)
            if old is not None:
                self._disarm(old)
                if not old.persisted and fresh is None:
                    self._volatile.pop(key, None)
            if fresh is not None:
                self._aggregates[key] = fresh
                if not fresh.persisted:
                    self._volatile[key] = fresh
                for timer in fresh.timers():
                    insort(self._timers, timer)
        self._remember(changes.seen)
        self.now = now

    def restore(self, aggregates: Iterator[Aggregate], seen: bytes, now: datetime | None) -> Self:
        """Fill a fresh state from stored aggregates and packed 8-byte marks; return it."""
        for each in aggregates:
            self._aggregates[each.key] = each
            self._timers.extend(each.timers())
        self._timers.sort()
        self._remember(tuple(seen[i : i + 8] for i in range(0, len(seen), 8)))
        self.now = now
        return self

    def _disarm(self, old: Aggregate) -> None:
        for timer in old.timers():
            del self._timers[bisect_left(self._timers, timer)]

    def _remember(self, marks: tuple[bytes, ...]) -> None:
        for mark in marks:
            if len(self._seen) >= self.SEEN_GENERATION:
                self._seen_before, self._seen = self._seen, set()
            self._seen.add(mark)
