"""Under what else an aggregate is found: kept in memory only, for it follows from what stands."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import merge
from typing import NamedTuple


class Stand(NamedTuple):
    """Since when something stands, and under which key: the newest counts, whoever looks."""

    since: datetime
    key: str


class Places:
    """Place -> what stands there, the oldest first."""

    def __init__(self) -> None:
        self._at: dict[str, list[Stand]] = {}

    def at(self, place: str) -> Sequence[Stand]:
        """Return what stands at a place. Not to be changed by the caller."""
        return self._at.get(place, ())

    def take(self, places: Iterable[str], stand: Stand) -> None:
        """Let it be found there."""
        for place in places:
            here = self._at.get(place)
            if here is None:
                self._at[place] = [stand]
            else:
                insort(here, stand)

    def leave(self, places: Iterable[str], stand: Stand) -> None:
        """Let it be found there no longer."""
        for place in places:
            here = self._at[place]
            del here[bisect_left(here, stand)]
            if not here:
                del self._at[place]


def newest_first(fresh: Sequence[Stand], stored: Sequence[Stand]) -> Iterable[Stand]:
    """Return what stands at a place in two lists of it, the newest first; mostly that is nothing."""
    if not fresh:
        return reversed(stored)
    return merge(reversed(fresh), reversed(stored), reverse=True)


def thread_place(thread_key: str) -> str:
    """Return where the case of an author's matter in a thread is found."""
    return f"thread:{thread_key}"
