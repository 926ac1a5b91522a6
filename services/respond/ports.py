"""What respond's shell and console need of each other and of the world."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Literal, Protocol

from services.respond.core.aggregates import (
    Account,
    AutoReceipt,
    Briefed,
    Case,
    Chronicle,
    Claim,
    Cluster,
    Effect,
    Entry,
    GateFinding,
    Guidance,
    Incident,
    ModelRegister,
    Organisation,
    PackChanges,
    Page,
    Person,
    Plans,
    PolicyRegister,
    Post,
    ShadowRun,
    Shelf,
    Signatures,
    Voiced,
)
from services.respond.core.rates import Rate
from shared.contracts.base import Frozen, Time
from shared.contracts.facts import OperatorFact
from shared.contracts.operators import Outcome, Slot
from shared.contracts.verdicts import Label
from shared.policy.gate.findings import Unknown
from shared.policy.model import Pack


class QueueRow(Frozen):
    """One open case in the queue, ordered by what is owed next."""

    case: Case
    due: datetime | None


class QueueFilter(Frozen):
    """Which part of the queue a person looks at."""

    account_id: str | None = None
    label: Label | None = None
    queue: str | None = None
    owner_id: str | None = None
    mine_or_free: bool = False
    cluster_id: str | None = None
    """Those that hold nearly the same words."""
    asking: bool = False
    """Those with questions inside the house that nobody has answered."""
    resolved: bool = False
    """Those closed last, newest first, instead of those that are open."""


class Health(Frozen):
    """What the console's header and /readyz say; nothing here is ever assumed to be well."""

    leader: bool
    term: int
    cursor_seq: int
    stream_seq: int
    newest_fact_at: datetime | None
    degraded: tuple[str, ...] = ()


class Committed(Frozen):
    """Announced after each commit: what changed, for whoever looks at it."""

    seq: int
    keys: tuple[str, ...]


class ReadModel(Protocol):
    """Committed state, for reading; the same in the leader's process and in a standby's."""

    async def queue(
        self, where: QueueFilter, *, offset: int, limit: int
    ) -> tuple[Sequence[QueueRow], int]:
        """Return rows by due time (earliest first) and how many fit in all."""
        ...

    async def case(self, case_id: str) -> Case | None: ...
    async def places(self, item_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the case of each item that is in one."""
        ...

    async def claim(self, claim_id: str) -> Claim | None: ...
    async def clusters(self, cluster_ids: Sequence[str]) -> Mapping[str, Cluster]:
        """Return those that still stand, by id."""
        ...

    async def effect(self, effect_id: str) -> Effect | None: ...
    async def page(self, page_id: str) -> Page | None: ...
    async def post(self, account_id: str, post_id: str) -> Post | None:
        """Return one of the account's own newest posts."""
        ...

    async def pages(self) -> Sequence[Page]:
        """Return the pages nobody acknowledged yet, oldest first."""
        ...

    async def open_pages(self, limit: int) -> tuple[Sequence[Page], int]:
        """Return the oldest of them, and how many there are."""
        ...

    async def accounts(self) -> Sequence[Account]: ...
    async def people(self) -> Sequence[Person]: ...
    async def person(self, person_id: str) -> Person | None: ...
    async def organisation(self) -> Organisation: ...
    async def models(self) -> ModelRegister: ...
    async def guidance(self) -> Guidance: ...
    async def chronicle(self) -> Chronicle:
        """Return what was lately done to positions, bans and receipts, oldest first."""
        ...

    async def shelf(self) -> Shelf: ...
    async def voiced(self, account_id: str) -> Voiced | None:
        """Return what an account lately said to people."""
        ...

    async def receipts(self, account_ids: Sequence[str]) -> Sequence[AutoReceipt]:
        """Return the automatic receipts of those accounts that have or had one."""
        ...

    async def entries(self, entry_ids: Sequence[str]) -> Sequence[Entry]:
        """Return those of the entries that are known, in this order."""
        ...

    async def plans(self) -> Plans:
        """Return the texts that are planned for later, soonest first."""
        ...

    async def signatures(self) -> Signatures:
        """Return the replies that wait for somebody's approval, the longest waiting first."""
        ...

    async def policies(self) -> PolicyRegister: ...
    async def incidents(self) -> Sequence[Incident]:
        """Return the newest entries of the register, newest first."""
        ...

    async def shadow(self, pack: str) -> ShadowRun | None: ...
    async def pack_changes(self, pack: str) -> PackChanges | None: ...
    async def briefed(self, person_id: str) -> Briefed | None: ...
    async def rates(self) -> Sequence[Rate]:
        """Return how often each label holds lately and in the week before."""
        ...

    async def outcome(self, op_id: str) -> Outcome | None: ...
    async def health(self) -> Health: ...
    def changes(self) -> AbstractAsyncContextManager[AsyncIterator[Committed]]:
        """Yield every commit from now on; a slow reader loses the oldest."""
        ...


class Actions(Protocol):
    """The only way people change anything: their wish becomes a fact, the fold answers."""

    async def perform(self, fact: OperatorFact, *, wait_seconds: float = 3.0) -> Outcome | None:
        """Append the fact and return its outcome; None: recorded, not yet decided.

        Raises TransientError when the log cannot take it now.
        """
        ...


class PromiseShown(Frozen):
    """A promise in a text that is being written; without `due_at` nobody can tell when it is over."""

    text: str
    due_at: Time | None = None
    soft: bool = False
    holidays_known: bool = True


class GateAnswer(Frozen):
    """Findings by level, the text's length in the platform's own counting, and what it promises.

    `unknown` is what could not be checked, and what that would need: it has not passed.
    """

    level: Literal["pass", "warn", "hold", "block"]
    findings: tuple[GateFinding, ...]
    units: float
    limit: float
    promises: tuple[PromiseShown, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    reviewable: bool = False
    """It may not leave as it stands, but somebody may approve it."""


class GateView(Protocol):
    """The gate as the editor sees it: what passes it, and findings for a text that is written."""

    async def check(
        self, case_id: str, text: str, slot: Slot = "answer", role: str = ""
    ) -> GateAnswer:
        """Return the findings; `role` is that of who writes."""
        ...

    async def suggested(self, case: Case, now: datetime) -> Case:
        """Return the case with its matter and what may be said in it, as things stand now."""
        ...


class DraftAsked(Frozen):
    """What somebody who drafts is told: nothing of who wrote it, only what and what we know."""

    text: str
    matter: str = ""
    known: tuple[str, ...] = ()
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()


class Drafter(Protocol):
    """A source of drafts outside the house; optional, and never trusted."""

    @property
    def model(self) -> str:
        """Return its name, for whoever reads the draft."""
        ...

    async def draft(self, asked: DraftAsked) -> str:
        """Return a draft. Raises TransientError, PermanentError."""
        ...


class Notice(Frozen):
    """What a pager says."""

    page_id: str
    title: str
    text: str
    link: str
    late: bool = False


class Pager(Protocol):
    """One channel to a person on call."""

    async def page(self, address_ref: str, notice: Notice, *, key: str) -> str:
        """Return the channel's receipt once accepted; the same key is the same page.

        Raises: TransientError, PermanentError.
        """
        ...


class PackShelf(Protocol):
    """Bodies of packs by their hash, where everybody who folds finds them."""

    async def pack(self, pack_hash: str) -> Pack | None:
        """Return the pack; None if there is none of this version under the hash.

        Raises TransientError.
        """
        ...

    async def keep(self, pack: Pack) -> str:
        """Keep a body and return its hash. Raises TransientError."""
        ...
