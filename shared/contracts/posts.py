"""Facts about what an account itself publishes, seen on the platform or planned here."""

from typing import Literal

from shared.contracts.base import FactBase, Time


class _PostFact(FactBase):
    platform: str
    account_id: str
    post_id: str

    def cause(self) -> tuple[str, ...]:
        return (self.post_id,)

    def scope(self) -> tuple[str, str]:
        return (self.platform, self.account_id)


class PostSeen(_PostFact):
    """A post or comment of our own account was seen on the platform; `ours` if we sent it."""

    kind: Literal["post.seen"] = "post.seen"
    version: Literal[1] = 1
    text: str
    published_at: Time
    ours: bool = False


class PostDeleted(_PostFact):
    """An own post is gone from the platform."""

    kind: Literal["post.deleted"] = "post.deleted"
    version: Literal[1] = 1


class PostDrafted(_PostFact):
    """A text for a future post was written; `post_id` is ours until it is published."""

    kind: Literal["post.drafted"] = "post.drafted"
    version: Literal[1] = 1
    revision: int
    text: str
    person_id: str

    def cause(self) -> tuple[str, ...]:
        return (self.post_id, str(self.revision))


class PostScheduled(_PostFact):
    """A drafted revision is to go out at `publish_at`."""

    kind: Literal["post.scheduled"] = "post.scheduled"
    version: Literal[1] = 1
    revision: int
    publish_at: Time
    person_id: str

    def cause(self) -> tuple[str, ...]:
        return (self.post_id, str(self.revision), self.publish_at.isoformat())


class PostFrozen(_PostFact):
    """A scheduled post is held back (or, with `frozen` false, released) by an operation."""

    kind: Literal["post.frozen"] = "post.frozen"
    version: Literal[1] = 1
    frozen: bool
    op_id: str
    reason: str

    def cause(self) -> tuple[str, ...]:
        return (self.post_id, self.op_id)
