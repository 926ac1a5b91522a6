"""A source that says nothing for far longer than it ever does is silent, not peaceful."""

from dataclasses import dataclass
from datetime import datetime

FLOOR_SECONDS = 600.0
"""No silence is reported before ten minutes, however busy the source was."""
FACTOR = 20.0
"""With arrivals at random, a pause of twenty mean gaps has a chance of 2e-9."""
WEIGHT = 0.2
ENOUGH_ARRIVALS = 10


@dataclass(frozen=True, slots=True)
class Activity:
    """How often items came, averaged with more weight on the recent ones."""

    arrivals: int = 0
    mean_gap_seconds: float = 0.0
    last_at: datetime | None = None


def observe(activity: Activity, count: int, now: datetime) -> Activity:
    """Return the activity after `count` items came at `now`."""
    if count <= 0:
        return activity
    if activity.last_at is None:
        return Activity(count, 0.0, now)
    gap = max(0.0, (now - activity.last_at).total_seconds()) / count
    mean = activity.mean_gap_seconds
    mean = gap if mean == 0.0 else mean + WEIGHT * (gap - mean)
    return Activity(min(activity.arrivals + count, ENOUGH_ARRIVALS), mean, now)


def is_silent(activity: Activity, now: datetime) -> bool:
    """Tell whether the pause is longer than this source's habits allow."""
    if activity.last_at is None or activity.arrivals < ENOUGH_ARRIVALS:
        return False
    quiet = (now - activity.last_at).total_seconds()
    return quiet > max(FLOOR_SECONDS, FACTOR * activity.mean_gap_seconds)
