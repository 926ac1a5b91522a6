"""One SQLite file, one writer in one thread; readers need none of it (WAL)."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from services.archive.core.rows import Row
from services.archive.core.schema import COUNTS, INSERTS, VERSION, statements
from shared.contracts.base import Frozen
from shared.errors import UserError


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

    def _open(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA trusted_schema=OFF")
            for statement in statements():
                connection.execute(statement)
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"the archive cannot be opened: {error}",
                where=str(self._path),
                fix="move the file away; it is made again from the log",
            ) from error
        self._path.chmod(0o600)
        return connection

    def place(self) -> Place | None:
        """Return the place of the projection; None for an empty one or one of another version."""
        with closing(self._connection.execute("SELECT key, value FROM meta")) as found:
            meta = dict(found.fetchall())
        if meta.get("version") != str(VERSION) or "place" not in meta:
            return None
        return Place.model_validate_json(meta["place"])

    def write(self, rows: Sequence[Row], place: Place) -> None:
        """Add the rows and move the place, all or nothing."""
        by_table: dict[str, list[tuple[str | int | None, ...]]] = {}
        for row in rows:
            by_table.setdefault(row.table, []).append(row.values)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for table, values in by_table.items():
                self._connection.executemany(INSERTS[table], values)
            self._connection.executemany(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                [("version", str(VERSION)), ("place", place.model_dump_json())],
            )
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def start_over(self) -> None:
        """Forget everything: the log is another one, or the tables have another shape."""
        self._connection.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._connection = self._open()

    def counts(self) -> Mapping[str, int]:
        """Return how many of each there are."""
        return {
            name: int(self._connection.execute(query).fetchone()[0])
            for name, query in COUNTS.items()
        }

    def close(self) -> None:
        self._connection.close()
