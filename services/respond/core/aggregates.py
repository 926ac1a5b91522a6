"""The aggregates of the fold: what is known of a case, an effect, a page, an account, a person.

All are bounded (invariant 18): counters plus the newest `KEEP` entries; what is older stands in
the log and in the archive.
"""

from typing import ClassVar, Literal

from pydantic import Field

from services.respond.core.state import Aggregate, Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.items import Author, ItemKind, Thread
from shared.contracts.operators import Outcome, Slot
from shared.contracts.org import AccountRegistered, Duty, PersonRegistered
from shared.contracts.system import EffectStatus, Receipt
from shared.contracts.verdicts import Label, Reason

KEEP = 200
ClockKind = Literal["acknowledge", "first_reply"]
CaseStatus = Literal["open", "claimed", "resolved"]
ReplyStatus = Literal[
    "drafted", "submitted", "approved", "returned", "waiting", "leaving", "sent", "unknown"
]


class CaseItem(Frozen):
    """One item of a case with the verdict on its newest version; `deleted` keeps the evidence."""

    item_id: str
    item_version: str
    native_id: str
    item_kind: ItemKind
    author: Author
    thread: Thread
    text: str
    published_at: Time
    received_at: Time
    labels: dict[Label, float] = Field(default_factory=dict)
    decided: tuple[Label, ...] = ()
    abstained: bool = False
    reasons: tuple[Reason, ...] = ()
    model: str = ""
    degraded: tuple[str, ...] = ()
    corrected: tuple[Label, ...] | None = None
    edits: int = 0
    deleted: bool = False


class CaseClock(Frozen):
    """A promise with a time: met, breached (then `breached_at` is the due time), or running."""

    clock: ClockKind
    started_at: Time
    due_at: Time
    met_at: Time | None = None
    breached_at: Time | None = None


class GateFinding(Frozen):
    """One finding of the gate in an outgoing text; the span counts code points of that text."""

    category: str
    level: Literal["warn", "hold", "block"]
    start: int
    end: int
    rules: tuple[str, ...]
    reason: str
    suggestion: str | None = None


class Reply(Frozen):
    """The reply of one slot: its newest revision, who wrote and approved it, what became of it."""

    slot: Slot
    revision: int
    text: str
    author_id: str
    status: ReplyStatus
    findings: tuple[GateFinding, ...] = ()
    approved_by: str | None = None
    approval_id: str | None = None
    pack_hash: str = ""
    leaves_at: Time | None = None
    effect_id: str | None = None
    receipt: Receipt | None = None
    sent_at: Time | None = None
    note: str = ""


class Suggestion(Frozen):
    """A proposed text from an approved template; passed the gate when it was made."""

    suggestion_id: str
    template_id: str
    text: str


class HistoryEntry(Frozen):
    """One thing that happened to a case, for people."""

    at: Time
    what: str
    person_id: str | None = None
    detail: str = ""


