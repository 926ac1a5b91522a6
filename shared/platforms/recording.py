"""A raw recorded stream becomes facts: one line in, its facts or a reason out, in order.

Deterministic and prefix-safe: what a line becomes depends on the lines before it only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from shared.contracts.ids import edit_version, item_id
from shared.contracts.items import Author, ItemEdited, ItemKind, ItemReceived, Thread
from shared.contracts.posts import PostSeen
from shared.platforms.hostile import storable
from shared.platforms.port import Incoming, Rejected

RECORDED_ZONE = timezone(timedelta(hours=8))
"""A time without a zone was written in China."""
MAX_ID_CHARS = 128
_ITEM_KINDS = {
    "post": ItemKind.MENTION,
    "repost": ItemKind.REPOST,
    "comment": ItemKind.COMMENT,
    "mention": ItemKind.MENTION,
    "message": ItemKind.MESSAGE,
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a known line stands: the post at its root, the first item of its branch."""

    post_id: str
    root_id: str | None


@dataclass(frozen=True, slots=True)
class _Line:
    native_id: str
    kind: str
    own: bool
    at: datetime
    text: str
    parent: str | None
    author: Author


class RecordingMapper:
    """Maps the lines of one recording onto one account; remembers ids, versions and threads."""

    def __init__(self, account_id: str, platform: str = "weibo") -> None:
        self._account_id = account_id
        self._platform = platform
        self._versions: dict[tuple[str, str], tuple[str, str]] = {}
        self._places: dict[str, _Place] = {}

    def map_line(self, raw: object) -> list[Incoming] | Rejected:
        """Return the facts of one parsed line, at least one, or why there are none."""
        line = _read(raw)
        if isinstance(line, Rejected):
            return line
        return self._own_post(line) if line.own else self._item(line)

    def _own_post(self, line: _Line) -> list[Incoming] | Rejected:
        known = self._versions.get(("own", line.native_id))
        if known is not None and known[1] == line.text:
            return Rejected("duplicate", line.native_id)
        self._versions["own", line.native_id] = ("", line.text)
        self._places[line.native_id] = _Place(line.native_id, None)
        seen = PostSeen(
            platform=self._platform,
            account_id=self._account_id,
            post_id=line.native_id,
            text=line.text,
            published_at=line.at,
        )
        return [seen]

    def _item(self, line: _Line) -> list[Incoming] | Rejected:
        kind = _ITEM_KINDS[line.kind]
        key = (kind.value, line.native_id)
        identity = item_id(self._platform, self._account_id, kind.value, line.native_id)
        known = self._versions.get(key)
        if known is None:
            version = edit_version("", line.text)
            self._versions[key] = (version, line.text)
            return [self._received(line, kind, identity, version)]
        previous, text = known
        if text == line.text:
            return Rejected("duplicate", line.native_id)
        version = edit_version(previous, line.text)
        self._versions[key] = (version, line.text)
        edit = ItemEdited(
            platform=self._platform,
            account_id=self._account_id,
            item_id=identity,
            item_version=version,
            native_id=line.native_id,
            previous_version=previous,
            text=line.text,
            edited_at=line.at,
            item_kind=kind,
            author=line.author,
            thread=self._thread(line, kind),
        )
        return [edit]

    def _received(self, line: _Line, kind: ItemKind, identity: str, version: str) -> ItemReceived:
        return ItemReceived(
            platform=self._platform,
            account_id=self._account_id,
            item_id=identity,
            item_version=version,
            item_kind=kind,
            native_id=line.native_id,
            author=line.author,
            thread=self._thread(line, kind),
            text=line.text,
            published_at=line.at,
            source="recording",
        )

    def _thread(self, line: _Line, kind: ItemKind) -> Thread:
        if kind is ItemKind.MESSAGE:
            return Thread()
        if line.parent is None:
            self._places.setdefault(line.native_id, _Place(line.native_id, None))
            return Thread(post_id=line.native_id if kind is ItemKind.MENTION else None)
        parent = self._places.get(line.parent)
        on_post = parent is None or parent.post_id == line.parent
        post_id = line.parent if parent is None else parent.post_id
        root_id = None if on_post or parent is None else parent.root_id or line.parent
        self._places.setdefault(line.native_id, _Place(post_id, root_id or line.native_id))
        return Thread(post_id=post_id, root_id=root_id, parent_id=None if on_post else line.parent)


def _read(raw: object) -> _Line | Rejected:
    if not isinstance(raw, Mapping):
        return Rejected("not an object")
    native_id = _word(raw.get("id"))
    if native_id is None:
        return Rejected("no id")
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in _ITEM_KINDS:
        return Rejected("unknown kind", native_id)
    at = _time(raw.get("t"))
    if at is None:
        return Rejected("no readable time", native_id)
    text = raw.get("text")
    if not isinstance(text, str):
        return Rejected("no text", native_id)
    founds = kind == "post" and str(raw.get("event", "")).endswith(native_id)
    return _Line(
        native_id=native_id,
        kind=kind,
        own=founds or raw.get("own") is True,
        at=at,
        text=storable(text),
        parent=_word(raw.get("parent")),
        author=_author(raw, native_id),
    )


def _author(raw: Mapping[str, object], native_id: str) -> Author:
    """Return who wrote it; what the line does not say, or says oddly, is unknown."""
    said = raw.get("author")
    known = said if isinstance(said, Mapping) else {}
    followers = known.get("followers")
    counted = isinstance(followers, int) and not isinstance(followers, bool) and followers >= 0
    return Author(
        author_id=_word(raw.get("user")) or f"unknown-{native_id}",
        name=_word(known.get("name")),
        followers=followers if counted else None,
        verified=_word(known.get("verified")),
    )


def _word(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return storable(str(value), MAX_ID_CHARS) or None


def _time(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at if at.tzinfo else at.replace(tzinfo=RECORDED_ZONE)
    except ValueError:
        return None
