"""Walking one Weibo list backwards without losing a place: what is read, and which holes remain.

Lists come newest first. `since` is the highest id seen; a hole (low, high] was skipped because
the walk was cut short. After every page the state is whole, so a failure loses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

MAX_HOLES = 20
Hole = tuple[int, int]
"""Ids strictly above the first and at or below the second are still to be read."""


@dataclass(frozen=True, slots=True)
class Window:
    """One page to ask for; `max_id` 0 asks from the newest."""

    since_id: int
    max_id: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """How far one list has been read."""

    since: int = 0
    holes: tuple[Hole, ...] = ()

    def head(self) -> Window:
        """Return the window of everything newer than what is known."""
        return Window(self.since)

    def next_hole(self) -> Window | None:
        """Return the window of the newest hole; it is the one that still changes."""
        if not self.holes:
            return None
        low, high = self.holes[-1]
        return Window(low, high)

    def after_page(self, window: Window, ids: Sequence[int]) -> "Walk":
        """Return the walk after the page for `window` brought these ids.

        Ids outside the window are a server's mistake and do not count. Only an empty page ends
        a hole, since a page may be short although more exist.
        """
        inside = [
            native
            for native in ids
            if native > window.since_id and (not window.max_id or native <= window.max_id)
        ]
        if not window.max_id:
            return self._after_head(inside)
        rest = self.holes[:-1]
        if not inside or min(inside) - 1 <= window.since_id:
            return replace(self, holes=rest)
        return replace(self, holes=(*rest, (window.since_id, min(inside) - 1)))

    def without_old(self, window: Window) -> "Walk":
        """Return the walk with this window's hole given up: what is left there is too old."""
        return replace(
            self, holes=tuple(hole for hole in self.holes if hole[0] != window.since_id)
        )

    def _after_head(self, inside: Sequence[int]) -> "Walk":
        if not inside:
            return self
        lowest = min(inside) - 1
        holes = self.holes if lowest <= self.since else (*self.holes, (self.since, lowest))
        return Walk(max(inside), _bounded(holes))


def _bounded(holes: tuple[Hole, ...]) -> tuple[Hole, ...]:
    """Join the two oldest holes when there are too many; reading twice is safe, skipping not."""
    if len(holes) <= MAX_HOLES:
        return holes
    (low, _), (_, high), *rest = holes
    return ((low, high), *rest)
