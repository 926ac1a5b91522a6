"""How fast we may ask: the quota is spread until its reset, with a share kept for replies."""

from dataclasses import dataclass, replace

REPLY_SHARE = 0.2
"""Part of the quota that reading leaves alone, so that an answer can always go out."""


@dataclass(frozen=True, slots=True)
class PaceLimits:
    """The bounds of the pace; times in seconds. An installation has no need to change them."""

    shortest_poll: float = 0.5
    longest_poll: float = 30.0
    unknown_quota_poll: float = 5.0
    quota_check: float = 60.0
    shortest_sweep: float = 15.0
    longest_sweep: float = 3600.0
    shortest_look_again: float = 10.0
    trouble_poll: float = 60.0
    hits_a_poll: float = 7200.0
    """A limit of this many calls allows one poll a second; 14,400 allows the shortest."""
    page_size: int = 200
    pages_a_poll: int = 20


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left, counted down by ourselves between two looks at the platform's number."""

    remaining: int | None = None
    limit: int | None = None
    resets_at: float = 0.0

    def spend(self) -> "Quota":
        """Return the quota after one call."""
        return self if self.remaining is None else replace(self, remaining=self.remaining - 1)

    def spendable(self) -> int | None:
        """Return how many calls reading may still make; None when nobody says."""
        if self.remaining is None:
            return None
        reserve = int((self.limit or 0) * REPLY_SHARE)
        return max(0, self.remaining - reserve)

    def spacing(self, now: float) -> float:
        """Return the seconds between two calls that make the rest last until the reset."""
        spendable = self.spendable()
        if spendable is None:
            return 0.0
        return max(0.0, self.resets_at - now) / max(1, spendable)


def poll_seconds(quota: Quota, limits: PaceLimits) -> float:
    """Return the time between two looks at the unread counters, which cost nothing."""
    if not quota.limit:
        return limits.unknown_quota_poll
    return _between(limits.shortest_poll, limits.hits_a_poll / quota.limit, limits.longest_poll)


def sweep_seconds(quota: Quota, now: float, limits: PaceLimits) -> float:
    """Return how often a list is read although its counter did not move."""
    return _between(limits.shortest_sweep, 6 * quota.spacing(now), limits.longest_sweep)


def look_again_seconds(quota: Quota, now: float, limits: PaceLimits) -> float:
    """Return how often known items are read again for edits and deletions."""
    return _between(limits.shortest_look_again, 20 * quota.spacing(now), limits.longest_sweep)


def _between(low: float, value: float, high: float) -> float:
    return max(low, min(value, high))
