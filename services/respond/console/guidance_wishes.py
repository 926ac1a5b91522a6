"""Wishes about what may be said: positions, bans, the knowledge base."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from services.respond.console.wish import Body, Name, Needed, Wish
from shared.contracts import guidance as said
from shared.contracts.verdicts import Label

Content = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{26}$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Spoken = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class PositionBody(Body):
    matter: Word
    text: Spoken
    words: tuple[Word, ...] = ()
    labels: tuple[Label, ...] = ()
    account_ids: tuple[Name, ...] = ()
    must_say: tuple[Word, ...] = ()
    must_not_say: tuple[Word, ...] = ()
    variants: tuple[Spoken, ...] = ()
    internal: bool = False
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime


class ContentBody(Body):
    content: Content


class EndBody(Body):
    reason: Needed


class MatterBody(Body):
    matter: Word


class BanBody(Body):
    text: Word
    until: AwareDatetime


class ReceiptBody(Body):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class EntryBody(Body):
    matter: Needed
    question: Needed
    answer: Spoken
    source: Needed
    labels: tuple[Label, ...] = ()
    channels: tuple[Name, ...] = ()
    valid_until: AwareDatetime | None = None


GUIDANCE_WISHES = (
    Wish("position-request", "case", "Ask for a position", MatterBody, said.PositionRequested),
    Wish("position-write", "position", "Propose a position", PositionBody, said.PositionWritten),
    Wish(
        "position-approve",
        "position",
        "Approve exactly this position",
        ContentBody,
        said.PositionApproved,
    ),
    Wish("position-end", "position", "End a position", EndBody, said.PositionEnded),
    Wish("ban", "organisation", "Ban words for a while", BanBody, said.BanSet),
    Wish("ban-lift", "ban", "Lift a ban", EndBody, said.BanLifted),
    Wish("entry-write", "entry", "Propose an entry", EntryBody, said.EntryWritten),
    Wish("entry-approve", "entry", "Approve exactly this entry", ContentBody, said.EntryApproved),
    Wish("entry-expire", "entry", "Take an entry out", EndBody, said.EntryExpired),
    Wish(
        "receipt-write",
        "account",
        "Propose an automatic receipt",
        ReceiptBody,
        said.ReceiptWritten,
    ),
    Wish(
        "receipt-approve",
        "account",
        "Put exactly this receipt on",
        ContentBody,
        said.ReceiptApproved,
    ),
    Wish("receipt-stop", "account", "Stop automatic receipts", EndBody, said.ReceiptStopped),
)
