"""What people may ask for, each in one entry: the API and the pages both read this table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from shared.contracts import operators as ops
from shared.contracts.base import FactBase
from shared.contracts.facts import OperatorFact
from shared.contracts.policy import (
    PolicyApproved,
    PolicyConfirmed,
    PolicyProposed,
    PolicyPutInForce,
    PolicyRejected,
    PolicyRolledBack,
    PolicyShadowed,
)
from shared.contracts.verdicts import Label

OpId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,80}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Ground = Annotated[str, StringConstraints(max_length=500)]
Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Revision = Annotated[int, Field(ge=0, le=1_000_000)]


class Body(BaseModel):
    """`op_id` makes a retry the same operation; the header `Idempotency-Key` serves as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    op_id: OpId | None = None


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


class ReturnBody(RevisionBody):
    reason: Needed


class SettleBody(Body):
    effect_id: Name
    arrived: bool


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


class ProposeBody(Body):
    bundle: Hash
    note: Needed
    report: Hash | Literal[""] = ""


class PromoteBody(Body):
    bundle: Hash


class PackBody(Body):
    pack_hash: Hash


class PackProposeBody(PackBody):
    base_hash: Hash
    note: Needed


class PackShadowBody(PackBody):
    running: bool = True


class PackApproveBody(PackBody):
    activate: bool = False


class PackReasonBody(PackBody):
    reason: Needed


class PackBackBody(PackReasonBody):
    to_hash: Hash


_FACT: TypeAdapter[OperatorFact] = TypeAdapter(OperatorFact)


class Ask(NamedTuple):
    """Who asks for what: `target` is the case, page or account; empty for the organisation."""

    op_id: str
    person_id: str
    target: str


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing a person may ask for, and the fact it becomes.

    The fields of the body are fields of the fact; a test holds the two together.
    """

    name: str
    about: Literal["case", "page", "account", "model", "pack", "organisation"]
    summary: str
    body: type[Body]
    becomes: type[FactBase]

    @property
    def permission(self) -> str:
        """Return the action a caller must be allowed to reach this at all."""
        return str(self.becomes.model_fields["kind"].default)

    @property
    def target(self) -> str:
        """Return the field of the fact that names what it is about; "" for the organisation."""
        named = {"pack": "pack", "organisation": ""}
        return named.get(self.about, f"{self.about}_id")

    @property
    def verb(self) -> str:
        """Return its name where the address says what it is about already."""
        return self.name.removeprefix("pack-")

    def needs(self, body: Body) -> str:
        """Return the action this very body needs: releasing a stop is not stopping."""
        released = isinstance(body, PauseBody) and not body.paused
        return "operator.unpaused" if released else self.permission

    def fact(self, ask: Ask, body: Body) -> OperatorFact:
        values: dict[str, object] = body.model_dump()
        values |= {"op_id": ask.op_id, "person_id": ask.person_id}
        if self.target:
            values[self.target] = ask.target
        return _FACT.validate_python(self.becomes.model_validate(values))


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
    Wish("pack-propose", "pack", "Put rules up for approval", PackProposeBody, PolicyProposed),
    Wish("pack-shadow", "pack", "Let proposed rules run beside", PackShadowBody, PolicyShadowed),
    Wish("pack-approve", "pack", "Approve proposed rules", PackApproveBody, PolicyApproved),
    Wish("pack-reject", "pack", "Turn proposed rules down", PackReasonBody, PolicyRejected),
    Wish("pack-activate", "pack", "Put approved rules in force", PackBody, PolicyPutInForce),
    Wish("pack-roll-back", "pack", "Return to the rules before", PackBackBody, PolicyRolledBack),
    Wish("pack-confirm", "pack", "Confirm what changed for me", PackBody, PolicyConfirmed),
    Wish(
        "pause",
        "organisation",
        "Stop or release everything that leaves",
        PauseBody,
        ops.OutgoingPaused,
    ),
)

WISHES: Mapping[str, Wish] = MappingProxyType({wish.name: wish for wish in _ALL})
