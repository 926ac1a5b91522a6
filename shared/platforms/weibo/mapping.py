"""Weibo's shapes become our facts. Pure; what cannot become a fact says why.

A comment is a COMMENT whichever list showed it, so that the list of comments and the list of
mentions name one item. A post is a REPOST when it carries another post, else a MENTION; that
stays true when the post it carries is deleted later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from shared.contracts.base import stamp
from shared.contracts.ids import edit_version, item_id, token
from shared.contracts.items import Author, ItemDeleted, ItemEdited, ItemKind, ItemReceived, Thread
from shared.contracts.posts import PostSeen
from shared.platforms.hostile import MAX_NAME_CHARS
from shared.platforms.port import Rejected
from shared.platforms.weibo.payloads import (
    WireComment,
    WireMessage,
    WireStatus,
    WireUser,
)
from shared.text.readable import PICTURE, PLACE, VOICE

PLATFORM = "weibo"
MAX_REASON_CHARS = 100
_UNVERIFIED = "未认证"
_VERIFIED = {
    -1: _UNVERIFIED,
    0: "个人认证",
    1: "政府认证",
    2: "企业认证",
    3: "媒体认证",
    4: "校园认证",
    5: "网站认证",
    6: "应用认证",
    7: "机构认证",
}
"""The platform's own names, as the people who write packs know them."""
_MESSAGE_WORDS = {
    "text": "",
    "position": PLACE,
    "voice": VOICE,
    "image": PICTURE,
}


