"""The aggregates of the fold: what is known of a case, an effect, a page, an account, a person.

All are bounded (invariant 18). The case, clusters, claims and the organisation have files of their
own and are named here again.
"""

from typing import Literal

from services.respond.core.cascade import Cascade, Echo
from services.respond.core.case import (
    KEEP,
    KEEP_SAID,
    Case,
    CaseClock,
    CaseItem,
    CaseStatus,
    ClockKind,
    HistoryEntry,
    Reply,
    ReplyStatus,
    Said,
    Suggestion,
)
from services.respond.core.chronicle import Chronicle
from services.respond.core.claim import Claim, Variant
from services.respond.core.cluster import Cluster
from services.respond.core.dues import VisitReminder
from services.respond.core.guidance import Guidance
from services.respond.core.held_texts import HeldText
from services.respond.core.incident import Incident, IncidentRegister
from services.respond.core.knowledge import Entry, Shelf
from services.respond.core.model import Installed, ModelRegister, Proposal
from services.respond.core.organisation import Account, Organisation, Person, Post
from services.respond.core.plan import Plans
from services.respond.core.policy import Briefed, PackChanges, PolicyRegister
from services.respond.core.promise import PromiseClock, Promised
from services.respond.core.rates import HourRates
from services.respond.core.receipt import AutoReceipt, Greeted
from services.respond.core.shadow import ShadowRun
from services.respond.core.state import Aggregate
from services.respond.core.threads import AuthorRecord, Closed
from services.respond.core.unsigned import Signatures
from services.respond.core.voiced import Spoken, Voiced
from services.respond.core.waiting import Timer
from shared.contracts.base import Time
from shared.contracts.operators import Outcome, Slot
from shared.contracts.system import EffectStatus
from shared.contracts.verdicts import Verdict
from shared.policy.gate.findings import GateFinding

__all__ = [
    "AGGREGATES",
    "KEEP",
    "KEEP_SAID",
    "OUTCOMES_KEPT",
    "Account",
    "AuthorRecord",
    "AutoReceipt",
    "Briefed",
    "Cascade",
    "Case",
    "CaseClock",
    "CaseItem",
    "CaseStatus",
    "Chronicle",
    "Claim",
    "ClockKind",
    "Closed",
    "Cluster",
    "EarlyChange",
    "Echo",
    "Effect",
    "Entry",
    "GateFinding",
    "Greeted",
    "Guidance",
    "HeldText",
    "HistoryEntry",
    "HourRates",
    "Incident",
    "IncidentRegister",
    "Installed",
    "ItemPlace",
    "ModelRegister",
    "Organisation",
    "OutcomeRing",
    "PackChanges",
    "Page",
    "Person",
    "Plans",
    "PolicyRegister",
    "Post",
    "PromiseClock",
    "Promised",
    "Proposal",
    "Reply",
    "ReplyStatus",
    "Said",
    "ShadowRun",
    "Shelf",
    "Signatures",
    "Spoken",
    "StoredOutcome",
    "Suggestion",
    "Variant",
    "VisitReminder",
    "Voiced",
]

OUTCOMES_KEPT = 5000


class EarlyChange(Aggregate):
    """An edit or deletion that came before its item (invariant 9); forgotten after a day."""

    item_id: str
    item_version: str = ""
    text: str | None = None
    deleted: bool = False
    verdict: Verdict | None = None
    forget_at: Time

    @property
    def key(self) -> str:
        return f"early:{self.item_id}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.forget_at, f"early:{self.item_id}", self.key),)


class ItemPlace(Aggregate):
    """Which case an item that opened or joined one belongs to (for edits, deletions)."""

    item_id: str
    case_id: str

    @property
    def key(self) -> str:
        return f"item:{self.item_id}"


