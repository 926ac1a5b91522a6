"""The case as the fold keeps it: items, clocks, replies, history, all bounded.

Counters plus the newest `KEEP` entries (invariant 18); older ones stand in log and archive.
"""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import model_validator

from services.respond.core.cascade import Reading
from services.respond.core.dues import Dues
from services.respond.core.flow import NO_FLOW, Approval, Flow
from services.respond.core.places import thread_place
from services.respond.core.promise import PromiseClock, Promised
from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.items import Author, ItemKind, Thread
from shared.contracts.operators import Slot
from shared.contracts.system import Receipt
from shared.contracts.verdicts import (
    Label,
    Reason,
    beliefs_of,
    believed,
    reasons_in,
    why_of,
)
from shared.policy.circumstances import Part
from shared.policy.gate.findings import GateFinding
from shared.policy.suggesting import Tone

KEEP = 200
KEEP_SAID = 20
RETIRE_AFTER = timedelta(days=7)
"""How long a resolved case stays in hot state, to be reopened by its author's next word."""
ClockKind = Literal["acknowledge", "first_reply", "return_visit"]
CaseStatus = Literal["open", "claimed", "resolved"]
ReplyStatus = Literal[
    "drafted",
    "submitted",
    "approved",
    "returned",
    "waiting",
    "leaving",
    "sent",
    "unknown",
    "simulated",
]


class _Spelt(Frozen):
    labels: dict[Label, float]
    reasons: tuple[Reason, ...] = ()


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
    beliefs: str = ""
    why: str = ""
    """As the verdict keeps them: nobody looks at most, and so they are read when somebody does."""
    decided: tuple[Label, ...] = ()
    abstained: bool = False
    model: str = ""
    anger: int = 0
    degraded: tuple[str, ...] = ()
    corrected: tuple[Label, ...] | None = None
    edits: int = 0
    deleted: bool = False
    topics: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    moved_to: str = ""
    """The case of its own that somebody made of it, out of one that collects."""
    looked_at: Time | None = None
    """When it was last made sure what the platform shows as our reply to it."""

    @property
    def labels(self) -> dict[Label, float]:
        """Return the probability of each label that was judged."""
        return believed(self.beliefs)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why labels hold. Raises ValueError for what is no reason."""
        return reasons_in(self.why)

    @model_validator(mode="before")
    @classmethod
    def _as_it_was(cls, stored: object) -> object:
        """Read an item that was stored with both spelt out, as they first were."""
        if isinstance(stored, dict) and "labels" in stored:
            old = _Spelt.model_validate(stored)
            return {**stored, "beliefs": beliefs_of(old.labels), "why": why_of(old.reasons)}
        return stored


class CaseClock(Frozen):
    """A promise with a time: met, breached (then `breached_at` is the due time), or running."""

    clock: ClockKind
    started_at: Time
    due_at: Time
    met_at: Time | None = None
    breached_at: Time | None = None


class Reply(Frozen):
    """The reply of one slot: its newest revision, who wrote and approved it, what became of it.

    `item_id` is the item it answers: the newest of the case when the text was written.
    """

    slot: Slot
    item_id: str
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
    automatic: bool = False
    role: str = ""
    """The role of who answers for the text: its approver's, before that its writer's."""
    approvals: tuple[Approval, ...] = ()
    awaits: tuple[str, ...] = ()
    """Who still has to approve it, in order."""
    promises: tuple[Promised, ...] = ()
    """What it promises, as it was confirmed."""


class Said(Frozen):
    """What we said in a case, once it stood on the platform; later drafts do not replace it."""

    slot: Slot
    item_id: str
    text: str
    at: Time
    approved_by: str = ""
    native_id: str = ""
    automatic: bool = False


SuggestionSource = Literal["wording", "knowledge", "position", "model", "opinion"]


class Suggestion(Frozen):
    """A proposed text and where it comes from; passed the gate when it was made."""

    suggestion_id: str
    template_id: str
    text: str
    tone: Tone = "polite"
    source: SuggestionSource = "wording"
    cites: str = ""
    """The entry or position it was taken from."""


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
    weight: tuple[Part, ...] = ()
    """What the severity is made of: the parts of the item that brought it."""
    unknown: tuple[str, ...] = ()
    labels: tuple[Label, ...]
    topics: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    cluster_id: str = ""
    """The cluster of near-identical items that its newest item belongs to."""
    claim_id: str = ""
    """The claim it is about, once a person or a known wording says so."""
    readings: tuple[Reading, ...] = ()
    """What was believed of it as a rumour while it spread, the newest last."""
    collects: Literal["", "no_text"] = ""
    """It is nobody's matter: what came without a word lies here until somebody looks at it."""
    matter: str = ""
    """What it is about, in words that may be said in public; worked out when somebody looks."""
    items: tuple[CaseItem, ...]
    item_count: int
    owner_id: str | None = None
    clocks: tuple[CaseClock, ...] = ()
    replies: tuple[Reply, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    """What a model drafted for it; all others are made when somebody looks."""
    history: tuple[HistoryEntry, ...] = ()
    resolved_at: Time | None = None
    reopened: int = 0
    degraded: tuple[str, ...] = ()
    page_id: str = ""
    spoken: tuple[str, ...] = ()
    """`slot:item_id` of every reply that left or is leaving: one voice (promise 2)."""
    sent_texts: tuple[str, ...] = ()
    """Tokens of the texts that were sent, for the gate."""
    said: tuple[Said, ...] = ()
    flow: Flow = NO_FLOW
    dues: Dues = Dues()
    promises: tuple[PromiseClock, ...] = ()
    """What we said in public that we shall do; what is owed is never forgotten."""

    @property
    def key(self) -> str:
        return f"case:{self.case_id}"

    @property
    def landmarks(self) -> tuple[str, ...]:
        return (thread_place(self.thread_key),)

    @property
    def stands_since(self) -> datetime:
        return self.opened_at

    @property
    def speaker(self) -> str:
        return self.items[-1].author.author_id

    def timers(self) -> tuple[Timer, ...]:
        case_id, key = self.case_id, self.key
        promised = [timer for each in self.promises for timer in each.timers(case_id, key)]
        if self.status == "resolved":
            ended = [self.resolved_at or self.opened_at, *(each.due for each in promised)]
            return (Timer(max(ended) + RETIRE_AFTER, f"retire:{case_id}", key), *promised)
        clocks = [
            Timer(clock.due_at, f"clock:{case_id}:{clock.clock}", key)
            for clock in self.clocks
            if clock.met_at is None and clock.breached_at is None
        ]
        undo = [
            Timer(reply.leaves_at, f"undo:{case_id}:{reply.slot}", key)
            for reply in self.replies
            if reply.status == "waiting" and reply.leaves_at is not None
        ]
        return (*clocks, *undo, *promised, *self.flow.timers(case_id, key))

    def owed(self) -> list[tuple[datetime, str]]:
        """Return when what is owed falls due, and which clock that is."""
        clocks = [(each.due_at, str(each.clock)) for each in self.clocks if each.met_at is None]
        return clocks + [(each.due_at, "promise") for each in self.promises if each.is_owed]

    def queue_due(self) -> float | None:
        if self.status == "resolved":
            return None
        owed = self.owed()
        return min(owed)[0].timestamp() if owed else self.opened_at.timestamp() + 10**9


def note(case: Case, entry: HistoryEntry) -> tuple[HistoryEntry, ...]:
    """Return the case's history with one more entry, bounded."""
    return (*case.history[1 - KEEP :], entry)
