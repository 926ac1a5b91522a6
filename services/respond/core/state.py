"""The fold's state: bounded aggregates by key, and the timers that follow from them.

`step` never changes a State; it returns Changes, and only `State.apply` brings them in. Timers
are not kept: each aggregate says which it holds, so they can neither be lost nor go stale.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, NamedTuple, Self, TypeVar

from sortedcontainers import SortedList

from services.respond.core.places import Places, Stand
from services.respond.core.waiting import PendingItem, Timer, Waiting
from shared.contracts.base import Frozen

RESTORED_AT_ONCE = 256
SPEAKERS_LEAST = 1024


class Aggregate(Frozen):
    """A bounded piece of state under one key."""

    @property
    def key(self) -> str:
        """Return the key, `<prefix>:<id>`."""
        raise NotImplementedError

    def timers(self) -> tuple[Timer, ...]:
        """Return what is armed; `timer_id` starts with the kind of timer."""
        return ()

    @property
    def landmarks(self) -> tuple[str, ...]:
        """Return under what else this is found; the same for as long as it stands."""
        return ()

    @property
    def stands_since(self) -> datetime:
        """Return since when it stands; of those found at one place the newest counts."""
        raise NotImplementedError

    @property
    def speaker(self) -> str:
        """Return whose next item may belong to this; "": nobody's."""
        return ""

    def queue_due(self) -> float | None:
        """Return when an open case next owes something (epoch seconds); None: not in the queue."""
        return None