@dataclass(frozen=True, slots=True)
class Owner:
    """The account on whose behalf we read: our name for it and Weibo's."""

    account_id: str
    native_id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment or post by somebody else, read once: identity, text, and what it hangs on."""

    kind: ItemKind
    native_id: str
    author: Author
    thread: Thread
    text: str
    published_at: datetime
    edited_at: datetime | None = None
    post: PostSeen | None = None


@dataclass(frozen=True, slots=True)
class Stub:
    """What is left of a deleted comment or post."""

    kind: ItemKind
    native_id: str


Parsed = Entry | Stub | PostSeen | Rejected


def parse_comment(raw: Mapping[str, object], owner: Owner) -> Parsed:
    """Read one comment from any of the comment lists."""
    try:
        wire = WireComment.model_validate(raw)
    except ValidationError:
        return Rejected("malformed comment", _native_hint(raw))
    native_id = wire.native_id
    if native_id is None:
        return Rejected("comment without id")
    if wire.is_stub:
        return Stub(ItemKind.COMMENT, native_id)
    if wire.created_at is None:
        return Rejected("comment without a readable time", native_id)
    if _is_own(wire.user, owner):
        return _own(owner, native_id, wire.text, wire.created_at)
    answered = wire.reply_comment.native_id if wire.reply_comment else None
    return Entry(
        kind=ItemKind.COMMENT,
        native_id=native_id,
        author=_author(wire.user, native_id),
        thread=Thread(
            post_id=wire.status.native_id if wire.status else None,
            root_id=wire.rootid if wire.rootid != native_id else None,
            parent_id=answered,
        ),
        text=wire.says,
        published_at=wire.created_at,
        edited_at=wire.edit_at,
        post=_own_post(wire.status, owner),
    )


def parse_status(raw: Mapping[str, object], owner: Owner) -> Parsed:
    """Read one post from the list of mentions; an empty repost (转发微博) is kept as it is."""
    try:
        wire = WireStatus.model_validate(raw)
    except ValidationError:
        return Rejected("malformed post", _native_hint(raw))
    native_id = wire.native_id
    if native_id is None:
        return Rejected("post without id")
    carried = wire.retweeted_status
    kind = ItemKind.MENTION if carried is None else ItemKind.REPOST
    if wire.is_stub:
        return Stub(kind, native_id)
    if wire.created_at is None:
        return Rejected("post without a readable time", native_id)
    if _is_own(wire.user, owner):
        return _own(owner, native_id, wire.text, wire.created_at)
    return Entry(
        kind=kind,
        native_id=native_id,
        author=_author(wire.user, native_id),
        thread=Thread(post_id=native_id if carried is None else carried.native_id),
        text=wire.says,
        published_at=wire.created_at,
        edited_at=wire.edit_at,
        post=_own_post(carried, owner),
    )


def parse_message(raw: Mapping[str, object], owner: Owner) -> ItemReceived | Rejected:
    """Read one pushed private message. It has no id, so one is made of everything it says."""
    try:
        wire = WireMessage.model_validate(raw)
    except ValidationError:
        return Rejected("malformed message")
    kind, sender = wire.type or "", wire.sender_id
    if kind not in _MESSAGE_WORDS:
        return Rejected("push of a kind that is no message")
    if wire.receiver_id != owner.native_id:
        return Rejected("push for another account")
    if sender is None or wire.created_at is None:
        return Rejected("message without sender or readable time")
    data = sorted((str(key), str(value)) for key, value in (wire.data or {}).items())
    said = [part for pair in data for part in pair]
    native_id = token(
        "weibo-message", sender, stamp(wire.created_at), kind, wire.text or "", *said
    )
    entry = Entry(
        kind=ItemKind.MESSAGE,
        native_id=native_id,
        author=Author(author_id=sender),
        thread=Thread(),
        text=wire.text or _MESSAGE_WORDS[kind],
        published_at=wire.created_at,
    )
    return received(entry, owner, "push")


def first_version(entry: Entry) -> str:
    """Return the version of an item that was not known before (invariant 9)."""
    return stamp(entry.edited_at) if entry.edited_at else edit_version("", entry.text)


def next_version(entry: Entry, previous: str) -> str:
    """Return the version after `previous`: the edit time, else a hash of what came before."""
    return stamp(entry.edited_at) if entry.edited_at else edit_version(previous, entry.text)


def identity(kind: ItemKind, native_id: str, owner: Owner) -> str:
    """Return our id of one Weibo item."""
    return item_id(PLATFORM, owner.account_id, kind.value, native_id)


def received(entry: Entry, owner: Owner, source: str) -> ItemReceived:
    """Return the fact that this item came in, by a poll or by a push."""
    return ItemReceived(
        platform=PLATFORM,
        account_id=owner.account_id,
        item_id=identity(entry.kind, entry.native_id, owner),
        item_version=first_version(entry),
        item_kind=entry.kind,
        native_id=entry.native_id,
        author=entry.author,
        thread=entry.thread,
        text=entry.text,
        published_at=entry.published_at,
        source="push" if source == "push" else "poll",
    )


def edited(entry: Entry, owner: Owner, previous: str, seen_at: datetime) -> ItemEdited:
    """Return the fact that a known item has another text now."""
    return ItemEdited(
        platform=PLATFORM,
        account_id=owner.account_id,
        item_id=identity(entry.kind, entry.native_id, owner),
        item_version=next_version(entry, previous),
        native_id=entry.native_id,
        previous_version=previous,
        text=entry.text,
        edited_at=entry.edited_at or seen_at,
        item_kind=entry.kind,
        author=entry.author,
        thread=entry.thread,
    )


def deleted(kind: ItemKind, native_id: str, version: str, owner: Owner) -> ItemDeleted:
    """Return the fact that a known item is gone."""
    return ItemDeleted(
        platform=PLATFORM,
        account_id=owner.account_id,
        item_id=identity(kind, native_id, owner),
        item_version=version,
        native_id=native_id,
    )


def _is_own(user: WireUser | None, owner: Owner) -> bool:
    return user is not None and user.native_id == owner.native_id


def _own(owner: Owner, native_id: str, text: str | None, published_at: datetime) -> PostSeen:
    return PostSeen(
        platform=PLATFORM,
        account_id=owner.account_id,
        post_id=native_id,
        text=text or "",
        published_at=published_at,
    )


def _own_post(status: WireStatus | None, owner: Owner) -> PostSeen | None:
    """The post an item hangs on, if it is our own and complete enough to show."""
    if status is None or status.native_id is None or status.created_at is None:
        return None
    if not _is_own(status.user, owner):
        return None
    return _own(owner, status.native_id, status.text, status.created_at)


def _author(user: WireUser | None, native_id: str) -> Author:
    """Without an author each item is its own nobody, so that strangers are not joined."""
    if user is None or user.native_id is None:
        return Author(author_id=f"unknown-{native_id}")
    name = user.screen_name or user.name
    return Author(
        author_id=user.native_id,
        name=name[:MAX_NAME_CHARS] if name else None,
        followers=user.followers_count,
        verified=_verified(user),
    )


def _verified(user: WireUser) -> str | None:
    """Return the platform's mark: its kind, and in whose name it was given; None is unknown."""
    if user.verified is False:
        return _UNVERIFIED
    kind = None if user.verified_type is None else _VERIFIED.get(user.verified_type, "其他认证")
    reason = (user.verified_reason or "").strip()[:MAX_REASON_CHARS]
    return " ".join(filter(None, (kind, reason))) or None


def _native_hint(raw: Mapping[str, object]) -> str:
    found = raw.get("idstr") or raw.get("id") or ""
    return str(found)[:32]
