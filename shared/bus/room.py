"""How much is taken at once: so many messages, or so many bytes, whichever is reached first."""

from collections.abc import Iterable

from shared.bus.port import MAX_BATCH_BYTES


def fitting(sizes: Iterable[int], limit: int) -> int:
    """Return how many of the first are taken: at most `limit`, and one at least if there is any."""
    count = held = 0
    for size in sizes:
        held += size
        if count == limit or (count and held > MAX_BATCH_BYTES):
            break
        count += 1
    return count
