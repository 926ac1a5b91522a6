"""A cluster of near-identical items as the fold keeps it, and what leads to it."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Time

WINDOW: Final = timedelta(hours=24)
"""How long a cluster stands after its newest item; ours."""
HOUR: Final = timedelta(hours=1)


class Cluster(Aggregate):
    """Near-identical items of one account; counters and the newest 200 of each list."""

    cluster_id: str
    account_id: str
    signature: str
    keys: tuple[str, ...]
    first_at: Time
    last_at: Time
    count: int = 0
    reach: int = 0
    recent: tuple[tuple[Time, str], ...] = ()
    """When and by whom (a token of the author)."""
    cases: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    coordinated_at: Time | None = None
    claim_id: str = ""

    @cached_property
    def key(self) -> str:
        return f"cluster:{self.cluster_id}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.last_at + WINDOW, f"fade:{self.cluster_id}", self.key),)

    def within(self, span: timedelta, now: datetime) -> list[str]:
        """Return the authors of the items of the last `span`, once an item; at most 200."""
        return [author for at, author in self.recent if at > now - span]


class Near(Aggregate):
    """Which cluster a text, or a band of a signature, leads to."""

    place: str
    cluster_id: str

    @cached_property
    def key(self) -> str:
        return f"near:{self.place}"
