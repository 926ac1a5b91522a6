"""What one stored fact adds to the archive: plain rows, keyed by the place in the log.

Facts are read as plain values, not as models: the log has validated them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from pydantic_core import from_json, to_json

from shared.contracts.ledger import QUIET, is_whole
from shared.contracts.received import BATCH_HEAD
from shared.contracts.upcast import Payload, upcast

Values = tuple[str | int | None, ...]
JUDGED = "item.judged"
VERDICTS = b'{"kind":"item.classified",'
BLIND = '"model":""'
"""In the line of an item that nobody classified in time."""


class Rows(NamedTuple):
    """Some rows of one table; the columns are those of `TABLES`."""

    table: str
    values: Sequence[Values]


TABLES: dict[str, tuple[str, ...]] = {
    "items": ("seq", "place", "item_id", "item_version", "change", "platform", "account_id", "item_kind",
              "native_id", "author_id", "author_name", "text", "at"),
    "judgements": ("seq", "place", "item_id", "account_id", "case_id", "model", "line", "at"),
    "quiet": ("seq", "judged", "classified", "forms", "lines"),
    "decisions": ("seq", "place", "kind", "case_id", "item_id", "account_id", "line", "at"),
    "actions": ("seq", "kind", "op_id", "person_id", "case_id", "body", "at"),
    "effects": ("seq", "effect_id", "change", "attempt", "term", "status", "body", "at"),
}  # fmt: skip
"""Table -> columns. The key is the sequence, with the place in it where a fact has many rows.

`judgements` are the decisions on items of a case. Those on all other items are nine tenths of all
lines and nobody asks for one by itself: `quiet` keeps them together, counted, a row a fact, as short as
the ledger tells them. They say
what became of each verdict; the verdicts themselves, with every probability, stay in the log.
"""


class _Author(msgspec.Struct, frozen=True, gc=False):
    author_id: str
    name: str | None = None


class _Item(msgspec.Struct, frozen=True, gc=False):
    """What is kept of `item.received`."""

    kind: Literal["item.received"]
    version: Literal[1]
    item_id: str
    item_version: str
    platform: str
    account_id: str
    item_kind: str
    native_id: str
    author: _Author
    text: str


class _Batch(msgspec.Struct, frozen=True, gc=False):
    kind: Literal["item.batch"]
    version: Literal[1]
    items: tuple[_Item, ...]


class _Line(msgspec.Struct, frozen=True):
    """What a decision says of where it belongs. Another version may say it otherwise, or not."""

    kind: object = None
    at: object = None
    case_id: object = None
    item_id: object = None
    account_id: object = None
    model: object = None


_line = msgspec.json.Decoder(_Line).decode
_one = msgspec.json.Decoder(_Item).decode
_many = msgspec.json.Decoder(_Batch).decode


def rows_of(seq: int, at: str, data: bytes) -> Iterable[Rows]:
    """Return the rows of a fact; facts that are not archived have none.

    Raises, now or when they are looked at: ValueError, KeyError, TypeError for bytes that are no fact.
    """
    if data.startswith(VERDICTS):
        return ()  # large, and not archived
    items = _items(data)
    if items is None:
        return _others(seq, at, data)
    return [Rows("items", [_received(seq, place, at, each) for place, each in enumerate(items)])]


def _items(data: bytes) -> Sequence[_Item] | None:
    """Return the items a fact tells of; None for another fact, or an older or odd one."""
    try:
        return _many(data).items if data.startswith(BATCH_HEAD) else (_one(data),)
    except msgspec.MsgspecError:
        return None


def _others(seq: int, at: str, data: bytes) -> Iterator[Rows]:
    fact = upcast(from_json(data))
    kind: str = fact["kind"]
    if make := _MAKERS.get(kind):
        yield from make(seq, at, fact)
    elif "op_id" in fact:  # what a person did
        who = (kind, fact["op_id"], fact["person_id"], fact.get("case_id"))
        yield Rows("actions", [(seq, *who, _json(fact), at)])


def _received(seq: int, place: int, at: str, item: _Item) -> Values:
    author = item.author
    return (
        seq,
        place,
        item.item_id,
        item.item_version,
        "received",
        item.platform,
        item.account_id,
        item.item_kind,
        item.native_id,
        author.author_id,
        author.name,
        item.text,
        at,
    )


def _batch(seq: int, at: str, fact: Payload) -> Iterator[Rows]:
    yield Rows("items", [_told(seq, place, at, each) for place, each in enumerate(fact["items"])])


def _item(seq: int, at: str, fact: Payload) -> Iterator[Rows]:
    yield Rows("items", [_told(seq, 0, at, fact)])


def _told(seq: int, place: int, at: str, fact: Payload) -> Values:
    author = fact.get("author") or {}
    return (
        seq,
        place,
        fact["item_id"],
        fact["item_version"],
        fact["kind"].removeprefix("item."),
        fact["platform"],
        fact["account_id"],
        fact.get("item_kind"),
        fact["native_id"],
        author.get("author_id"),
        author.get("name"),
        fact.get("text"),
        at,
    )


def _started(seq: int, at: str, fact: Payload) -> Iterator[Rows]:
    what = (fact["effect_id"], "started", fact["attempt"], fact["term"], "")
    yield Rows("effects", [(seq, *what, _json(fact), at)])


def _finished(seq: int, at: str, fact: Payload) -> Iterator[Rows]:
    what = (fact["effect_id"], "finished", fact["attempt"], fact["term"], fact["status"])
    yield Rows("effects", [(seq, *what, _json(fact), at)])


def _decisions(seq: int, _at: str, fact: Payload) -> Iterator[Rows]:
    forms: list[str] = fact["forms"]
    entries: list[str] = fact["lines"]
    is_blind = {str(number): BLIND in form for number, form in enumerate(forms)}
    quiet: list[str] = []
    blind = 0
    for place, entry in enumerate(entries):
        if not is_whole(entry):
            quiet.append(entry)
            blind += bool(forms) and is_blind[entry.partition(" ")[0]]
        elif QUIET in entry:
            quiet.append(entry)
            blind += BLIND in entry
        else:
            yield _decision(seq, place, entry)
    if quiet:
        told = (len(quiet), len(quiet) - blind, to_json(forms).decode(), "\n".join(quiet))
        yield Rows("quiet", [(seq, *told)])


def _decision(seq: int, place: int, line: str) -> Rows:
    said = _line(line)
    where = (_text(said.item_id), _text(said.account_id))
    kind, case_id, at = _text(said.kind), _text(said.case_id), _text(said.at)
    if kind == JUDGED:
        model = _text(said.model)
        return Rows("judgements", [(seq, place, *where, case_id, model, line, at)])
    item_id, account_id = where
    return Rows("decisions", [(seq, place, kind, case_id, item_id, account_id, line, at)])


_MAKERS: Mapping[str, Callable[[int, str, Payload], Iterator[Rows]]] = {
    "item.received": _item,
    "item.batch": _batch,
    "item.edited": _item,
    "item.deleted": _item,
    "effect.started": _started,
    "effect.finished": _finished,
    "decisions.recorded": _decisions,
}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _json(fact: Payload) -> str:
    return to_json(fact).decode()
