"""All the archive knows of one item or case, in the order of the log; no word of the public."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic_core import from_json, to_json

from services.archive.shell.reading import opened
from shared.contracts.ids import TOKEN_CHARS
from shared.contracts.ledger import spelt
from shared.errors import UserError

TRACE_CHARS = 32
_CASE = "SELECT DISTINCT case_id FROM decisions WHERE case_id = ?"
_ITEM = "SELECT DISTINCT item_id FROM items WHERE item_id = ? OR native_id = ?"
_CASES_OF = (
    "SELECT case_id FROM judgements WHERE case_id <> '' AND item_id IN (SELECT value FROM json_each(?1))"
    " UNION SELECT case_id FROM decisions WHERE case_id <> '' AND item_id IN (SELECT value FROM json_each(?1))"
)
_ITEMS_OF = (
    "SELECT DISTINCT item_id FROM judgements WHERE case_id IN (SELECT value FROM json_each(?))"
)
_EFFECTS_OF = (
    "SELECT DISTINCT json_extract(line, '$.effect_id') FROM decisions"
    " WHERE kind = 'effect.decided' AND case_id IN (SELECT value FROM json_each(?))"
)
_STEPS = (
    "SELECT seq, -1 AS place, 'item.' || change, at, json_object('platform', platform,"
    " 'native_id', native_id, 'item_version', item_version) FROM items"
    "  WHERE item_id IN (SELECT value FROM json_each(?1))"
    " UNION ALL SELECT seq, place, 'item.judged', at, line FROM judgements"
    "  WHERE item_id IN (SELECT value FROM json_each(?1))"
    " UNION ALL SELECT seq, place, kind, at, line FROM decisions"
    "  WHERE case_id IN (SELECT value FROM json_each(?2))"
    " UNION ALL SELECT seq, -1, kind, at, json_object('person_id', person_id, 'op_id', op_id)"
    "  FROM actions WHERE case_id IN (SELECT value FROM json_each(?2))"
    " UNION ALL SELECT seq, -1, 'effect.' || change, at, body FROM effects"
    "  WHERE effect_id IN (SELECT value FROM json_each(?3))"
    " ORDER BY 1, 2"
)
_QUIET = (
    "SELECT seq, forms, lines FROM quiet WHERE instr(lines, ?1) > 0"
    " AND seq > (SELECT MIN(seq) FROM items WHERE item_id = ?1)"
)
_WORTH = (
    "platform", "native_id", "item_version", "person_id", "op_id", "decided", "labels", "severity",
    "model", "degraded", "queue", "clock", "late", "due", "operation", "code", "accepted", "effect_id",
    "effect_kind", "slot", "mode", "attempt", "term", "status", "receipt", "channel", "reason",
    "minutes", "likely", "reposts", "denial", "doubt", "delight",
)  # fmt: skip
"""What is worth a word of a fact or a decision; everything else stands in the log."""


class Step(NamedTuple):
    """One fact, or one decision on it: where it stands, when, what, and a few of its values."""

    seq: int
    at: str
    what: str
    told: dict[str, object]


class Story(NamedTuple):
    """What was asked for, as ids, and what happened to it."""

    items: tuple[str, ...]
    cases: tuple[str, ...]
    effects: tuple[str, ...]
    steps: tuple[Step, ...]


def story(path: Path, wanted: str) -> Story:
    """Return the story of an item, case or trace id, or of a platform's own id. Raises UserError."""
    key = wanted[-TOKEN_CHARS:] if len(wanted) == TRACE_CHARS else wanted
    with opened(path) as connection:
        cases = _column(connection, _CASE, key)
        if cases:
            items = _column(connection, _ITEMS_OF, _json(cases))
        else:
            items = _column(connection, _ITEM, key, key)
            cases = _column(connection, _CASES_OF, _json(items))
        if not items:
            fix = "name the id of an item, a case or a trace, or the platform's own id of an item"
            raise UserError("the archive knows nothing of this", where=wanted[:64], fix=fix)
        effects = _column(connection, _EFFECTS_OF, _json(cases))
        asked = (_json(items), _json(cases), _json(effects))
        rows = connection.execute(_STEPS, asked).fetchall()
        steps = [_step(seq, what, at, body) for seq, _, what, at, body in rows]
        steps += _quiet_steps(connection, items)
    return Story(items, cases, effects, tuple(sorted(steps, key=lambda each: each.seq)))


def _step(seq: int, what: str, at: str, body: str) -> Step:
    values = from_json(body)
    told = {name: values[name] for name in _WORTH if values.get(name)}
    return Step(seq, at or values["at"], what, told)


def _quiet_steps(connection: sqlite3.Connection, items: Sequence[str]) -> Iterator[Step]:
    """Yield the decisions on items that became no case; they are kept together, many a row."""
    for item_id in items:
        for seq, forms, lines in connection.execute(_QUIET, [item_id]):
            entries = [entry for entry in lines.split("\n") if item_id in entry]
            for line in spelt(from_json(forms), entries):
                yield _step(seq, "item.judged", "", line)


def _column(connection: sqlite3.Connection, query: str, *values: str) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in connection.execute(query, values))


def _json(values: Sequence[str]) -> str:
    return to_json(list(values)).decode()
