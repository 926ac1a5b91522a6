"""The archive's tables: a projection of the log, so any of it can be made again."""

from services.archive.core.rows import TABLES

VERSION = 7
"""Another version means: made anew from the log."""

_TYPES = {"seq": "INTEGER NOT NULL", "place": "INTEGER NOT NULL", "attempt": "INTEGER",
          "term": "INTEGER", "judged": "INTEGER NOT NULL", "classified": "INTEGER NOT NULL"}  # fmt: skip
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS items_by_item ON items (item_id)",
    "CREATE INDEX IF NOT EXISTS judgements_by_case ON judgements (case_id, seq)",
    "CREATE INDEX IF NOT EXISTS actions_by_case ON actions (case_id)",
    "CREATE INDEX IF NOT EXISTS effects_by_effect ON effects (effect_id)",
    "CREATE INDEX IF NOT EXISTS decisions_by_case ON decisions (case_id, seq)",
    "CREATE INDEX IF NOT EXISTS decisions_by_kind ON decisions (kind, seq)",
)
_CASES = """
CREATE VIEW IF NOT EXISTS cases AS
SELECT opened.case_id AS case_id, opened.account_id AS account_id, opened.at AS opened_at,
  (SELECT MAX(at) FROM decisions d
    WHERE d.case_id = opened.case_id AND d.kind = 'case.resolved') AS resolved_at,
  (SELECT COUNT(*) FROM decisions d
    WHERE d.case_id = opened.case_id AND d.kind = 'clock.breached') AS breaches,
  (SELECT COUNT(*) FROM decisions d
    WHERE d.case_id = opened.case_id AND d.kind = 'case.joined') + 1 AS items,
  (SELECT json_extract(d.line, '$.queue') FROM decisions d
    WHERE d.case_id = opened.case_id AND d.kind IN ('case.opened', 'case.routed')
    ORDER BY d.seq DESC, d.place DESC LIMIT 1) AS queue
FROM decisions opened WHERE opened.kind = 'case.opened'
"""
_META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_DOCUMENTS = (
    "CREATE TABLE IF NOT EXISTS documents (id INTEGER PRIMARY KEY, source TEXT NOT NULL,"
    " key TEXT NOT NULL, case_id TEXT, text TEXT NOT NULL, at TEXT, UNIQUE (source, key))"
)
_WORDS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 "
    "(body, content='', tokenize=\"unicode61 remove_diacritics 0\")"
)


def statements() -> tuple[str, ...]:
    """Return what makes an empty archive; harmless on one that is there."""
    tables = (
        f"CREATE TABLE IF NOT EXISTS {name} ("
        + ", ".join(f"{column} {_TYPES.get(column, 'TEXT')}" for column in columns)
        + f", PRIMARY KEY ({'seq, place' if 'place' in columns else 'seq'})) WITHOUT ROWID"
        for name, columns in TABLES.items()
    )
    return (*tables, _META, _DOCUMENTS, _WORDS, *_INDEXES, _CASES)


INSERTS = {
    name: f"INSERT OR IGNORE INTO {name} VALUES ({', '.join('?' for _ in columns)})"  # noqa: S608 - our own names
    for name, columns in TABLES.items()
}
"""A row that is there already stays: applying a fact twice changes nothing."""

COUNTS = {
    "items": "SELECT COUNT(*) FROM items WHERE change = 'received' AND seq > ?",
    "edits": "SELECT COUNT(*) FROM items WHERE change = 'edited' AND seq > ?",
    "deletions": "SELECT COUNT(*) FROM items WHERE change = 'deleted' AND seq > ?",
    "classified": (
        "SELECT (SELECT COUNT(*) FROM judgements WHERE model <> '' AND seq > ?1)"
        " + (SELECT COALESCE(SUM(classified), 0) FROM quiet WHERE seq > ?1)"
    ),
    "cases": "SELECT COUNT(*) FROM decisions WHERE kind = 'case.opened' AND seq > ?",
    "resolved": "SELECT COUNT(*) FROM decisions WHERE kind = 'case.resolved' AND seq > ?",
    "breaches": "SELECT COUNT(*) FROM decisions WHERE kind = 'clock.breached' AND seq > ?",
    "pages": "SELECT COUNT(*) FROM decisions WHERE kind = 'page.raised' AND seq > ?",
    "actions": "SELECT COUNT(*) FROM actions WHERE seq > ?",
}
"""What the archive can be asked to count; rows only come, so only those after a place are looked at."""

REPLIES = (
    "SELECT COUNT(DISTINCT e.effect_id) FROM effects e JOIN decisions d"
    " ON d.kind = 'effect.decided' AND json_extract(d.line, '$.effect_id') = e.effect_id"
    " WHERE e.status = 'done' AND json_extract(d.line, '$.effect_kind') = 'send_reply'"
)
"""An effect may end twice, so these are counted anew each time."""

SEARCHABLE = {
    "judgements": (
        "SELECT 'item', i.item_id || ' ' || i.item_version, j.case_id, i.text, i.at"
        " FROM judgements j JOIN items i ON i.item_id = j.item_id AND i.text IS NOT NULL"
        " WHERE j.seq > ? AND j.seq <= ?"
    ),
    "effects": (
        "SELECT 'reply', effect_id, NULL, json_extract(body, '$.body'), at FROM effects"
        " WHERE change = 'started' AND seq > ? AND seq <= ?"
    ),
    "actions": (
        "SELECT 'action', op_id, case_id,"
        " coalesce(json_extract(body, '$.text'), json_extract(body, '$.note'),"
        " json_extract(body, '$.question'), json_extract(body, '$.reason')), at FROM actions WHERE seq > ? AND seq <= ?"
    ),
}
"""Table -> the texts of its new rows that people look for: what became a case, what was answered,
what people wrote. The other items are kept, but not word by word: they are nine tenths of all."""

SEARCH = (
    "SELECT d.source, d.key, d.case_id, d.text, d.at FROM words"
    " JOIN documents d ON d.id = words.rowid WHERE words MATCH ? ORDER BY d.id DESC LIMIT ?"
)
