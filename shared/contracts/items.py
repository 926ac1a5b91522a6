"""Facts about what came in: items, their edits and deletions, and the verdicts on them."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import partial
from itertools import repeat
from typing import Literal, Self

from pydantic import model_validator

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


class ItemClassified(FactBase):
    """The verdicts of one model on one batch, of any accounts, in the order of their items.

    They travel in columns, as `Verdict` explains them: what all have in common is said once.
    """

    kind: Literal["item.classified"] = "item.classified"
    version: Literal[2] = 2
    model: str
    degraded: tuple[str, ...] = ()
    item_id: tuple[str, ...]
    item_version: tuple[str, ...]
    beliefs: tuple[str, ...]
    held: tuple[str, ...]
    abstained: tuple[bool, ...]
    why: tuple[str, ...]
    anger: tuple[int, ...]
    signature: tuple[str, ...]
    exact: tuple[str, ...]
    says: str = ""
    """A digit for each verdict, or nothing at all."""
    hearing: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _even(self) -> Self:
        if message := self.uneven():
            raise ValueError(message)
        return self

    def uneven(self) -> str:
        """Return how the columns do not fit together, or nothing."""
        if len({len(getattr(self, name)) for name in _COLUMNS}) > 1:
            return "columns of different lengths"
        if self.says and len(self.says) != len(self.item_id):
            return "not a digit for each verdict"
        return ""

    @classmethod
    def of(cls, items: Sequence[tuple[str, str]], verdicts: Sequence[Verdict]) -> Self:
        """Return the fact that these (item id, version) have these verdicts.

        Raises ValueError when they are by several models.
        """
        makers = {(each.model, each.degraded, each.hearing) for each in verdicts}
        if len(makers) > 1:
            message = f"verdicts of several models: {sorted(makers)}"
            raise ValueError(message)
        model, degraded, hearing = makers.pop() if makers else ("", (), ())
        says = "".join([each.says for each in verdicts])
        return cls(
            model=model,
            degraded=degraded,
            item_id=tuple([item_id for item_id, _ in items]),
            item_version=tuple([version for _, version in items]),
            beliefs=tuple([each.beliefs for each in verdicts]),
            held=tuple([each.held for each in verdicts]),
            abstained=tuple([each.abstained for each in verdicts]),
            why=tuple([each.why for each in verdicts]),
            anger=tuple([each.anger for each in verdicts]),
            signature=tuple([each.signature for each in verdicts]),
            exact=tuple([each.exact for each in verdicts]),
            says=says if len(says) == len(verdicts) else "",
            hearing=hearing,
        )

    @property
    def verdicts(self) -> Iterator[Verdict]:
        """Yield them one by one."""
        rows = zip(
            repeat(self.model),
            self.beliefs,
            self.held,
            self.abstained,
            self.why,
            self.anger,
            self.signature,
            self.exact,
            repeat(self.degraded),
            self.item_id,
            self.item_version,
            self.says or repeat(""),
            repeat(self.hearing),
            strict=False,
        )
        return map(_verdict, rows)

    def cause(self) -> tuple[str, ...]:
        return (" ".join(self.item_id), " ".join(self.item_version), self.model)


_verdict = partial(tuple.__new__, Verdict)
"""A verdict of its parts, without the call in Python that its own name is: one for every item."""
_COLUMNS = (
    "item_id",
    "item_version",
    "beliefs",
    "held",
    "abstained",
    "why",
    "anger",
    "signature",
    "exact",
)
