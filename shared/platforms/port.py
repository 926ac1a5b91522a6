"""What a platform adapter promises, in our words. Adding a platform is one folder that does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType, Protocol

from shared.contracts.items import ItemDeleted, ItemEdited, ItemReceived
from shared.contracts.posts import PostSeen
from shared.contracts.system import Receipt

ApprovalId = NewType("ApprovalId", str)
"""Proof that a person approved exactly this text; only the respond core makes one (inv. 17)."""

Incoming = ItemReceived | ItemEdited | ItemDeleted | PostSeen
SourceState = Literal["ok", "silent", "gap", "quota_spent", "token_expired", "failing"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A wire item that cannot become a fact: why, and enough of it to find it again."""

    reason: str
    native_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One poll. `cursor` (opaque JSON text) may be stored only after the log's ack.

    `gap`: older unread items remain and the adapter will come back for them.
    `next_poll_seconds`: the adapter's own wish, from quota and activity.
    """

    incoming: Sequence[Incoming]
    rejected: Sequence[Rejected]
    cursor: str
    gap: bool
    state: SourceState
    next_poll_seconds: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """What a reply answers."""

    item_kind: str
    native_id: str
    post_id: str | None
    root_id: str | None
    author_id: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class SendRefused:
    """The platform will not take it; `code` is its own, `retry` whether later may help."""

    code: str
    reason: str
    retry: bool = False


@dataclass(frozen=True, slots=True)
class SendUnknown:
    """Nobody can tell whether it arrived (time-out, cut connection): read back, never resend."""

    reason: str


SendResult = Sent | SendRefused | SendUnknown


class Poller(Protocol):
    """The reading side of one account."""

    async def poll(self, cursor: str | None) -> Page:
        """Read what is new after `cursor` (None: from now minus the adapter's look-back).

        Raises: TransientError, PermanentError.
        """
        ...


class Webhook(Protocol):
    """The pushed side of one account: checks the signature before it parses anything."""

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Return the echo for a valid registration check, None for a false one."""
        ...

    def verify(self, query: Mapping[str, str], now: datetime) -> str | None:
        """Return a nonce to be used once if the signature holds and is fresh, else None."""
        ...

    def parse(self, body: bytes) -> tuple[Sequence[Incoming], Sequence[Rejected]]:
        """Turn a verified body into facts."""
        ...


class Speaker(Protocol):
    """The writing side of one account; held by the send port only."""

    visibility_horizon_seconds: float
    """How long a committed text may stay invisible to `find` (invariant 2)."""

    async def reply(
        self, target: ReplyTarget, text: str, *, approval: ApprovalId, timeout_seconds: float
    ) -> SendResult:
        """Post once. Never retries by itself."""
        ...

    async def find(
        self,
        target: ReplyTarget,
        text: str | None,
        since: datetime,
        *,
        known: frozenset[str] = frozenset(),
    ) -> Receipt | None:
        """Read the platform back: our reply with this text under this target, if visible.

        With `text` None any reply of ours, but for those whose native ids are `known`.
        """
        ...


@dataclass(frozen=True, slots=True)
class RemovalTarget:
    """What is to be taken away, and how."""

    removing: str
    item_kind: str
    native_id: str


class Remover(Protocol):
    """What one account may do to what others wrote; held by the removal port only."""

    async def remove(
        self, target: RemovalTarget, *, approval: ApprovalId, timeout_seconds: float
    ) -> SendResult:
        """Do it once; what is gone already counts as done. Never retries by itself."""
        ...

    async def is_gone(self, target: RemovalTarget) -> bool:
        """Read the platform back. Raises: TransientError, PermanentError if it cannot be read."""
        ...
