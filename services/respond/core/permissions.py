"""Which roles may do what: one table, checked at the edge and again in the fold (invariant 15)."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.contracts.facts import OperatorFact
from shared.contracts.operators import OutgoingPaused, PromiseSettled
from shared.contracts.org import Role
from shared.contracts.plans import PlansFrozen

_WORKERS: Final = frozenset({Role.OPERATOR, Role.REVIEWER, Role.LEAD, Role.ADMIN})
_REVIEWERS: Final = frozenset({Role.REVIEWER, Role.LEAD, Role.ADMIN})
_LEADS: Final = frozenset({Role.LEAD, Role.ADMIN})
_COLLEAGUES: Final = _WORKERS | {Role.VIEWER}
_READERS: Final = frozenset(Role)

ALLOWED: Final[Mapping[str, frozenset[Role]]] = {
    "read": _READERS,
    "operator.claimed": _WORKERS,
    "operator.released": _WORKERS,
    "operator.drafted": _WORKERS,
    "operator.submitted": _WORKERS,
    "operator.approved": _REVIEWERS,
    "operator.returned": _REVIEWERS,
    "operator.sent": _WORKERS,
    "operator.undone": _WORKERS,
    "operator.settled": _REVIEWERS,
    "operator.promise_settled": _WORKERS,
    "operator.promise_given_up": _REVIEWERS,
    "operator.resolved": _WORKERS,
    "operator.reopened": _WORKERS,
    "operator.noted": _WORKERS,
    "operator.visited": _WORKERS,
    "operator.removal_asked": _WORKERS,
    "operator.item_taken_up": _WORKERS,
    "operator.removal_approved": _REVIEWERS,
    "operator.removal_declined": _WORKERS,
    "operator.corrected": _WORKERS,
    "operator.claim_opened": _WORKERS,
    "operator.claim_judged": _REVIEWERS,
    "operator.hold_decided": _REVIEWERS,
    "operator.information_asked": _WORKERS,
    "operator.information_answered": _COLLEAGUES,
    "operator.acknowledged": _WORKERS,
    "operator.model_proposed": _REVIEWERS,
    "operator.model_approved": _LEADS,
    "operator.model_rolled_back": _WORKERS,
    "operator.position_written": _REVIEWERS,
    "operator.position_approved": _LEADS,
    "operator.position_ended": _REVIEWERS,
    "operator.position_requested": _WORKERS,
    "operator.ban_set": _REVIEWERS,
    "operator.ban_lifted": _REVIEWERS,
    "operator.entry_written": _WORKERS,
    "operator.entry_approved": _REVIEWERS,
    "operator.entry_expired": _REVIEWERS,
    "operator.model_drafted": _WORKERS,
    "operator.policy_proposed": _REVIEWERS,
    "operator.policy_shadowed": _REVIEWERS,
    "operator.policy_approved": _LEADS,
    "operator.policy_rejected": _REVIEWERS,
    "operator.policy_activated": _LEADS,
    "operator.policy_rolled_back": _WORKERS,
    "operator.policy_confirmed": _WORKERS,
    "operator.receipt_written": _REVIEWERS,
    "operator.receipt_approved": _LEADS,
    "operator.receipt_stopped": _WORKERS,
    "incident.reported": _WORKERS,
    "incident.judged": _LEADS,
    "operator.plan_written": _WORKERS,
    "operator.plan_dropped": _WORKERS,
    "operator.plans_frozen": _WORKERS,
    "operator.plans_freed": _LEADS,
    "operator.plan_unfrozen": _REVIEWERS,
    "operator.paused": _WORKERS,
    "operator.unpaused": _LEADS,
    "mode.changed": _LEADS,
}
"""Action (the kind of the operator fact) -> roles. Anybody who works may stop; a lead releases.

Taking a model or rules back is a stop too: it leads to what was good enough before, at any hour.
"""


def action_of(fact: OperatorFact) -> str:
    """Return what must be allowed: releasing a stop is not stopping, nor giving up keeping."""
    match fact:
        case OutgoingPaused(paused=False):
            return "operator.unpaused"
        case PlansFrozen(frozen=False):
            return "operator.plans_freed"
        case PromiseSettled(kept=False):
            return "operator.promise_given_up"
        case _:
            return fact.kind


def allowed(action: str, roles: Iterable[Role]) -> bool:
    """Tell whether one of `roles` may do `action`; an unknown action is refused."""
    return not ALLOWED.get(action, frozenset()).isdisjoint(roles)
