"""Items that wait for their verdict: all that comes passes through here, and most leave at once.

They are no aggregates: nobody ever stores one, they are known again from the log.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from heapq import merge
from typing import NamedTuple

from shared.contracts.items import ItemReceived
from shared.contracts.received import Received

PATIENCE = "verdict:"
"""What the ids of the timers of waiting items begin with."""


class Timer(NamedTuple):
    """Something that happens at `due` unless its holder changes first; fires in (due, id)."""

    due: datetime
    timer_id: str
    key: str


class PendingItem(NamedTuple):
    """An item without a verdict; `fact` has its newest text and version, `edits` what changed."""

    fact: ItemReceived | Received
    received_at: datetime
    seq: int
    verdict_due: datetime
    edits: int = 0
    deleted: bool = False
    degraded: tuple[str, ...] = ()

    def whole(self) -> ItemReceived:
        """Return the fact as it is kept."""
        return self.fact.whole() if isinstance(self.fact, Received) else self.fact

    def timers(self) -> tuple[Timer]:
        """Return when its time is up (invariant 14)."""
        item_id = self.fact.item_id
        return (Timer(self.verdict_due, f"{PATIENCE}{item_id}", item_id),)


class Waiting:
    """Who waits, in the order they came, and whose time is up first.

    Items of equal patience fall due in the order they came: a queue for each patience knows the
    earliest without sorting anything. What has left is taken off its head when somebody looks.
    """

    def __init__(self) -> None:
        self._items: dict[str, PendingItem] = {}
        self._queues: dict[timedelta, deque[tuple[datetime, str]]] = {}

    def get(self, item_id: str) -> PendingItem | None:
        return self._items.get(item_id)

    def __iter__(self) -> Iterator[PendingItem]:
        return iter(self._items.values())

    def oldest(self) -> PendingItem | None:
        """Return the one that came first; the log is read again from its place."""
        return next(iter(self._items.values()), None)

    def first(self) -> PendingItem | None:
        """Return one whose time is up first."""
        heads = (self._head(queue) for queue in self._queues.values())
        waiting = (self._items[head[1]] for head in heads if head is not None)
        return min(waiting, key=lambda each: each.verdict_due, default=None)

    def by_due(self) -> Iterator[tuple[datetime, str]]:
        """Yield when whose time is up, the earliest first; some may have left. Not past a change."""
        return merge(*self._queues.values())

    def apply(self, changes: Mapping[str, PendingItem | None]) -> None:
        """Let items come, change and leave (None)."""
        items, patience, queue = self._items, None, deque[tuple[datetime, str]]()
        for item_id, fresh in changes.items():
            if fresh is None:
                items.pop(item_id, None)
                continue
            if item_id not in items:
                due = fresh.verdict_due
                own = due - fresh.received_at
                if own != patience:  # nearly always there is one patience for all
                    patience, queue = own, self._queues.setdefault(own, deque())
                queue.append((due, item_id))
            items[item_id] = fresh
        for each in self._queues.values():
            self._head(each)

    def _head(self, queue: deque[tuple[datetime, str]]) -> tuple[datetime, str] | None:
        while queue:
            due, item_id = queue[0]
            found = self._items.get(item_id)
            if found is not None and found.verdict_due == due:
                return queue[0]
            queue.popleft()
        return None