class Case(Aggregate):
    """The unit of work a person owns: one author's matter in one thread."""

    case_id: str
    number: int
    platform: str
    account_id: str
    thread_key: str
    status: CaseStatus
    opened_at: Time
    severity: int
    labels: tuple[Label, ...]
    items: tuple[CaseItem, ...]
    item_count: int
    owner_id: str | None = None
    clocks: tuple[CaseClock, ...] = ()
    replies: tuple[Reply, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    resolved_at: Time | None = None
    reopened: int = 0
    degraded: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"case:{self.case_id}"

    def timers(self) -> tuple[Timer, ...]:
        clocks = (
            Timer(clock.due_at, f"clock:{self.case_id}:{clock.clock}", self.key)
            for clock in self.clocks
            if clock.met_at is None and clock.breached_at is None and self.status != "resolved"
        )
        undo = (
            Timer(reply.leaves_at, f"undo:{self.case_id}:{reply.slot}", self.key)
            for reply in self.replies
            if reply.status == "waiting" and reply.leaves_at is not None
        )
        return (*clocks, *undo)

    def queue_due(self) -> float | None:
        if self.status == "resolved":
            return None
        owed = [clock.due_at.timestamp() for clock in self.clocks if clock.met_at is None]
        return min(owed, default=self.opened_at.timestamp() + 10**9)


class OpenThread(Aggregate):
    """Which open case an author's matter in a thread belongs to."""

    thread_key: str
    case_id: str

    @property
    def key(self) -> str:
        return f"open:{self.thread_key}"


class PendingItem(Aggregate):
    """An item that waits for its verdict; known again from the log, so never persisted."""

    persisted: ClassVar[bool] = False

    item: CaseItem
    platform: str
    account_id: str
    seq: int
    verdict_due: Time

    @property
    def key(self) -> str:
        return f"pending:{self.item.item_id}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.verdict_due, f"verdict:{self.item.item_id}", self.key),)


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
    effect_kind: Literal["send_reply", "page"]
    status: Literal["decided", "started"] | EffectStatus
    platform: str = ""
    account_id: str = ""
    case_id: str = ""
    page_id: str = ""
    slot: Slot | None = None
    approval_id: str = ""
    approved_by: str = ""
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

    @property
    def key(self) -> str:
        return f"effect:{self.effect_id}"

    def timers(self) -> tuple[Timer, ...]:
        if self.status == "decided" and self.not_after is not None:
            return (Timer(self.not_after, f"expire:{self.effect_id}", self.key),)
        return ()


class Page(Aggregate):
    """One alarm to one person on call; `late` marks one made up for after a rebuild (补发)."""

    page_id: str
    case_ids: tuple[str, ...]
    person_id: str
    channel: str
    address_ref: str
    reason: str
    raised_at: Time
    count: int = 1
    late: bool = False
    delivered_at: Time | None = None
    acknowledged_at: Time | None = None
    acknowledged_by: str | None = None
    failed: str = ""

    @property
    def key(self) -> str:
        return f"page:{self.page_id}"


class Account(Aggregate):
    """An official account, its mode and what its sources last said."""

    registered: AccountRegistered
    mode: Literal["observe", "suggest", "enforce"] = "suggest"
    paused: bool = False
    sources: dict[str, tuple[str, Time, str]] = Field(default_factory=dict)
    own_posts: int = 0
    own_post_ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"account:{self.registered.account_id}"


class Person(Aggregate):
    """A person who may act."""

    registered: PersonRegistered

    @property
    def key(self) -> str:
        return f"person:{self.registered.person_id}"


class Organisation(Aggregate):
    """What holds for everything: roster, active packs and model, freeze, term, counters."""

    duties: tuple[Duty, ...] = ()
    packs: dict[str, str] = Field(default_factory=dict)
    model: str = ""
    paused: bool = False
    freeze_epoch: int = 0
    term: int = 0
    next_case: int = 1
    chain: str = ""
    items_received: int = 0
    items_edited: int = 0
    items_deleted: int = 0
    items_classified: int = 0
    items_degraded: int = 0
    own_posts: int = 0
    cases_opened: int = 0
    replies_sent: int = 0
    breaches: int = 0
    pages_raised: int = 0
    quarantined: int = 0
    outcome_ids: tuple[str, ...] = ()

    KEY: ClassVar[str] = "organisation:self"

    @property
    def key(self) -> str:
        return self.KEY


class StoredOutcome(Aggregate):
    """What became of an operation, so that a retry gets the same answer."""

    outcome: Outcome
    at: Time

    @property
    def key(self) -> str:
        return f"outcome:{self.outcome.op_id}"


AGGREGATES: dict[str, type[Aggregate]] = {
    "case": Case,
    "open": OpenThread,
    "item": ItemPlace,
    "effect": Effect,
    "page": Page,
    "account": Account,
    "person": Person,
    "organisation": Organisation,
    "outcome": StoredOutcome,
}
"""Key prefix -> class of the persisted aggregates."""
