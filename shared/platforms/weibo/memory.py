"""The poller's cursor: where each list stands, and the newest items as they were last seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.ids import token
from shared.contracts.items import ItemKind
from shared.platforms.weibo.walk import Walk

RECENT_ITEMS = 400
OWN_POSTS = 100
_GONE = "-"
_LETTER = {ItemKind.COMMENT: "c", ItemKind.MENTION: "m", ItemKind.REPOST: "r"}
_KIND = {letter: kind for kind, letter in _LETTER.items()}


@dataclass(frozen=True, slots=True)
class Known:
    """An item as it was last seen; `text_mark` changes when the text does."""

    kind: ItemKind
    version: str
    text_mark: str

    @property
    def gone(self) -> bool:
        """Tell whether its deletion was already reported."""
        return self.text_mark == _GONE


def text_mark(text: str) -> str:
    """Return eight characters that change when the text changes."""
    return token("text", text)[:8]


@dataclass(slots=True)
class Memory:
    """What one poll starts from and the next goes on with; bounded, and JSON in between."""

    walks: dict[str, Walk] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    resets: bool = False
    own: dict[str, None] = field(default_factory=dict)
    recent: dict[str, Known] = field(default_factory=dict)

    def known(self, kind: ItemKind, native_id: str) -> Known | None:
        """Return what is remembered of an item; posts and comments have ids of their own."""
        return self.recent.get(_key(kind, native_id))

    def remember(self, kind: ItemKind, native_id: str, version: str, text: str) -> None:
        """Keep an item as it is now; the oldest one is forgotten when there are too many."""
        self._put(kind, native_id, Known(kind, version, text_mark(text)))

    def bury(self, native_id: str, known: Known) -> None:
        """Keep that an item's deletion was reported."""
        self._put(known.kind, native_id, Known(known.kind, known.version, _GONE))

    def is_new_own(self, post_id: str) -> bool:
        """Tell whether an own post is seen for the first time, and keep it."""
        if post_id in self.own:
            return False
        self.own[post_id] = None
        if len(self.own) > OWN_POSTS:
            del self.own[next(iter(self.own))]
        return True

    def comments(self) -> Mapping[str, Known]:
        """Return the remembered comments that still stand, by native id."""
        return {
            key[1:]: known
            for key, known in self.recent.items()
            if key.startswith("c") and not known.gone
        }

    def _put(self, kind: ItemKind, native_id: str, known: Known) -> None:
        self.recent[_key(kind, native_id)] = known
        if len(self.recent) > RECENT_ITEMS:
            del self.recent[next(iter(self.recent))]


def _key(kind: ItemKind, native_id: str) -> str:
    return ("c" if kind is ItemKind.COMMENT else "s") + native_id


class _Saved(BaseModel):
    model_config = ConfigDict(extra="ignore")
    walks: dict[str, tuple[int, tuple[tuple[int, int], ...]]] = {}
    unread: dict[str, int] = {}
    resets: bool = False
    own: list[str] = []
    recent: list[tuple[str, str, str, str]] = []


def save(memory: Memory) -> str:
    """Return the cursor text of a memory."""
    return _Saved(
        walks={name: (walk.since, walk.holes) for name, walk in memory.walks.items()},
        unread=memory.unread,
        resets=memory.resets,
        own=list(memory.own),
        recent=[
            (key, _LETTER[known.kind], known.version, known.text_mark)
            for key, known in memory.recent.items()
        ],
    ).model_dump_json()


def load(cursor: str | None) -> Memory:
    """Return the memory in a cursor; an unreadable one means reading again, which is safe."""
    try:
        saved = _Saved.model_validate_json(cursor or "{}")
        return Memory(
            walks={name: Walk(since, holes) for name, (since, holes) in saved.walks.items()},
            unread=saved.unread,
            resets=saved.resets,
            own=dict.fromkeys(saved.own),
            recent={
                key: Known(_KIND[letter], version, mark)
                for key, letter, version, mark in saved.recent
            },
        )
    except (ValidationError, KeyError):
        return Memory()
