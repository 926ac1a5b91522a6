"""What people said of an item, and what many say alike, as decisions: labels, claims, groups, spread."""

from typing import Literal

from shared.contracts.base import Frozen, Time
from shared.contracts.operators import ClaimStatus
from shared.contracts.verdicts import Label


class DecisionBase(Frozen):
    """When, and on which account."""

    at: Time
    account_id: str = ""


class ItemCorrected(DecisionBase):
    """A person's labels for an item beside the system's: one row to learn from.

    An operation that was meant for all alike gives one for each case's own item.
    """

    kind: Literal["item.corrected"] = "item.corrected"
    case_id: str
    item_id: str
    item_version: str
    labels: tuple[Label, ...]
    decided: tuple[Label, ...]
    model: str
    pack_hash: str
    op_id: str
    person_id: str


class ClaimRecorded(DecisionBase):
    """A rumour that is to be looked into, or what is known of it by now."""

    kind: Literal["claim.recorded"] = "claim.recorded"
    claim_id: str
    case_id: str
    status: ClaimStatus


class GuidanceMoved(DecisionBase):
    """A position, a ban or a request for a position is somewhere else than before."""

    kind: Literal["guidance.moved"] = "guidance.moved"
    what: Literal["position", "ban", "request"]
    name: str
    status: str
    content: str = ""


class ReceiptSwitched(DecisionBase):
    """An account's automatic receipt was proposed, put on or taken off."""

    kind: Literal["receipt.switched"] = "receipt.switched"
    status: str


class KnowledgeMoved(DecisionBase):
    """An entry of the knowledge base was offered, approved or taken out."""

    kind: Literal["knowledge.moved"] = "knowledge.moved"
    entry_id: str
    status: str
    content: str = ""


class RumourWeighed(DecisionBase):
    """How likely what a case is about is a rumour, in thousandths, and on what evidence, by now.

    Triage: it says how it is worded and spreads, never whether it is true.
    """

    kind: Literal["rumour.weighed"] = "rumour.weighed"
    case_id: str
    item_id: str
    severity: int
    minutes: int
    likely: int
    text: int | None
    reposts: int
    denial: int
    doubt: int
    delight: int
    unheard: int
    copies: int
    lately: int
    reach: int
    early: int | None
    followers: int | None
    claim_status: ClaimStatus | None


class ClaimLinked(DecisionBase):
    """An item says what a known claim says."""

    kind: Literal["claim.linked"] = "claim.linked"
    claim_id: str
    item_id: str
    status: ClaimStatus


class ClusterFormed(DecisionBase):
    """A second item with nearly the same words came; from here on one decision may serve all."""

    kind: Literal["cluster.formed"] = "cluster.formed"
    cluster_id: str
    items: tuple[str, ...]


class ClusterCoordinated(DecisionBase):
    """Many different people wrote the same words within minutes: a sign, and no proof."""

    kind: Literal["cluster.coordinated"] = "cluster.coordinated"
    cluster_id: str
    authors: int
    count: int


SaidDecision = (
    ItemCorrected
    | ClaimRecorded
    | ClaimLinked
    | ClusterFormed
    | ClusterCoordinated
    | RumourWeighed
    | GuidanceMoved
    | KnowledgeMoved
    | ReceiptSwitched
)
