"""What people may ask for, each in one entry: the API and the pages both read this table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.respond.console.dues_wishes import DUES_WISHES
from services.respond.console.flow_wishes import FLOW_WISHES
from services.respond.console.guidance_wishes import GUIDANCE_WISHES
from services.respond.console.incident_wishes import INCIDENT_WISHES
from services.respond.console.plan_wishes import PLAN_WISHES
from services.respond.console.policy_wishes import POLICY_WISHES
from services.respond.console.wish import Body, Hash, Name, Needed, Wish
from services.respond.core.promise import KEEP_PROMISES
from shared.contracts import operators as ops
from shared.contracts.verdicts import Label

Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=400)]
"""Words of a text of ours, as they stand in it."""
Ground = Annotated[str, StringConstraints(max_length=500)]
Revision = Annotated[int, Field(ge=0, le=1_000_000)]


class ClaimBody(Body):
    take_over: bool = False
    reason: Ground = ""
    alike: bool = False


class DraftBody(Body):
    slot: ops.Slot = "answer"
    base_revision: Revision
    text: Text
    suggestion_id: Name | None = None


class SlotBody(Body):
    slot: ops.Slot = "answer"


class RevisionBody(SlotBody):
    revision: Revision


class ApproveBody(RevisionBody):
    send: bool = False
    promises: Annotated[tuple[Said, ...], Field(max_length=KEEP_PROMISES)] = ()


class ReturnBody(RevisionBody):
    reason: Needed


class SettleBody(Body):
    effect_id: Name
    arrived: bool


class PromiseBody(Body):
    promise_id: Name
    kept: bool
    reason: Ground = ""

    def needs(self) -> str:
        return "" if self.kept else "operator.promise_given_up"


class ResolveBody(Body):
    without_reply: bool = False
    reason: Ground = ""
    alike: bool = False


class ReasonBody(Body):
    reason: Needed


class NoteBody(Body):
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class CorrectBody(Body):
    item_id: Name
    item_version: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    labels: tuple[Label, ...]
    alike: bool = False


class ClaimOpenBody(Body):
    matter: Needed


class ClaimJudgeBody(Body):
    status: ops.ClaimStatus
    evidence: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)
    ]


class ModeBody(Body):
    mode: Literal["observe", "suggest", "enforce"]
    reason: Needed


class PauseBody(Body):
    account_id: Name | None = None
    paused: bool
    reason: Needed

    def needs(self) -> str:
        return "" if self.paused else "operator.unpaused"


class ProposeBody(Body):
    bundle: Hash
    note: Needed
    report: Hash | Literal[""] = ""


class PromoteBody(Body):
    bundle: Hash


_ALL = (
    Wish("claim", "case", "Take a case", ClaimBody, ops.CaseClaimed),
    Wish("release", "case", "Give a case back to the queue", Body, ops.CaseReleased),
    Wish("draft", "case", "Write a revision of a reply", DraftBody, ops.ReplyDrafted),
    Wish("submit", "case", "Send a revision to review", RevisionBody, ops.ReplySubmitted),
    Wish("approve", "case", "Approve exactly this revision", ApproveBody, ops.ReplyApproved),
    Wish("return", "case", "Return a revision to its writer", ReturnBody, ops.ReplyReturned),
    Wish(
        "send",
        "case",
        "Let an approved revision leave",
        RevisionBody,
        ops.ReplySendRequested,
    ),
    Wish("undo", "case", "Stop a reply inside its undo window", SlotBody, ops.ReplyUndone),
    Wish(
        "settle",
        "case",
        "Say whether an attempt arrived",
        SettleBody,
        ops.ReplySettled,
    ),
    Wish(
        "promise-settle",
        "case",
        "Say that a promise was kept, or why it is given up",
        PromiseBody,
        ops.PromiseSettled,
    ),
    Wish("resolve", "case", "Close a case", ResolveBody, ops.CaseResolved),
    Wish("reopen", "case", "Open a resolved case again", ReasonBody, ops.CaseReopened),
    Wish("note", "case", "Leave a note for colleagues", NoteBody, ops.CaseNoted),
    Wish("correct", "case", "Correct the labels of an item", CorrectBody, ops.LabelsCorrected),
    Wish("claim-open", "case", "Make it a claim to look into", ClaimOpenBody, ops.ClaimOpened),
    Wish("claim-judge", "case", "Say what is known of it", ClaimJudgeBody, ops.ClaimJudged),
    Wish("acknowledge", "page", "Take a page", Body, ops.PageAcknowledged),
    Wish("mode", "account", "Change an account's mode", ModeBody, ops.ModeChanged),
    Wish("propose", "model", "Put a model up for approval", ProposeBody, ops.ModelProposed),
    Wish("promote", "model", "Put this proposed model in office", PromoteBody, ops.ModelApproved),
    Wish("roll-back", "model", "Return to the model before this", ReasonBody, ops.ModelRolledBack),
    Wish(
        "pause",
        "organisation",
        "Stop or release everything that leaves",
        PauseBody,
        ops.OutgoingPaused,
    ),
    *POLICY_WISHES,
    *INCIDENT_WISHES,
    *GUIDANCE_WISHES,
    *FLOW_WISHES,
    *DUES_WISHES,
    *PLAN_WISHES,
)

WISHES: Mapping[str, Wish] = MappingProxyType({wish.name: wish for wish in _ALL})
