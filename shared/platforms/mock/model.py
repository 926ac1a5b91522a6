"""What a small Weibo is made of: users, accounts, statuses, comments, private messages."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Feed(StrEnum):
    """The lists an account reads; each is ordered by id, oldest first."""

    TO_ME = "cmt"
    COMMENT_MENTIONS = "mention_cmt"
    STATUS_MENTIONS = "mention_status"
    BY_ME = "by_me"
    TIMELINE = "timeline"


@dataclass(slots=True)
class User:
    """A person or organisation; `verified_type` is -1 for a plain person, 2 for a company."""

    uid: int
    name: str
    followers: int
    created_at: datetime
    gender: str = "n"
    verified_type: int = -1
    verified_reason: str = ""


@dataclass(slots=True)
class Account:
    """One of our official accounts, with the app that speaks for it."""

    user: User
    app_key: str
    app_secret: str
    access_token: str
    feeds: dict[Feed, list[int]] = field(default_factory=lambda: {kind: [] for kind in Feed})
    unread: dict[str, int] = field(default_factory=dict)

    @property
    def uid(self) -> int:
        return self.user.uid


@dataclass(slots=True)
class Status:
    """A post: `owner` is the account it belongs to (None: the public's own)."""

    id: int
    author: int
    text: str
    at: datetime
    owner: int | None = None
    retweeted: int | None = None
    parent: int | None = None
    theme: str = ""
    edited_at: datetime | None = None
    edits: int = 0
    deleted: bool = False
    reposts: int = 0
    comments: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Comment:
    """A comment; `root` is the first comment of its branch, `reply_to` the one it answers.

    It exists from `at` on, but is shown from `visible_at` on only.
    """

    id: int
    author: int
    status: int
    text: str
    at: datetime
    visible_at: datetime
    reply_to: int | None = None
    root: int | None = None
    theme: str = ""
    edits: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Message:
    """One private message, in either direction. The wire never shows its id."""

    id: int
    sender: int
    receiver: int
    text: str
    at: datetime
    theme: str = ""
