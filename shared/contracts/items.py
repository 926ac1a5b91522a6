"""Facts about what came in: items, their edits and deletions, and the verdicts on them."""

from enum import StrEnum
from typing import Literal

from shared.contracts.base import FactBase, Frozen, Time
from shared.contracts.verdicts import Verdict


class ItemKind(StrEnum):
    """The four shapes in which the public speaks to an account."""

    COMMENT = "comment"
    MENTION = "mention"
    MESSAGE = "message"
    REPOST = "repost"


class Author(Frozen):
    """Who wrote it, as far as the platform says; None means unknown, never "no"."""

    author_id: str
    name: str | None = None
    followers: int | None = None
    verified: str | None = None


class Thread(Frozen):
    """Where it stands: the post, the first comment of the branch, the comment answered."""

    post_id: str | None = None
    root_id: str | None = None
    parent_id: str | None = None


class _ItemFact(FactBase):
    platform: str
    account_id: str
    item_id: str
    item_version: str

    def cause(self) -> tuple[str, ...]:
        return (self.item_id, self.item_version)

    def scope(self) -> tuple[str, str]:
        return (self.platform, self.account_id)


class ItemReceived(_ItemFact):
    """The public wrote something to an account. `published_at` is the platform's own time."""

    kind: Literal["item.received"] = "item.received"
    version: Literal[1] = 1
    item_kind: ItemKind
    native_id: str
    author: Author
    thread: Thread = Thread()
    text: str
    published_at: Time
    source: Literal["poll", "push", "stream", "recording"]


class ItemEdited(_ItemFact):
    """A newer text of an item; may come before its `item.received`.

    `item_kind`, `author` and `thread`, where the platform tells them again, let an item that was
    no matter for a case become one after the fold has forgotten it.
    """

    kind: Literal["item.edited"] = "item.edited"
    version: Literal[1] = 1
    native_id: str
    previous_version: str | None = None
    text: str
    edited_at: Time
    item_kind: ItemKind | None = None
    author: Author | None = None
    thread: Thread | None = None


class ItemDeleted(_ItemFact):
    """The item is gone from the platform; may come before its `item.received`."""

    kind: Literal["item.deleted"] = "item.deleted"
    version: Literal[1] = 1
    native_id: str
    deleted_by: Literal["author", "platform", "unknown"] = "unknown"


class ItemVerdict(Verdict):
    """The verdict on exactly this version of this item, by exactly this model (invariant 9)."""

    item_id: str
    item_version: str


class ItemClassified(FactBase):
    """The verdicts of one batch, of any accounts, in the order of their items."""

    kind: Literal["item.classified"] = "item.classified"
    version: Literal[2] = 2
    verdicts: tuple[ItemVerdict, ...]

    def cause(self) -> tuple[str, ...]:
        parts = ((each.item_id, each.item_version, each.model) for each in self.verdicts)
        return tuple(word for part in parts for word in part)
