"""Weibo's wire shapes: every key may be missing, unknown ones are ignored, ids stay text."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from shared.platforms.hostile import storable
from shared.text.readable import PICTURE, VIDEO

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_MAX_ID_DIGITS = 20
_TIME_PARTS = 6


def parse_time(value: object) -> datetime | None:
    """Read "Wed Jun 01 00:50:25 +0800 2011"; by table, as the C library's names follow a locale."""
    parts = value.split() if isinstance(value, str) else []
    if len(parts) != _TIME_PARTS or len(parts[4]) != 5:  # noqa: PLR2004
        return None
    try:
        hour, minute, second = (int(part) for part in parts[3].split(":"))
        offset = timedelta(hours=int(parts[4][1:3]), minutes=int(parts[4][3:]))
        zone = timezone(-offset if parts[4][0] == "-" else offset)
        local = datetime(
            int(parts[5]), _MONTHS[parts[1]], int(parts[2]), hour, minute, second, tzinfo=zone
        )
        return local.astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return None


def _id_text(value: object) -> str | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    plain = text.isascii() and text.isdigit() and len(text) <= _MAX_ID_DIGITS
    return str(int(text)) if plain and int(text) else None


def _number(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, int | str) else None
    except ValueError:
        return None


def _text(value: object) -> str | None:
    return storable(value) if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return None if value is None else value in (True, 1, "1", "true")


def _object(value: object) -> object:
    return value if isinstance(value, Mapping) else None


def _filled(value: object) -> bool:
    return bool(value)


IdText = Annotated[str | None, BeforeValidator(_id_text)]
Number = Annotated[int | None, BeforeValidator(_number)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Text = Annotated[str | None, BeforeValidator(_text)]
Filled = Annotated[bool, BeforeValidator(_filled)]
WireTime = Annotated[datetime | None, BeforeValidator(parse_time)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WireUser(_Wire):
    id: IdText = None
    idstr: IdText = None
    screen_name: Text = None
    name: Text = None
    followers_count: Number = None
    verified: Flag = None
    verified_type: Number = None
    verified_reason: Text = None

    @property
    def native_id(self) -> str | None:
        return self.idstr or self.id


class _Entry(_Wire):
    """What comments and posts have in common."""

    id: IdText = None
    idstr: IdText = None
    mid: IdText = None
    created_at: WireTime = None
    text: Text = None
    pic_ids: Filled = False
    pic_urls: Filled = False
    pic_num: Filled = False
    thumbnail_pic: Filled = False
    page_info: Annotated[Mapping[str, object] | None, BeforeValidator(_object)] = None
    user: Annotated[WireUser | None, BeforeValidator(_object)] = None
    deleted: Flag = None

    @property
    def native_id(self) -> str | None:
        return self.idstr or self.id or self.mid

    @property
    def says(self) -> str:
        """Return its words; where there are none, what is there instead, as far as it is told."""
        if self.text and self.text.strip():
            return self.text
        if self.page_info is not None and self.page_info.get("type") == "video":
            return VIDEO
        pictures = self.pic_ids or self.pic_urls or self.pic_num or self.thumbnail_pic
        return PICTURE if pictures else self.text or ""

    @property
    def is_stub(self) -> bool:
        """A deleted entry leaves a stub: `deleted: "1"`."""
        return bool(self.deleted)


class WireStatus(_Entry):
    """A post (status). `edit_at` comes with newer servers only."""

    edit_at: WireTime = None
    in_reply_to_status_id: IdText = None
    retweeted_status: Annotated["WireStatus | None", BeforeValidator(_object)] = None


class WireComment(_Entry):
    """A comment, under its post (`status`), maybe answering another (`reply_comment`)."""

    rootid: IdText = None
    edit_at: WireTime = None
    status: Annotated[WireStatus | None, BeforeValidator(_object)] = None
    reply_comment: Annotated["WireComment | None", BeforeValidator(_object)] = None


class WireMessage(_Wire):
    """One push of the private-message webhook."""

    type: Text = None
    receiver_id: IdText = None
    sender_id: IdText = None
    created_at: WireTime = None
    text: Text = None
    data: Annotated[Mapping[str, object] | None, BeforeValidator(_object)] = None


class WireUnread(_Wire):
    """How much is unread; documented as free of quota."""

    cmt: Number = None
    mention_cmt: Number = None
    mention_status: Number = None


class WireQuota(_Wire):
    """What `account/rate_limit_status` says; also free of quota."""

    remaining_ip_hits: Number = None
    remaining_user_hits: Number = None
    reset_time_in_seconds: Number = None
    user_limit: Number = None
    ip_limit: Number = None


def entries(payload: object, key: str) -> list[Mapping[str, object]]:
    """Return the objects in `payload[key]` (or in a bare list); anything else is left out."""
    found = payload.get(key) if isinstance(payload, Mapping) else payload
    rows = found if isinstance(found, list) else []
    return [row for row in rows if isinstance(row, Mapping)]
