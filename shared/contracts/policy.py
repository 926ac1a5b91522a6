"""Facts about rules on their way into force and out again: proposed, tried, approved, confirmed.

`pack_hash` names the very body in the object store; what people read is what they decide on.
"""

from typing import Literal

from shared.contracts.base import FactBase
from shared.contracts.operators import OperatorFactBase
from shared.contracts.org import PolicyActivated


class PolicyFactBase(OperatorFactBase):
    """What all of them name: the pack, and the body of it."""

    pack: str
    pack_hash: str


class PolicyProposed(PolicyFactBase):
    """Put a body of a pack up for approval; `base_hash` is what was in force when it was written."""

    kind: Literal["operator.policy_proposed"] = "operator.policy_proposed"
    base_hash: str
    note: str


class PolicyShadowed(PolicyFactBase):
    """Let a proposed body judge beside the one in force, without any effect; or stop that."""

    kind: Literal["operator.policy_shadowed"] = "operator.policy_shadowed"
    running: bool


class PolicyApproved(PolicyFactBase):
    """A second person approves exactly this body; with `activate` it holds from here on."""

    kind: Literal["operator.policy_approved"] = "operator.policy_approved"
    activate: bool = False


class PolicyRejected(PolicyFactBase):
    """A proposal is turned down, or withdrawn by whoever made it."""

    kind: Literal["operator.policy_rejected"] = "operator.policy_rejected"
    reason: str


class PolicyPutInForce(PolicyFactBase):
    """From this place in the log on the approved body holds."""

    kind: Literal["operator.policy_activated"] = "operator.policy_activated"


class PolicyRolledBack(PolicyFactBase):
    """Take the body in force out of it; `to_hash`, the one before it, holds again from here on."""

    kind: Literal["operator.policy_rolled_back"] = "operator.policy_rolled_back"
    to_hash: str
    reason: str


class PolicyConfirmed(PolicyFactBase):
    """Somebody has read what this body changed for them."""

    kind: Literal["operator.policy_confirmed"] = "operator.policy_confirmed"


PolicyFact = (
    PolicyProposed
    | PolicyShadowed
    | PolicyApproved
    | PolicyRejected
    | PolicyPutInForce
    | PolicyRolledBack
    | PolicyConfirmed
)


def packs_named(fact: FactBase) -> tuple[str, ...]:
    """Return the hashes of the packs that a fact brings into the log."""
    return (fact.pack_hash,) if isinstance(fact, PolicyActivated | PolicyProposed) else ()


def packs_needed(fact: FactBase) -> tuple[str, ...]:
    """Return the hashes of the packs without which a fact cannot be folded."""
    match fact:
        case PolicyActivated() | PolicyPutInForce():
            return (fact.pack_hash,)
        case PolicyApproved(activate=True) | PolicyShadowed(running=True):
            return (fact.pack_hash,)
        case PolicyRolledBack():
            return (fact.to_hash,)
        case _:
            return ()
