"""When to poll next, as a value: the adapter's wish within bounds, and patience after failures."""

SHORTEST_SECONDS = 0.02
LONGEST_SECONDS = 300.0
FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 30.0
MAX_DOUBLINGS = 10


def after_page(wish_seconds: float) -> float:
    """Return the pause the adapter asked for, within bounds (a wish may be nonsense)."""
    return max(SHORTEST_SECONDS, min(wish_seconds, LONGEST_SECONDS))


def after_failure(failures: int, retry_after_seconds: float | None) -> float:
    """Return the pause after the n-th failure in a row; the other side's own word goes first."""
    if retry_after_seconds is not None:
        return after_page(retry_after_seconds)
    doublings = min(max(failures - 1, 0), MAX_DOUBLINGS)
    return min(FIRST_RETRY_SECONDS * 2.0**doublings, LONGEST_RETRY_SECONDS)
