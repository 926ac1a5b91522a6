"""One SQLite file, one writer in one thread; readers need none of it (WAL)."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from services.archive.core.rows import Rows, Values
from services.archive.core.schema import (
    COUNTS,
    INSERTS,
    REPLIES,
    SEARCHABLE,
    VERSION,
    statements,
)
from services.archive.core.words import tokens
from shared.contracts.base import Frozen
from shared.errors import TransientError, UserError

_SETTINGS = (
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "wal_autocheckpoint=4000",
    "cache_size=-32768",
    "trusted_schema=OFF",
)
"""Items are found by hashes, which lie anywhere: with SQLite's own 2 MB the same pages are read, written
to the journal and from there to the file again and again. A page has its size from when the file is made."""


FREE = "free its disk"
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
"""The second with one of many reasons; what is wrong for good shows when the file is opened again."""


class Place(Frozen):
    """How far the projection has come: stream incarnation, sequence, hash of that fact."""

    incarnation: str
    seq: int
    fact_hash: str


class Database:
    """All methods block; the caller keeps them in one thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._connection = self._open()
        self._counted: dict[str, int] = {}
        self._counted_to = 0

    def _open(self) -> sqlite3.Connection:
        try:
            connection = self._connected()
            if _version(connection) == str(VERSION):
                self._path.chmod(0o600)
                return connection
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"the archive cannot be opened: {error}",
                where=str(self._path),
                fix=FREE
                if _is_full(error)
                else "move the file away; it is made again from the log",
            ) from error
        connection.close()
        return self._make()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        return connection

    def _make(self) -> sqlite3.Connection:
        """Begin an empty archive in place of whatever is there. Raises UserError."""
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        try:
            connection = self._connected()
            for statement in statements():
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('version', ?)", [str(VERSION)])
        except sqlite3.OperationalError as error:
            what = f"the archive cannot be made: {error}"
            fix = FREE if _is_full(error) else "mend the permissions of its directory"
            raise UserError(what, where=str(self._path), fix=fix) from error
        self._path.chmod(0o600)
        return connection

    def place(self) -> Place | None:
        """Return the place of the projection; None for an empty one."""
        query = "SELECT value FROM meta WHERE key = 'place'"
        found = self._connection.execute(query).fetchone()
        return None if found is None else Place.model_validate_json(found[0])

    def write(self, rows: Sequence[Rows], place: Place) -> None:
        """Add the rows and move the place, all or nothing. Rows up to the place are there.

        Raises TransientError when the disk takes no more.
        """
        by_table: dict[str, list[Values]] = {}
        before = self.place()
        for table, values in rows:
            by_table.setdefault(table, []).extend(values)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for table, collected in by_table.items():
                self._connection.executemany(INSERTS[table], collected)
            for table in SEARCHABLE.keys() & by_table.keys():
                self._index(table, before.seq if before else 0, place.seq)
            self._connection.execute(
                "INSERT OR REPLACE INTO meta VALUES ('place', ?)", [place.model_dump_json()]
            )
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if _is_full(error):
                raise TransientError(f"the archive's file: {error}") from error
            raise

    def _index(self, table: str, after_seq: int, seq: int) -> None:
        """Make the new texts of a table searchable, each once."""
        insert = "INSERT OR IGNORE INTO documents (source, key, case_id, text, at) VALUES (?, ?, ?, ?, ?)"
        words = []
        for values in self._connection.execute(SEARCHABLE[table], [after_seq, seq]).fetchall():
            if not values[3]:
                continue
            made = self._connection.execute(insert, values)
            if made.rowcount == 1:
                words.append((made.lastrowid, tokens(values[3])))
        self._connection.executemany("INSERT INTO words (rowid, body) VALUES (?, ?)", words)

    def start_over(self) -> None:
        """Forget everything: the log is another one."""
        self._connection.close()
        self._connection = self._make()
        self._counted, self._counted_to = {}, 0

    def counts(self) -> Mapping[str, int]:
        """Return how many of each there are; what was counted before is not counted again."""
        place = self.place()
        for name, query in COUNTS.items():
            fresh = self._one(query, self._counted_to)
            self._counted[name] = self._counted.get(name, 0) + fresh
        self._counted_to = place.seq if place else 0
        return {**self._counted, "replies": self._one(REPLIES)}

    def _one(self, query: str, *values: int) -> int:
        return int(self._connection.execute(query, values).fetchone()[0])

    def close(self) -> None:
        self._connection.close()


def _version(connection: sqlite3.Connection) -> str:
    """Return which version of the tables a file holds; "" for none. Raises DatabaseError."""
    with closing(connection.execute("PRAGMA table_info(meta)")) as columns:
        if not columns.fetchall():
            return ""
    found = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    return "" if found is None else str(found[0])


def _is_full(error: BaseException) -> bool:
    code = error.sqlite_errorcode if isinstance(error, sqlite3.OperationalError) else 0
    return code & 0xFF in _FULL
