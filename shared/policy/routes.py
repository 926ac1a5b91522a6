"""Which route of a pack an item or case takes."""

from collections.abc import Collection

from shared.policy.switches import Route, Switches


def route_of(switches: Switches, labels: Collection[str], topics: Collection[str]) -> Route | None:
    """Return the first route that fits one of the labels and, where it names one, the topic."""
    for route in switches.routes:
        if route.label in labels and (not route.topic or route.topic in topics):
            return route
    return None