AnyAggregate = TypeVar("AnyAggregate", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class Changes:
    """New aggregates by key; None deletes. `seen` are 8-byte marks of item versions now known.

    `waits` are items that now wait, by id; None: no longer.
    `counts` go on top of the organisation's counters, and `rates` (verdicts by hour and by what held
    of them) on top of what is counted by the hour; `fold` brings both up to date once a batch.
    `timers` are those of `puts`, where somebody has asked for them already.
    """

    puts: Mapping[str, Aggregate | None] = field(default_factory=dict)
    waits: Mapping[str, PendingItem | None] = field(default_factory=dict)
    seen: Sequence[bytes] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    rates: Mapping[tuple[int, tuple[str, ...]], int] = field(default_factory=dict)
    timers: Mapping[str, tuple[Timer, ...]] = field(default_factory=dict)

    def armed(self, key: str) -> tuple[Timer, ...]:
        """Return the timers of what is put under a key."""
        known = self.timers.get(key)
        if known is not None:
            return known
        fresh = self.puts[key]
        return fresh.timers() if fresh else ()


class View(NamedTuple):
    """A state as it stood at one moment; nothing that is applied later changes it.

    `older` and `newer` are the marks of the two generations, in order; lists that only grow, of
    which the first `size` newer ones count.
    """

    aggregates: Mapping[str, Aggregate]
    waiting: tuple[PendingItem, ...]
    older: Sequence[bytes]
    newer: Sequence[bytes]
    size: int
    now: datetime | None

    def marks(self, at_once: int) -> Iterator[bytes]:
        """Yield the marks of both generations in their order, so many at once."""
        for at in range(0, len(self.older), at_once):
            yield b"".join(self.older[at : at + at_once])
        for at in range(0, self.size, at_once):
            yield b"".join(self.newer[at : min(at + at_once, self.size)])


class State:
    """What the leader knows. A mutable holder of immutable aggregates."""

    def __init__(self) -> None:
        self._aggregates: dict[str, Aggregate] = {}
        self._by_prefix: dict[str, dict[str, Aggregate]] = {}
        self._timers = SortedList()
        self.waiting = Waiting()
        self._seen: set[bytes] = set()
        self._seen_before: set[bytes] = set()
        self._marks: list[bytes] = []
        self._marks_before: list[bytes] = []
        self._counts: dict[str, int] = {}
        self._rates: dict[tuple[int, tuple[str, ...]], int] = {}
        self._speakers: set[str] = set()
        self.places = Places()
        self.now: datetime | None = None

    SEEN_GENERATION: ClassVar[int] = 1 << 19
    """Two generations are kept: at least the last half million versions. Older duplicates are
    refused by the log itself (invariant 9)."""

    def get(self, key: str, kind: type[AnyAggregate]) -> AnyAggregate | None:
        """Return the aggregate under `key`; TypeError if it is not of `kind`."""
        found = self._aggregates.get(key)
        if found is not None and not isinstance(found, kind):
            message = f"{key} holds {type(found).__name__}, not {kind.__name__}"
            raise TypeError(message)
        return found

    def has_seen(self, mark: bytes) -> bool:
        """Tell whether this item version was folded before."""
        return mark in self._seen or mark in self._seen_before

    def generations(self) -> tuple[AbstractSet[bytes], AbstractSet[bytes]]:
        """Return all marks of what was folded before, as they stand until changes are applied."""
        return self._seen, self._seen_before

    def may_speak(self, author_id: str) -> bool:
        """Tell whether an aggregate may be this author's matter; never wrong about "no"."""
        return author_id in self._speakers

    def holds(self, prefix: str) -> bool:
        """Tell whether there is any aggregate whose key starts with `prefix:`."""
        return bool(self._by_prefix.get(prefix))

    def has(self, key: str) -> bool:
        """Tell whether there is an aggregate under `key`."""
        return key in self._aggregates

    def size(self, prefix: str) -> int:
        """Return how many aggregates have a key that starts with `prefix:`."""
        return len(self._by_prefix.get(prefix, ()))

    def under(self, prefix: str) -> Iterator[Aggregate]:
        """Yield the aggregates whose key starts with `prefix:`, in insertion order."""
        yield from self._by_prefix.get(prefix, {}).values()

    def timers(self) -> Sequence[Timer]:
        """Return the aggregates' timers, earliest first. Not to be changed by the caller."""
        timers: Sequence[Timer] = self._timers
        return timers

    def next_timer(self) -> Timer | None:
        """Return an earliest timer, of an aggregate or of an item that waits."""
        first = self.waiting.first()
        if first is None or (self._timers and self._timers[0].due <= first.verdict_due):
            return self._timers[0] if self._timers else None
        return first.timers()[0]

    def apply(self, changes: Changes, now: datetime) -> None:
        """Bring the changes in and move to `now`."""
        for key, fresh in changes.puts.items():
            old = self._aggregates.get(key)
            self._rearm(old.timers() if old else (), changes.armed(key))
            if fresh is not None:
                if old is None and (landmarks := fresh.landmarks):
                    self.places.take(landmarks, Stand(fresh.stands_since, key))
                self._aggregates[key] = fresh
                shelf = self._shelf(key)
                shelf[key] = fresh
                self._hear(fresh, shelf)
            elif old is not None:
                if old.landmarks:
                    self.places.leave(old.landmarks, Stand(old.stands_since, key))
                del self._aggregates[key], self._shelf(key)[key]
        self.waiting.apply(changes.waits)
        self._remember(changes.seen)
        for counter, by in changes.counts.items():
            self._counts[counter] = self._counts.get(counter, 0) + by
        for place, by in changes.rates.items():
            self._rates[place] = self._rates.get(place, 0) + by
        self.now = now

    def counted(self, counter: str) -> int:
        """Return what the steps added to a counter since `take_counts`."""
        return self._counts.get(counter, 0)

    def take_counts(self) -> dict[str, int]:
        """Return all that was added, and start from nothing."""
        taken, self._counts = self._counts, {}
        return taken

    def take_rates(self) -> dict[tuple[int, tuple[str, ...]], int]:
        """Return all that was counted by the hour, and start from nothing."""
        taken, self._rates = self._rates, {}
        return taken

    def view(self) -> View:
        """Return the state as it is now, in the time that copying its keys takes."""
        marks = (self._marks_before, self._marks, len(self._marks))
        return View(dict(self._aggregates), tuple(self.waiting), *marks, self.now)

    def restore(self, aggregates: Iterator[Aggregate], seen: bytes, now: datetime | None) -> Self:
        """Fill a fresh state from stored aggregates and packed 8-byte marks; return it."""
        for _ in self.restoring(aggregates, seen, now):
            pass
        return self

    def restoring(
        self, aggregates: Iterator[Aggregate], seen: bytes, now: datetime | None
    ) -> Iterator[None]:
        """Do the same piece by piece, yielding in between."""
        timers: list[Timer] = []
        for count, each in enumerate(aggregates, 1):
            self._aggregates[each.key] = each
            shelf = self._shelf(each.key)
            shelf[each.key] = each
            if each.landmarks:
                self.places.take(each.landmarks, Stand(each.stands_since, each.key))
            self._hear(each, shelf)
            timers += each.timers()
            if count % RESTORED_AT_ONCE == 0:
                yield
        self._timers.update(timers)
        size = 8 * 64 * RESTORED_AT_ONCE
        for at in range(0, len(seen), size):
            some = seen[at : at + size]
            self._remember([some[i : i + 8] for i in range(0, len(some), 8)])
            yield
        self.now = now

    def _hear(self, fresh: Aggregate, shelf: Mapping[str, Aggregate]) -> None:
        """Note whose matter this is. Who has none any more is forgotten once most have none.

        `shelf` holds all of its kind.
        """
        speaker = fresh.speaker
        if not speaker or speaker in self._speakers:
            return
        self._speakers.add(speaker)
        if len(self._speakers) > SPEAKERS_LEAST + 2 * len(shelf):
            self._speakers = {each.speaker for each in shelf.values()}

    def _shelf(self, key: str) -> dict[str, Aggregate]:
        """Return the index that names this key."""
        return self._by_prefix.setdefault(key.partition(":")[0], {})

    def _rearm(self, old: Sequence[Timer], fresh: Sequence[Timer]) -> None:
        if old == fresh:
            return
        for timer in old:
            self._timers.remove(timer)
        self._timers.update(fresh)

    def _remember(self, marks: Sequence[bytes]) -> None:
        """Take all that a generation still holds at once: there are two marks an item."""
        while marks:
            room = self.SEEN_GENERATION - len(self._seen)
            if room <= 0:
                self._seen_before, self._seen = self._seen, set()
                self._marks_before, self._marks = self._marks, []
                continue
            self._seen.update(marks[:room])
            self._marks.extend(marks[:room])
            marks = marks[room:]
