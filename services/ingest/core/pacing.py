"""When to poll next, as a value: the adapter's own wish, within bounds."""

SHORTEST_SECONDS = 0.02
LONGEST_SECONDS = 300.0


def next_pause(wish_seconds: float) -> float:
    """Return the pause the adapter asked for; a wish may be nonsense, a pause may not."""
    if not wish_seconds > SHORTEST_SECONDS:
        return SHORTEST_SECONDS
    return min(wish_seconds, LONGEST_SECONDS)
