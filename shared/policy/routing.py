"""Where a matter goes by the routes of a pack: the first that fits, and never nowhere."""

from collections.abc import Collection

from shared.policy.switches import Route, Switches


def route_of(switches: Switches, labels: Collection[str], topics: Collection[str]) -> Route | None:
    """Return the first route that fits one of the labels and, where it names one, the topic."""
    for route in switches.routes:
        if route.label in labels and (not route.topic or route.topic in topics):
            return route
    return None


def queues_of(switches: Switches) -> tuple[str, ...]:
    """Return the queues that cases of this pack can be in, the default one last."""
    named = (*(route.queue for route in switches.routes), switches.default_queue)
    return tuple(dict.fromkeys(named))
