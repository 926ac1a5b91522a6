"""A pack as people read it: area by area, each rule with its values and the ground it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from shared.policy.changes import Json, spelled
from shared.policy.model import Pack

SHOWN: Final = 100
_TITLES: Final = ("id", "category", "rule", "when", "action")
_GROUND: Final = frozenset(
    {
        "sources",
        "owner",
        "review_by",
        "effective_from",
        "effective_until",
        "because",
        "by_people",
        "approved_by",
        "ours",
    }
)
"""Values that say where a rule comes from and who answers for it."""


class Entry(NamedTuple):
    """One rule: its name in the pack, what it is called, what it says, and its ground."""

    name: str
    title: str
    values: tuple[tuple[str, str], ...]
    ground: tuple[tuple[str, str], ...]
    checked: bool = False
    """A rule that a machine checks: one like it can be written."""


class Area(NamedTuple):
    """One field of the pack; `entries` only where it is the one that is looked at."""

    name: str
    size: int
    entries: tuple[Entry, ...] = ()
    left_out: int = 0


def areas(pack: Pack, chosen: str, search: str) -> tuple[Area, ...]:
    """Return every area with how much it holds, and the entries of the chosen one."""
    body: Mapping[str, Json] = pack.model_dump(mode="json")
    found = []
    for name, value in body.items():
        entries = tuple(_matching(_entries(value), search))
        shown = entries[:SHOWN] if name == chosen else ()
        found.append(Area(name, len(entries), shown, len(entries) - len(shown)))
    return tuple(each for each in found if each.size or each.name == chosen)


def _entries(value: Json) -> Iterator[Entry]:
    if isinstance(value, Mapping):
        yield from (_entry(key, each) for key, each in value.items())
    elif isinstance(value, list):
        yield from (_entry(_title(each), each) for each in value)
    elif value not in {"", None}:
        yield Entry("", "", (("", spelled(value)),), ())


def _entry(name: str, value: Json) -> Entry:
    if not isinstance(value, Mapping):
        return Entry("", name, (("", _read(value)),) if name != spelled(value) else (), ())
    rows = [(key, _read(each)) for key, each in value.items() if _says_something(each)]
    ground = _GROUND | {"rules"} if "phrases" in value else _GROUND
    title = str(value.get("title") or name)
    return Entry(
        name if title != name else "",
        title,
        tuple(each for each in rows if each[0] not in ground and each[1] not in {name, title}),
        tuple(each for each in rows if each[0] in ground),
        bool(value.get("check")),
    )


def _says_something(value: Json) -> bool:
    return value is not False and value not in ("", None, [], {})


def _title(value: Json) -> str:
    if isinstance(value, Mapping):
        return next((str(value[key]) for key in _TITLES if key in value), "")
    return spelled(value)


def _read(value: Json) -> str:
    if isinstance(value, list):
        return "、".join(_read(each) for each in value)
    if isinstance(value, Mapping):
        return "；".join(f"{key}: {_read(each)}" for key, each in value.items())
    return spelled(value)


def _matching(entries: Iterator[Entry], search: str) -> Iterator[Entry]:
    wanted = search.casefold()
    for each in entries:
        words: Sequence[str] = (
            each.name,
            each.title,
            *(part for row in (*each.values, *each.ground) for part in row),
        )
        if not wanted or any(wanted in word.casefold() for word in words):
            yield each
