"""What is wrong with the routes of a pack: no such label or topic, never reached, or at odds with itself."""

from collections.abc import Iterator

from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.routing import ACTIONS, RUMOUR, policy_of
from shared.policy.switches import Route

_LABELS = frozenset(each.value for each in Label)


def route_faults(pack: Pack) -> Iterator[tuple[str, str, str, bool]]:
    """Yield kind of finding, the route, what is wrong, and whether that is grave."""
    topics = {each.id for each in pack.topics}
    for place, route in enumerate(pack.switches.routes):
        name = f"route {place + 1} ({route.label} → {route.queue})"
        if route.label not in _LABELS:
            yield "dead", name, f"there is no label {route.label}", True
        if route.topic and route.topic not in topics:
            yield "dead", name, f"the pack has no topic {route.topic}", True
        earlier = pack.switches.routes[:place]
        if any(_takes_all(each, route) for each in earlier):
            yield "shadowed", name, "an earlier route takes all of this", True
        if _is_milder(pack, route):
            what = f"asks for {route.action}, and rumour_policy is stricter: that holds"
            yield "conflict", name, what, False


def _takes_all(earlier: Route, later: Route) -> bool:
    return earlier.label == later.label and earlier.topic in {"", later.topic}


def _is_milder(pack: Pack, route: Route) -> bool:
    if route.label != RUMOUR or route.action not in ACTIONS:
        return False
    return policy_of(pack, (RUMOUR,), (route.topic,)) != ACTIONS[route.action]
