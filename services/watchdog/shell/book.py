"""The watchdog's own file: promises due, how far it has read, what it has told; synced to disk."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from services.watchdog.core.alarms import Book, Standing
from services.watchdog.core.duties import Change, Ended, Kept, Made, Promise, Settled
from shared.contracts.base import Frozen
from shared.errors import UserError

_TABLES = """
CREATE TABLE IF NOT EXISTS promise (
    key TEXT PRIMARY KEY, due REAL NOT NULL, what TEXT NOT NULL, case_id TEXT NOT NULL,
    detail TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS promise_due ON promise (due);
CREATE INDEX IF NOT EXISTS promise_page ON promise (case_id) WHERE what = 'page';
DROP INDEX IF EXISTS promise_case;
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
"""Cases are hashes, which lie anywhere, and each index over them costs a page a case. Only pages need one:
all else that is owed in a case has the case in its key."""
_ENDS = "DELETE FROM promise WHERE case_id = ? AND key BETWEEN ? AND ?"
_LAST = ";"
"""Follows the colon: a key that goes on behind its case comes before it."""


class Place(Frozen):
    """How far the log was read: stream incarnation, sequence, SHA-256 of that message."""

    incarnation: str = ""
    seq: int = 0
    digest: str = ""


class BookUnwritableError(Exception):
    """The disk does not take it now; nothing was changed. Trying again later is right."""


class PromiseBook:
    """One small SQLite file. Every method blocks for as long as a disk takes to sync."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_TABLES)
            path.chmod(0o600)
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"the watchdog's file cannot be used: {error}",
                where=str(path),
                fix="move it away; the watchdog reads the log again",
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def place(self) -> Place:
        """Return how far the log was read."""
        text = self._note("place")
        return Place.model_validate_json(text) if text else Place()

    def take(self, changes: Iterable[Change], place: Place) -> None:
        """Bring changes in together with the place they come from: all of it, or nothing."""
        with self._transaction():
            self._bring_in(changes)
            self._write("place", place.model_dump_json())

    def forget(self) -> None:
        """Begin anew: the log is another one. What was told stays told."""
        with self._transaction():
            self._db.execute("DELETE FROM promise")
            self._write("place", Place().model_dump_json())

    def overdue(self, now: datetime, limit: int) -> tuple[list[Promise], int]:
        """Return the first promises that are due, and how many there are."""
        at = now.timestamp()
        rows = self._db.execute(
            "SELECT key, due, what, case_id, detail FROM promise WHERE due <= ?"
            " ORDER BY due, key LIMIT ?",
            (at, limit),
        )
        found = [Promise(key, _utc(due), *rest) for key, due, *rest in rows]
        (count,) = self._db.execute(
            "SELECT count(*) FROM promise WHERE due <= ?", (at,)
        ).fetchone()
        return found, count

    def open_promises(self) -> int:
        """Return how many promises stand."""
        count: int = self._db.execute("SELECT count(*) FROM promise").fetchone()[0]
        return count

    @property
    def alarms(self) -> Book:
        """Return what was told."""
        kept = json.loads(self._note("alarms") or "{}")
        return {key: _standing(value) for key, value in kept.items()}

    def keep_alarms(self, book: Book) -> None:
        """Keep what was told, so that a restart tells nothing twice."""
        kept = {
            key: [each.since.timestamp(), each.told_at and each.told_at.timestamp(), *each[2:]]
            for key, each in book.items()
        }
        with self._transaction():
            self._write("alarms", json.dumps(kept, ensure_ascii=False))

    def _bring_in(self, changes: Iterable[Change]) -> None:
        """What names one promise waits for what asks for others: nine changes of ten go in two strokes."""
        gone: list[tuple[str]] = []
        made: dict[str, tuple[object, ...]] = {}
        for change in changes:
            match change:
                case Made(promise):
                    row = (promise.key, promise.due.timestamp(), *promise[2:])
                    made.setdefault(promise.key, row)
                case Kept(key):
                    made.pop(key, None)
                    gone.append((key,))
                case _:
                    self._keep(gone, made)
                    self._apply(change)
        self._keep(gone, made)

    def _keep(self, gone: list[tuple[str]], made: dict[str, tuple[object, ...]]) -> None:
        self._db.executemany("DELETE FROM promise WHERE key = ?", gone)
        insert = "INSERT OR IGNORE INTO promise VALUES (?, ?, ?, ?, ?)"
        self._db.executemany(insert, made.values())
        gone.clear()
        made.clear()

    def _apply(self, change: Ended | Settled) -> None:
        run = self._db.execute
        match change:
            case Ended(key, at, delivered):
                if not delivered:
                    due = (at.timestamp(), key)
                    run("UPDATE promise SET due = ? WHERE key = ? AND what = 'page'", due)
                kinds = "" if delivered else " AND what != 'page'"
                run(f"DELETE FROM promise WHERE key = ?{kinds}", (key,))  # noqa: S608  our own words
            case Settled(case_id, begins):
                for each in begins:
                    first = f"{each}:{case_id}"
                    run(_ENDS, (case_id, first, first + _LAST))
                run("DELETE FROM promise WHERE case_id = ? AND what = 'page'", (case_id,))

    def _note(self, name: str) -> str:
        row = self._db.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return row[0] if row else ""

    def _write(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All of it, or nothing. Raises BookUnwritableError when the disk is full or ill."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise BookUnwritableError(str(error)) from error
            raise


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _standing(kept: list[object]) -> Standing:
    since, told_at, times, text = kept
    return Standing(
        _utc(float(str(since))),
        None if told_at is None else _utc(float(str(told_at))),
        int(str(times)),
        str(text),
    )
