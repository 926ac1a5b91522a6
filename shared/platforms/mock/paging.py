"""The platform's paging: newest first, `since_id` strictly above, `max_id` at or below."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

MAX_COUNT = 200


@dataclass(frozen=True, slots=True)
class Window:
    """One request for a page; 0 means "no bound"."""

    since_id: int = 0
    max_id: int = 0
    count: int = 50
    page: int = 1

    @property
    def is_head(self) -> bool:
        """Tell whether this asks for the newest items there are."""
        return self.max_id == 0 and self.page == 1


def bounds(ids: Sequence[int], window: Window) -> tuple[int, int]:
    """Return the half-open range of places in `ids` (ascending) that the window's ids allow."""
    low = bisect_right(ids, window.since_id)
    high = bisect_right(ids, window.max_id) if window.max_id else len(ids)
    return low, max(low, high)


def cut(ids: Sequence[int], window: Window) -> list[int]:
    """Return one page of ids, newest first; costs a search and the page, not the feed."""
    low, high = bounds(ids, window)
    end = high - (window.page - 1) * window.count
    return list(reversed(ids[max(low, end - window.count) : max(low, end)]))
