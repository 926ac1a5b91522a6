"""Facts about what a case owes beside its reply: return visits, and removals that need two people."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final, Literal

from shared.contracts.base import Time
from shared.contracts.items import ItemKind
from shared.contracts.operators import CaseOperationFact

VisitHow = Literal["phone", "message", "in_person", "other"]
VisitOutcome = Literal["satisfied", "unsatisfied", "not_reached"]


class VisitRecorded(CaseOperationFact):
    """Somebody asked again after the answer (回访): how, when, and what it came to.

    `visited_at` None: just now.
    """

    kind: Literal["operator.visited"] = "operator.visited"
    how: VisitHow
    outcome: VisitOutcome
    visited_at: Time | None = None
    note: str = ""


Removing = Literal["delete", "hide", "block"]
"""Taking a comment away, taking it out of sight, keeping its author from writing."""
Statutory = Literal["court_order", "authority_notice", "privacy_claim"]
"""What the law asks for, whatever a text says."""
Harm = Literal["abuse", "hate", "sexual", "violence", "gambling", "spam", "fraud", "privacy"]
"""The labels of harm."""
Ground = Harm | Statutory
"""Why something may be taken away: a label of harm that the item has, or what the law asks for."""
REMOVABLE: Final[Mapping[str, Mapping[Removing, AbstractSet[ItemKind]]]] = MappingProxyType(
    {"weibo": MappingProxyType({"delete": frozenset({ItemKind.COMMENT})})}
)
"""What a platform lets an account do to what others wrote; a test holds it to the adapters."""


class RemovalAsked(CaseOperationFact):
    """Somebody wants an item of the public taken away, on this ground and with this evidence.

    `alike` here and below: the same for the open cases of near-identical items, where it may be.
    """

    kind: Literal["operator.removal_asked"] = "operator.removal_asked"
    item_id: str
    item_version: str
    removing: Removing
    ground: Ground
    evidence: str
    alike: bool = False


class RemovalApproved(CaseOperationFact):
    """A second person approves exactly this; only then is anything done."""

    kind: Literal["operator.removal_approved"] = "operator.removal_approved"
    removal_id: str
    alike: bool = False


class RemovalDeclined(CaseOperationFact):
    """It is not done: turned down by another, or withdrawn by whoever asked."""

    kind: Literal["operator.removal_declined"] = "operator.removal_declined"
    removal_id: str
    reason: str
    alike: bool = False


RemovalFact = RemovalAsked | RemovalApproved | RemovalDeclined
DuesFact = VisitRecorded | RemovalFact
