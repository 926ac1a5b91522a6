"""What one stored fact adds to the archive: plain rows, keyed by the place in the log.

Facts are read as plain values, not as models: the log has validated them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import compress
from typing import NamedTuple

from pydantic_core import from_json, to_json

from shared.contracts.ledger import QUIET, is_whole, spelt
from shared.contracts.received import Received, read_batch, read_received
from shared.contracts.upcast import Payload, upcast

Value = str | int | None
_made = tuple.__new__
"""A named tuple of its parts, without the call in Python that its own name is."""
JUDGED = "item.judged"
VERDICTS = b'{"kind":"item.classified",'
BLIND = '"model":""'
"""In the line of an item that nobody classified in time."""


class Row(NamedTuple):
    """One row of one table; the columns are those of `TABLES`."""

    table: str
    values: tuple[Value, ...]


TABLES: dict[str, tuple[str, ...]] = {
    "items": ("seq", "place", "item_id", "item_version", "change", "platform", "account_id", "item_kind",
              "native_id", "author_id", "author_name", "text", "at"),
    "judgements": ("seq", "place", "item_id", "account_id", "case_id", "model", "line", "at"),
    "quiet": ("seq", "judged", "classified", "lines"),
    "decisions": ("seq", "place", "kind", "case_id", "item_id", "account_id", "line", "at"),
    "actions": ("seq", "kind", "op_id", "person_id", "case_id", "body", "at"),
    "effects": ("seq", "effect_id", "change", "attempt", "term", "status", "body", "at"),
}  # fmt: skip
"""Table -> columns. The key is the sequence, with the place in it where a fact has many rows.

`judgements` are the decisions on items of a case. Those on all other items are nine tenths of all
lines and nobody asks for one by itself: `quiet` keeps them together, counted, a row a fact. They say
what became of each verdict; the verdicts themselves, with every probability, stay in the log.
"""


def rows_of(seq: int, at: str, data: bytes) -> Iterable[Row]:
    """Return the rows of a fact; facts that are not archived have none.

    Raises, now or when they are looked at: ValueError, KeyError, TypeError for bytes that are no fact.
    """
    if data.startswith(VERDICTS):
        return ()  # large, and not archived
    batch = read_batch(data)
    if batch is not None:
        return [_received(seq, place, at, item) for place, item in enumerate(batch.items)]
    item = read_received(data)
    return _others(seq, at, data) if item is None else (_received(seq, 0, at, item),)


def _others(seq: int, at: str, data: bytes) -> Iterator[Row]:
    fact = upcast(from_json(data))
    kind: str = fact["kind"]
    if make := _MAKERS.get(kind):
        yield from make(seq, at, fact)
    elif "op_id" in fact:  # what a person did
        who = (kind, fact["op_id"], fact["person_id"], fact.get("case_id"))
        yield Row("actions", (seq, *who, _json(fact), at))


def _received(seq: int, place: int, at: str, item: Received) -> Row:
    values = (
        seq,
        place,
        item.item_id,
        item.item_version,
        "received",
        item.platform,
        item.account_id,
        item.item_kind.value,
        item.native_id,
        item.author.author_id,
        item.author.name,
        item.text,
        at,
    )
    return _made(Row, ("items", values))


def _batch(seq: int, at: str, fact: Payload) -> Iterator[Row]:
    for place, item in enumerate(fact["items"]):
        yield from _item(seq, at, item, place)


def _item(seq: int, at: str, fact: Payload, place: int = 0) -> Iterator[Row]:
    author = fact.get("author") or {}
    yield Row(
        "items",
        (
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
        ),
    )


def _started(seq: int, at: str, fact: Payload) -> Iterator[Row]:
    what = (fact["effect_id"], "started", fact["attempt"], fact["term"], "")
    yield Row("effects", (seq, *what, _json(fact), at))


def _finished(seq: int, at: str, fact: Payload) -> Iterator[Row]:
    what = (fact["effect_id"], "finished", fact["attempt"], fact["term"], fact["status"])
    yield Row("effects", (seq, *what, _json(fact), at))


def _decisions(seq: int, _at: str, fact: Payload) -> Iterator[Row]:
    entries: list[str] = fact["lines"]
    lines = list(spelt(fact["forms"], entries))
    calm = [QUIET in each or not is_whole(each) for each in entries]
    quiet = list(compress(lines, calm))
    if quiet:
        classified = sum(BLIND not in line for line in quiet)
        yield Row("quiet", (seq, len(quiet), classified, "\n".join(quiet)))
    for place, line in enumerate(lines):
        if calm[place]:
            continue
        body: dict[str, object] = from_json(line)
        case_id, item_id, account_id, at = (
            _text(body, name) for name in ("case_id", "item_id", "account_id", "at")
        )
        if (kind := _text(body, "kind")) == JUDGED:
            model = _text(body, "model")
            yield Row("judgements", (seq, place, item_id, account_id, case_id, model, line, at))
        else:
            yield Row("decisions", (seq, place, kind, case_id, item_id, account_id, line, at))


_MAKERS: Mapping[str, Callable[[int, str, Payload], Iterator[Row]]] = {
    "item.received": _item,
    "item.batch": _batch,
    "item.edited": _item,
    "item.deleted": _item,
    "effect.started": _started,
    "effect.finished": _finished,
    "decisions.recorded": _decisions,
}


def _text(body: dict[str, object], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


def _json(fact: Payload) -> str:
    return to_json(fact).decode()
