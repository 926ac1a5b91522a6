"""Which route of a pack an item or case takes."""

from collections.abc import Collection, Iterable

from shared.policy.switches import Route


def route_of(
    routes: Iterable[Route], labels: Collection[str], topics: Collection[str]
) -> Route | None:
    """Return the first route that fits one of the labels and, where it names one, a topic."""
    for each in routes:
        if each.label in labels and (not each.topic or each.topic in topics):
            return each
    return None
