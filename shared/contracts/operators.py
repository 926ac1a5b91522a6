"""Facts about what people did. Each is a request in the log; `step` accepts or refuses it."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import FactBase, Frozen
from shared.contracts.verdicts import Label

Slot = Literal["receipt", "answer", "update", "correction", "closing"]
ClaimStatus = Literal[
    "unverified", "checking", "true", "partly_true", "untrue", "unverifiable", "clarified"
]


class OperatorFactBase(FactBase):
    """`op_id` is chosen by the client, so a retry is the same operation (invariant 15)."""

    version: Literal[1] = 1
    op_id: str
    person_id: str

    def cause(self) -> tuple[str, ...]:
        return (self.op_id,)


class CaseOperationFact(OperatorFactBase):
    case_id: str


class CaseClaimed(CaseOperationFact):
    """Take (or, with `take_over` and a reason, take over) a case.

    `alike` here and below: the same for the open cases of near-identical items, where it may be.
    """

    kind: Literal["operator.claimed"] = "operator.claimed"
    take_over: bool = False
    reason: str = ""
    alike: bool = False


class CaseReleased(CaseOperationFact):
    """Give a case back to the queue."""

    kind: Literal["operator.released"] = "operator.released"


class ReplyDrafted(CaseOperationFact):
    """A text for one slot. `base_revision` is the revision the writer saw; 0 for none."""

    kind: Literal["operator.drafted"] = "operator.drafted"
    slot: Slot = "answer"
    base_revision: int
    text: str
    suggestion_id: str | None = None


class ReplySubmitted(CaseOperationFact):
    """Send a draft revision to review (送审)."""

    kind: Literal["operator.submitted"] = "operator.submitted"
    slot: Slot = "answer"
    revision: int


class ReplyApproved(CaseOperationFact):
    """Approve exactly this revision; with `send`, let it leave after the undo window.

    `promises`: the words of every promise in it that whoever approves confirms.
    """

    kind: Literal["operator.approved"] = "operator.approved"
    slot: Slot = "answer"
    revision: int
    send: bool = False
    promises: tuple[str, ...] = ()


class ReplyReturned(CaseOperationFact):
    """Return a draft to its writer with a reason (退回修改)."""

    kind: Literal["operator.returned"] = "operator.returned"
    slot: Slot = "answer"
    revision: int
    reason: str


class ReplySendRequested(CaseOperationFact):
    """Let an approved revision leave after the undo window."""

    kind: Literal["operator.sent"] = "operator.sent"
    slot: Slot = "answer"
    revision: int


class ReplyUndone(CaseOperationFact):
    """Stop a reply inside its undo window; later it is refused."""

    kind: Literal["operator.undone"] = "operator.undone"
    slot: Slot = "answer"


class ReplySettled(CaseOperationFact):
    """A person looked at the platform and says whether an unknown attempt arrived."""

    kind: Literal["operator.settled"] = "operator.settled"
    effect_id: str
    arrived: bool


class PromiseSettled(CaseOperationFact):
    """A promise of a sent reply was kept; or (`kept` false, with a reason) it is given up."""

    kind: Literal["operator.promise_settled"] = "operator.promise_settled"
    promise_id: str
    kept: bool
    reason: str = ""


class CaseResolved(CaseOperationFact):
    """Close a case (办结); `without_reply` needs a reason while an answer is owed."""

    kind: Literal["operator.resolved"] = "operator.resolved"
    without_reply: bool = False
    reason: str = ""
    alike: bool = False


class CaseReopened(CaseOperationFact):
    """Open a resolved case again (重办)."""

    kind: Literal["operator.reopened"] = "operator.reopened"
    reason: str


class CaseNoted(CaseOperationFact):
    """A note for colleagues; never leaves the house."""

    kind: Literal["operator.noted"] = "operator.noted"
    text: str


class LabelsCorrected(CaseOperationFact):
    """A person's own labels for the case's item; feedback for training and routing."""

    kind: Literal["operator.corrected"] = "operator.corrected"
    item_id: str
    item_version: str
    labels: tuple[Label, ...]
    alike: bool = False


class ClaimOpened(CaseOperationFact):
    """The case is about a rumour that is to be looked into: `matter` says what is claimed."""

    kind: Literal["operator.claim_opened"] = "operator.claim_opened"
    matter: str


class ClaimJudged(CaseOperationFact):
    """What is known of the claim a case is about, and on what evidence."""

    kind: Literal["operator.claim_judged"] = "operator.claim_judged"
    status: ClaimStatus
    evidence: str


class _ModelOperation(OperatorFactBase):
    """`model_id` is what verdicts name; `bundle` the hash of the very bytes, where it matters."""

    model_id: str


class ModelProposed(_ModelOperation):
    """Put a trained model up for approval: its bundle and, by hash, what a shadow run said of it."""

    kind: Literal["operator.model_proposed"] = "operator.model_proposed"
    bundle: str
    note: str
    report: str = ""


class ModelApproved(_ModelOperation):
    """Put exactly this bundle, which somebody else proposed, in office."""

    kind: Literal["operator.model_approved"] = "operator.model_approved"
    bundle: str


class ModelRolledBack(_ModelOperation):
    """Take the model in office out of it; the one before it judges again."""

    kind: Literal["operator.model_rolled_back"] = "operator.model_rolled_back"
    reason: str


class PageAcknowledged(OperatorFactBase):
    """The person on call has the page (我来处理)."""

    kind: Literal["operator.acknowledged"] = "operator.acknowledged"
    page_id: str


class ModeChanged(OperatorFactBase):
    """The mode of one account (observe, suggest, enforce) was switched by a person."""

    kind: Literal["mode.changed"] = "mode.changed"
    account_id: str
    mode: Literal["observe", "suggest", "enforce"]
    reason: str


class OutgoingPaused(OperatorFactBase):
    """The big red button: nothing leaves for `account_id` (None: all) until released."""

    kind: Literal["operator.paused"] = "operator.paused"
    account_id: str | None = None
    paused: bool
    reason: str


class Outcome(Frozen):
    """What became of an operation. `code` is stable for clients; `reason` is for people."""

    op_id: str
    accepted: bool
    code: str = "ok"
    reason: str = ""
    detail: dict[str, str] = Field(default_factory=dict)
