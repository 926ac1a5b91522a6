"""A run of steps in the making: reads see its own changes first, nothing touches the state."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from heapq import heappop, heappush

from services.respond.core.aggregates import (
    Account,
    Organisation,
    PolicyRegister,
)
from services.respond.core.decisions import Decision
from services.respond.core.lookups import Lookups
from services.respond.core.places import Places, Stand, newest_first
from services.respond.core.rates import HOUR_SECONDS
from services.respond.core.state import Aggregate, AnyAggregate, Changes, State
from services.respond.core.suspects import Suspect
from services.respond.core.waiting import PATIENCE, PendingItem, Timer
from shared.contracts.items import ItemReceived
from shared.contracts.received import Received
from shared.policy.model import Pack

_RULES_OF = frozenset({Organisation, Account, PolicyRegister})
"""What says which rules are whose."""
FAR = datetime.max.replace(tzinfo=UTC)


class Work(Lookups):
    """Collects what stored facts, and the timers before each, change and decide.

    `seq` and `now` are those of the fact in hand; `at` is the time of what is being applied right
    now: a timer's own due time, or the fact's.
    """

    def __init__(self, state: State, packs: Mapping[str, Pack], now: datetime) -> None:
        super().__init__(packs)
        self.state, self.seq, self.now = state, 0, now
        self.at = now
        self.decisions: list[Decision] = []
        self._puts: dict[str, Aggregate | None] = {}
        self._timers: dict[str, tuple[Timer, ...]] = {}
        self._waits: dict[str, PendingItem | None] = {}
        self._waited = state.waiting.get
        self._seen: dict[bytes, None] = {}
        self._generations = state.generations()
        self._counts: dict[str, int] = {}
        self._rates: dict[tuple[int, tuple[str, ...]], int] = {}
        self._armed: list[Timer] = []
        self._unsorted: list[Timer] = []
        """What was armed since somebody asked what is due, which most often nobody does."""
        self._next_timer = 0
        self._late = state.waiting.by_due()
        self._next_late = next(self._late, None)
        self._fresh: list[PendingItem] = []
        self._soonest = FAR
        self._look()
        self._prefixes: set[str] = set()
        self._speakers: set[str] = set()
        self._places = Places()
        self._hour = (FAR, 0)
        self.suspected: list[Suspect] = []
        """What the batch in hand has that is worded like a rumour."""

    def enter(self, seq: int, time: datetime) -> None:
        """Go on to the next fact; time never runs backwards."""
        self.seq = seq
        if time > self.now:  # noqa: PLR1730  twice as fast, and once an item
            self.now = time
        self.at = self.now

    def get(self, key: str, kind: type[AnyAggregate]) -> AnyAggregate | None:
        """Return the newest aggregate under `key`."""
        if key not in self._puts:
            return self.state.get(key, kind)
        found = self._puts[key]
        if found is None or isinstance(found, kind):
            return found
        message = f"{key} holds {type(found).__name__}, not {kind.__name__}"
        raise TypeError(message)

    def find(self, place: str, kind: type[AnyAggregate]) -> AnyAggregate | None:
        """Return the newest aggregate that is found at a place."""
        for stand in newest_first(self._places.at(place), self.state.places.at(place)):
            if (found := self.get(stand.key, kind)) is not None:
                return found
        return None

    def has(self, key: str) -> bool:
        """Tell whether there may be something under `key`; as `may_speak`."""
        return key in self._puts or self.state.has(key)

    def under(self, prefix: str) -> Iterator[Aggregate]:
        """Yield the newest aggregates whose key starts with `prefix:`."""
        head = f"{prefix}:"
        stored = [each for each in self.state.under(prefix) if each.key not in self._puts]
        fresh = [each for key, each in self._puts.items() if each and key.startswith(head)]
        return iter([*stored, *fresh])

    def put(self, *fresh: Aggregate) -> None:
        for each in fresh:
            key, landmarks, speaker = each.key, each.landmarks, each.speaker
            if landmarks and key not in self._puts and not self.state.has(key):
                self._places.take(landmarks, Stand(each.stands_since, key))
            self._puts[key] = each
            self._prefixes.add(key.partition(":")[0])
            if speaker:
                self._speakers.add(speaker)
            if type(each) in _RULES_OF:
                self.look_anew()
            self._timers[key] = timers = each.timers()
            for timer in timers:
                self._unsorted.append(timer)
                if timer.due < self._soonest:  # noqa: PLR1730  twice as fast, and four times a case
                    self._soonest = timer.due

    def drop(self, key: str) -> None:
        self._puts[key], self._timers[key] = None, ()

    def waiting(self, item_id: str) -> PendingItem | None:
        """Return the item if it waits for its verdict."""
        if item_id in self._waits:
            return self._waits[item_id]
        return self._waited(item_id)

    def patience_ends(self, account_id: str) -> datetime:
        """Return until when an item that comes now waits for its verdict."""
        return self.at + self.patience_with(account_id)

    def wait(self, *pending: PendingItem) -> None:
        self._fresh += pending
        for each in pending:
            self._waits[each.fact.item_id] = each
            if each.verdict_due < self._soonest:  # noqa: PLR1730  twice as fast, and once an item
                self._soonest = each.verdict_due

    def wait_no_more(self, item_id: str) -> None:
        self._waits[item_id] = None

    def decide(self, decision: Decision) -> None:
        self.decisions.append(decision)

    def count(self, counter: str, by: int = 1) -> None:
        """Add to a counter of the organisation."""
        self._counts[counter] = self._counts.get(counter, 0) + by

    def rate(self, held: tuple[str, ...]) -> None:
        """Count a verdict of which these held, for the hour of what is being applied."""
        at, hour = self._hour
        if at is not self.at:
            hour = int(self.at.timestamp()) // HOUR_SECONDS
            self._hour = (self.at, hour)
        kind = (hour, held)
        self._rates[kind] = self._rates.get(kind, 0) + 1

    def pass_by(self, item_id: str, rated: tuple[str, ...]) -> None:
        """Note that an item was judged, waits no more, and is no matter for anybody."""
        self.count("items_classified")
        self._waits[item_id] = None
        self.rate(rated)

    def total(self, counter: str) -> int:
        """Return a counter of the organisation with what was added since it was written."""
        stored: int = getattr(self.organisation, counter)
        return stored + self.state.counted(counter) + self._counts.get(counter, 0)

    def may_speak(self, author_id: str) -> bool:
        """Tell whether a case may be this author's matter; never wrong about "no"."""
        return author_id in self._speakers or self.state.may_speak(author_id)

    def holds(self, prefix: str) -> bool:
        """Tell whether there may be an aggregate whose key starts with `prefix:`; as `may_speak`."""
        return prefix in self._prefixes or self.state.holds(prefix)

    def size(self, prefix: str) -> int:
        """Return how many aggregates have a key that starts with `prefix:`."""
        head = f"{prefix}:"
        changed = ((key, each) for key, each in self._puts.items() if key.startswith(head))
        grown = sum((each is not None) - self.state.has(key) for key, each in changed)
        return self.state.size(prefix) + grown

    def is_new(self, *parts: str) -> bool:
        """Tell whether this was never folded before, and remember it."""
        mark = mark_of(*parts)
        seen, (newer, older) = self._seen, self._generations
        if mark in seen or mark in newer or mark in older:
            return False
        seen[mark] = None
        return True

    def are_new(self, items: Sequence[ItemReceived | Received]) -> bool:
        """Tell whether all of these are new items, and remember them if they are."""
        marks = [mark for each in items for mark in _marks_of(each)]
        fresh, seen = dict.fromkeys(marks), self._seen
        known = (seen.keys(), *self._generations)
        if len(fresh) < len(marks) or not all(each.isdisjoint(marks) for each in known):
            return False
        seen |= fresh
        return True

    def knows(self, *parts: str) -> bool:
        """Tell whether this was folded before."""
        mark = mark_of(*parts)
        return mark in self._seen or self.state.has_seen(mark)

    def next_due(self) -> Timer | None:
        """Return the earliest timer due by now, in (due, id) order, as things stand now."""
        stored = self._next_stored()
        while self._unsorted:
            heappush(self._armed, self._unsorted.pop())
        while self._has_armed() and not self._still_armed(self._armed[0]):
            heappop(self._armed)
        if not self._has_armed():
            return stored
        return self._armed[0] if stored is None else min(stored, self._armed[0])

    def finish(self) -> Changes:
        """Return all changes."""
        seen = tuple(self._seen)
        return Changes(self._puts, self._waits, seen, self._counts, self._rates, self._timers)

    def may_be_due(self) -> bool:
        """Tell whether a timer may be due; cheap, and never wrong about "no"."""
        return self._soonest <= self.now

    def ready(self) -> None:
        """Arm the items whose time is up, before what is due is asked for."""
        while self._next_late is not None and self._next_late[0] <= self.now:
            found = self.waiting(self._next_late[1])
            if found is not None:
                heappush(self._armed, found.timers()[0])
            self._next_late = next(self._late, None)
        waiting = [each for each in self._fresh if self.waiting(each.fact.item_id)]
        self._fresh = [each for each in waiting if each.verdict_due > self.now]
        for each in waiting:
            if each.verdict_due <= self.now:
                heappush(self._armed, each.timers()[0])

    def settled(self) -> None:
        """Note that nothing is due any more, and what is due next."""
        self.at = self.now
        self._look()

    def _look(self) -> None:
        """Find the soonest of all timers; some may be gone, which costs one look more."""
        timers = self.state.timers()[self._next_timer : self._next_timer + 1]
        dues = [timer.due for timer in (*timers, *self._armed[:1])]
        dues += [each.verdict_due for each in self._fresh]
        if self._next_late is not None:
            dues.append(self._next_late[0])
        self._soonest = min(dues, default=FAR)

    def _has_armed(self) -> bool:
        return bool(self._armed) and self._armed[0].due <= self.now

    def _next_stored(self) -> Timer | None:
        timers = self.state.timers()
        while self._next_timer < len(timers):
            timer = timers[self._next_timer]
            if timer.due > self.now:
                return None
            if timer.key not in self._puts:
                return timer
            if self._still_armed(timer):
                return timer
            self._next_timer += 1
        return None

    def holder(self, timer: Timer) -> Aggregate | PendingItem | None:
        """Return whose timer this is."""
        if timer.timer_id.startswith(PATIENCE):
            return self.waiting(timer.key)
        return self.get(timer.key, Aggregate)

    def _still_armed(self, timer: Timer) -> bool:
        found = self.holder(timer)
        return found is not None and timer in found.timers()


def mark_of(*parts: str) -> bytes:
    """Return 8 bytes that stand for `parts`."""
    return sha256("\n".join(parts).encode("utf-8", "surrogatepass")).digest()[:8]


def _marks_of(fact: ItemReceived | Received) -> tuple[bytes, bytes]:
    """Return the marks of a version and of its item: the second is on the way to the first."""
    digest = sha256(fact.item_id.encode("utf-8", "surrogatepass"))
    item = digest.digest()[:8]
    digest.update(f"\n{fact.item_version}".encode("utf-8", "surrogatepass"))
    return digest.digest()[:8], item
