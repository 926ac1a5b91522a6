"""Where a matter goes by the routes of a pack, and what may be said of a rumour; never nowhere."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

from shared.policy.model import Pack
from shared.policy.switches import Route, RumourPolicy, Switches

RUMOUR: Final = "rumour"
ACTIONS: Final[Mapping[str, RumourPolicy]] = {
    "report_up": "report_up",
    "hold_and_escalate": "hold_and_escalate",
    "draft_clarification": "clarify",
    "refute_case": "clarify",
}
"""What a route asks for, as the policy it amounts to. Other words are for people."""
_STRICTEST_FIRST: Final[tuple[RumourPolicy, ...]] = ("report_up", "hold_and_escalate", "clarify")
_CHECKS: Final[Mapping[RumourPolicy, tuple[str, ...]]] = {
    "report_up": ("rumour_out", "rumour_in"),
    "hold_and_escalate": ("rumour_in",),
    "clarify": ("rumour_in",),
}


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


@lru_cache(maxsize=2048)
def policy_of(pack: Pack, labels: tuple[str, ...], topics: tuple[str, ...]) -> RumourPolicy | None:
    """Return what holds for replies in such a matter; None: nothing but the gate.

    A rumour obeys `rumour_policy` wherever it goes; a route may ask the same of other matters.
    Where they differ the stricter one holds.
    """
    route = route_of(pack.switches, labels, topics)
    asked = {ACTIONS[route.action]} if route and route.action in ACTIONS else set()
    if RUMOUR in labels:
        asked.add(pack.switches.rumour_policy)
    return next((each for each in _STRICTEST_FIRST if each in asked), None)


def decider_of(switches: Switches, labels: Collection[str], topics: Collection[str]) -> str:
    """Return who is told of such a matter and decides on it: a post or a department."""
    by_rumour = route_of(switches, {RUMOUR}, topics) if RUMOUR in labels else None
    route = by_rumour or route_of(switches, labels, topics)
    if RUMOUR in labels and switches.rumour_to:
        return switches.rumour_to
    return route.queue if route else switches.default_queue


@lru_cache(maxsize=64)
def rule_for(pack: Pack, policy: RumourPolicy) -> str:
    """Return the id of the rule that asks for this policy; the switch where no rule names it."""
    for check in _CHECKS[policy]:
        for rule in pack.rules:
            if rule.check == check:
                return rule.id
    return "rumour_policy"
