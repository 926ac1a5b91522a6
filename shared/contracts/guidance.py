"""Facts about what may be said: positions (口径), bans (今日禁提), knowledge, automatic receipts.

Each text is named by its content, so that whoever approves it approves exactly these words.
"""

from typing import Literal

from shared.contracts.base import Time
from shared.contracts.ids import token
from shared.contracts.operators import CaseOperationFact, OperatorFactBase
from shared.contracts.verdicts import Label


class PositionWritten(OperatorFactBase):
    """A position on a matter is proposed: what may, must and must not be said, and until when.

    `words` are what a matching case speaks of (the matter itself if there are none); an
    `internal` position guides the writer and is never offered as a text.
    """

    kind: Literal["operator.position_written"] = "operator.position_written"
    position_id: str
    matter: str
    text: str
    words: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    account_ids: tuple[str, ...] = ()
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    internal: bool = False
    valid_from: Time | None = None
    valid_until: Time


class PositionApproved(OperatorFactBase):
    """A second person approves exactly this content; it holds from its time on."""

    kind: Literal["operator.position_approved"] = "operator.position_approved"
    position_id: str
    content: str


class PositionEnded(OperatorFactBase):
    """A position, proposed or in force, holds no longer."""

    kind: Literal["operator.position_ended"] = "operator.position_ended"
    position_id: str
    reason: str


class PositionRequested(CaseOperationFact):
    """A case needs a position and there is none (申请口径); a clock runs."""

    kind: Literal["operator.position_requested"] = "operator.position_requested"
    matter: str


class BanSet(OperatorFactBase):
    """Nothing that leaves may hold these words until then (今日禁提)."""

    kind: Literal["operator.ban_set"] = "operator.ban_set"
    text: str
    until: Time


class BanLifted(OperatorFactBase):
    """The words may be said again."""

    kind: Literal["operator.ban_lifted"] = "operator.ban_lifted"
    ban_id: str
    reason: str


class EntryWritten(OperatorFactBase):
    """An entry of the knowledge base is proposed: a question, its answer, and where that stands."""

    kind: Literal["operator.entry_written"] = "operator.entry_written"
    entry_id: str
    matter: str
    question: str
    answer: str
    source: str
    labels: tuple[Label, ...] = ()
    channels: tuple[str, ...] = ()
    valid_until: Time | None = None


class EntryApproved(OperatorFactBase):
    """A second person approves exactly this content; it is offered from now on."""

    kind: Literal["operator.entry_approved"] = "operator.entry_approved"
    entry_id: str
    content: str


class EntryExpired(OperatorFactBase):
    """An entry is offered no longer, or a proposed one never."""

    kind: Literal["operator.entry_expired"] = "operator.entry_expired"
    entry_id: str
    reason: str


class ReceiptWritten(OperatorFactBase):
    """An automatic receipt for an account's private messages is proposed; it must say what it is."""

    kind: Literal["operator.receipt_written"] = "operator.receipt_written"
    account_id: str
    text: str


class ReceiptApproved(OperatorFactBase):
    """A second person approves exactly this receipt; it is on from now on."""

    kind: Literal["operator.receipt_approved"] = "operator.receipt_approved"
    account_id: str
    content: str


class ReceiptStopped(OperatorFactBase):
    """No receipt leaves by itself any more for this account."""

    kind: Literal["operator.receipt_stopped"] = "operator.receipt_stopped"
    account_id: str
    reason: str


class ModelDrafted(CaseOperationFact):
    """Somebody asked a language model for a draft, and this came back; it is gated like any other."""

    kind: Literal["operator.model_drafted"] = "operator.model_drafted"
    item_id: str
    item_version: str
    model: str
    text: str


GuidanceFact = PositionWritten | PositionApproved | PositionEnded | BanSet | BanLifted
KnowledgeFact = EntryWritten | EntryApproved | EntryExpired
ReceiptFact = ReceiptWritten | ReceiptApproved | ReceiptStopped


def content_of(*parts: str) -> str:
    """Return the name of a text made of these parts."""
    return token("content", *parts)
