"""What one stored fact adds to the archive: plain rows, keyed by the place in the log."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic_core import from_json

from shared.contracts.base import stamp
from shared.contracts.facts import OperatorFact, Stored
from shared.contracts.items import (
    ItemClassified,
    ItemDeleted,
    ItemEdited,
    ItemReceived,
    ItemVerdict,
)
from shared.contracts.system import DecisionsRecorded, EffectFinished, EffectStarted

Value = str | int | None


class Row(NamedTuple):
    """One row of one table; the columns are those of `TABLES`."""

    table: str
    values: tuple[Value, ...]


TABLES: dict[str, tuple[str, ...]] = {
    "items": ("seq", "item_id", "item_version", "change", "platform", "account_id", "item_kind",
              "native_id", "author_id", "author_name", "text", "at"),
    "verdicts": ("seq", "place", "item_id", "item_version", "model", "decided", "body", "at"),
    "actions": ("seq", "kind", "op_id", "person_id", "case_id", "body", "at"),
    "effects": ("seq", "effect_id", "change", "attempt", "term", "status", "body", "at"),
    "decisions": ("seq", "place", "kind", "case_id", "item_id", "account_id", "line", "at"),
}  # fmt: skip
"""Table -> columns. The key is the sequence, for decisions the sequence and the place in it."""


def rows_of(stored: Stored) -> Iterator[Row]:
    """Yield the rows of a fact; facts that are not archived yield none."""
    seq, at = stored.seq, stamp(stored.time)
    match stored.fact:
        case ItemReceived() | ItemEdited() | ItemDeleted() as fact:
            yield _item(seq, at, fact)
        case ItemClassified() as fact:
            yield from (_verdict(seq, place, each, at) for place, each in enumerate(fact.verdicts))
        case EffectStarted() as fact:
            what = (fact.effect_id, "started", fact.attempt, fact.term, "")
            yield Row("effects", (seq, *what, fact.model_dump_json(), at))
        case EffectFinished() as fact:
            what = (fact.effect_id, "finished", fact.attempt, fact.term, fact.status)
            yield Row("effects", (seq, *what, fact.model_dump_json(), at))
        case DecisionsRecorded() as fact:
            yield from (_decision(seq, place, line) for place, line in enumerate(fact.lines))
        case fact:
            if isinstance(fact, OperatorFact):
                case_id = getattr(fact, "case_id", None)
                who = (fact.kind, fact.op_id, fact.person_id, case_id)
                yield Row("actions", (seq, *who, fact.model_dump_json(), at))


def _item(seq: int, at: str, fact: ItemReceived | ItemEdited | ItemDeleted) -> Row:
    received = fact if isinstance(fact, ItemReceived) else None
    return Row(
        "items",
        (
            seq,
            fact.item_id,
            fact.item_version,
            fact.kind.removeprefix("item."),
            fact.platform,
            fact.account_id,
            None if received is None else received.item_kind.value,
            fact.native_id,
            None if received is None else received.author.author_id,
            None if received is None else received.author.name,
            None if isinstance(fact, ItemDeleted) else fact.text,
            at,
        ),
    )


def _verdict(seq: int, place: int, part: ItemVerdict, at: str) -> Row:
    verdict = part.verdict
    versions = (part.item_id, part.item_version, verdict.model)
    decided = " ".join(verdict.decided)
    return Row("verdicts", (seq, place, *versions, decided, verdict.model_dump_json(), at))


def _decision(seq: int, place: int, line: str) -> Row:
    body: dict[str, object] = from_json(line)
    told = (_text(body, name) for name in ("kind", "case_id", "item_id", "account_id"))
    return Row("decisions", (seq, place, *told, line, _text(body, "at")))


def _text(body: dict[str, object], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None