class Effect(Aggregate):
    """Something that leaves the system, through the ledger. Never executed before it is here."""

    effect_id: str
    effect_kind: Literal["send_reply", "page", "remove"]
    status: Literal["decided", "started"] | EffectStatus
    platform: str = ""
    account_id: str = ""
    case_id: str = ""
    page_id: str = ""
    slot: Slot | None = None
    approval_id: str = ""
    approved_by: str = ""
    item_id: str = ""
    pack_hash: str = ""
    target: str = ""
    body: str = ""
    mode: Literal["observe", "suggest", "enforce"] = "suggest"
    decided_at: Time
    decided_seq: int
    not_after: Time | None = None
    attempt: int = 0
    term: int = 0
    started_at: Time | None = None
    automatic: bool = False
    """An automatic receipt: it keeps no promise."""
    promises: tuple[Promised, ...] = ()
    """What the text promises from when on it is public."""
    guided: str = ""
    """What stands for the positions that the text rests on."""
    look_since: Time | None = None
    """A lost house may have answered since then: the platform is read before anything leaves."""

    @property
    def key(self) -> str:
        return f"effect:{self.effect_id}"

    def timers(self) -> tuple[Timer, ...]:
        if self.status == "decided" and self.not_after is not None:
            return (Timer(self.not_after, f"expire:{self.effect_id}", self.key),)
        return ()


class Page(Aggregate):
    """One alarm to one person on call; `late` marks one made up for after a rebuild (补发).

    `reasons` are codes, each with a word in the console; one about the house itself has no case.
    """

    page_id: str
    case_ids: tuple[str, ...]
    person_id: str
    channel: str
    address_ref: str
    reasons: tuple[str, ...]
    raised_at: Time
    count: int = 1
    late: bool = False
    delivered_at: Time | None = None
    acknowledged_at: Time | None = None
    acknowledged_by: str | None = None
    failed: str = ""
    tried: tuple[str, ...] = ()
    """The ways to people on duty that did not take it."""
    rung_at: Time | None = None
    """When it last rang, if not when it was raised."""
    again_at: Time | None = None
    """When somebody's duty begins, if it has reached nobody."""

    @property
    def key(self) -> str:
        return f"page:{self.page_id}"

    def timers(self) -> tuple[Timer, ...]:
        if self.again_at is None or self.acknowledged_at is not None:
            return ()
        return (Timer(self.again_at, f"again:{self.page_id}", self.key),)


class StoredOutcome(Aggregate):
    """What became of an operation, so that a retry gets the same answer, and nobody else does."""

    outcome: Outcome
    operation: str
    person_id: str = ""
    case_id: str = ""
    at: Time

    @property
    def key(self) -> str:
        return f"outcome:{self.outcome.op_id}"


class OutcomeRing(Aggregate):
    """One place of the ring that keeps the newest operations' outcomes and drops older ones."""

    place: int
    op_id: str

    @property
    def key(self) -> str:
        return f"ring:{self.place}"


AGGREGATES: dict[str, type[Aggregate]] = {
    "case": Case,
    "closed": Closed,
    "item": ItemPlace,
    "effect": Effect,
    "page": Page,
    "account": Account,
    "person": Person,
    "post": Post,
    "organisation": Organisation,
    "outcome": StoredOutcome,
    "ring": OutcomeRing,
    "early": EarlyChange,
    "author": AuthorRecord,
    "cluster": Cluster,
    "cascade": Cascade,
    "echo": Echo,
    "claim": Claim,
    "variant": Variant,
    "models": ModelRegister,
    "hour": HourRates,
    "guidance": Guidance,
    "entry": Entry,
    "shelf": Shelf,
    "policies": PolicyRegister,
    "changes": PackChanges,
    "briefed": Briefed,
    "shadow": ShadowRun,
    "receipt": AutoReceipt,
    "greeted": Greeted,
    "voiced": Voiced,
    "incident": Incident,
    "incidents": IncidentRegister,
    "visit": VisitReminder,
    "held": HeldText,
    "plans": Plans,
    "signatures": Signatures,
    "chronicle": Chronicle,
}
"""Key prefix -> class of the persisted aggregates."""
