"""Facts about what an account itself publishes, as it was seen on the platform."""

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
