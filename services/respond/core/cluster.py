"""A cluster of near-identical items as the fold keeps it, and what leads to it."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter, model_validator

from services.respond.core.signatures import VALUE_DIGITS
from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Time

BAND_VALUES, BANDS = 4, 4
WHOLE: Final = "whole:"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
WINDOW: Final = timedelta(hours=24)
"""How long a cluster stands after its newest item; ours."""
HOUR: Final = timedelta(hours=1)


class Cluster(Aggregate):
    """Near-identical items of one account; counters and the newest 200 of each list."""

    cluster_id: str
    account_id: str
    exact: str = ""
    """The token of its text; empty where that is too common to mean anything."""
    signature: str
    near: bool = True
    """Long enough for texts that are nearly the same to mean the same."""
    first_at: Time
    last_at: Time
    count: int = 0
    reach: int = 0
    recent_at: tuple[int, ...] = ()
    """When its newest items came, in microseconds since 1970: a time is written ten times as dearly."""
    recent_by: tuple[str, ...] = ()
    """By whom (a token of the author), in the same order."""
    cases: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    coordinated_at: Time | None = None
    claim_id: str = ""

    @property
    def key(self) -> str:
        return f"cluster:{self.cluster_id}"

    @cached_property
    def landmarks(self) -> tuple[str, ...]:
        return near_places(self.account_id, self.exact, self.signature if self.near else "")

    @property
    def stands_since(self) -> datetime:
        return self.first_at

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.last_at + WINDOW, f"fade:{self.cluster_id}", self.key),)

    def within(self, span: timedelta, now: datetime) -> list[str]:
        """Return the authors of the items of the last `span`, once an item; at most 200."""
        return [*self.recent_by[len(self.recent_by) - self.count_within(span, now) :]]

    def count_within(self, span: timedelta, now: datetime) -> int:
        """Return how many items came in the last `span`; at most 200."""
        return len(self.recent_at) - bisect_right(self.recent_at, micros(now - span))

    @model_validator(mode="before")
    @classmethod
    def _as_it_was(cls, stored: object) -> object:
        """Read one that was stored with a pair of time and author for each item, as they first were."""
        if isinstance(stored, dict) and "recent" in stored:
            old = _PAIRS.validate_python(stored["recent"])
            by = {"recent_by": tuple(author for _, author in old)}
            return {**stored, "recent_at": tuple(micros(at) for at, _ in old), **by}
        return stored


_PAIRS: Final = TypeAdapter(tuple[tuple[Time, str], ...])


def micros(at: datetime) -> int:
    """Return the microseconds since 1970, which order and tell apart as the times do."""
    return (at - _EPOCH) // _MICROSECOND


def near_places(account_id: str, exact: str, signature: str) -> tuple[str, ...]:
    """Return where the cluster of a text is found: by the whole text, then by bands of its signature."""
    whole = (f"{WHOLE}{exact} {account_id}",) if exact else ()
    if not signature:
        return whole
    bands = [f"{head}{signature[first:end]} {account_id}" for head, first, end in _BANDS]
    return (*whole, *bands)


_WIDTH: Final = VALUE_DIGITS * BAND_VALUES
_BANDS: Final = tuple((f"band:{at} ", at * _WIDTH, (at + 1) * _WIDTH) for at in range(BANDS))
