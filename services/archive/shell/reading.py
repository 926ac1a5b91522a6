"""Reading the archive beside its writer: search, and a whole copy. Nothing here ever writes to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from services.archive.core.schema import SEARCH
from services.archive.core.words import query
from shared.errors import UserError


class Found(NamedTuple):
    """One text: of an item, a reply or an action of a person."""

    source: str
    key: str
    case_id: str | None
    text: str
    at: str


def search(path: Path, wanted: str, *, limit: int = 50) -> list[Found]:
    """Return the newest texts in which every word of `wanted` occurs. Raises UserError."""
    asked = query(wanted)
    if not asked:
        raise UserError("there is no word in this", where=wanted[:40], fix="type a word or two")
    with opened(path) as connection:
        return [Found(*row) for row in connection.execute(SEARCH, [asked, limit])]


def copy(path: Path, out: Path) -> None:
    """Write a whole, consistent copy to a new file while the archivist goes on. Raises UserError."""
    if out.exists():
        raise UserError("this file is there already", where=str(out), fix="name a new one")
    with opened(path) as connection:
        try:
            connection.execute("VACUUM INTO ?", [str(out)])
        except sqlite3.Error as error:
            out.unlink(missing_ok=True)
            fix = "free some space, or name another place"
            raise UserError(
                f"cannot copy the archive: {error}", where=str(out), fix=fix
            ) from error
    out.chmod(0o600)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            connection.execute("SELECT value FROM meta LIMIT 1").fetchall()
            yield connection
    except sqlite3.Error as error:
        fix = "is an archive there? name another with --data-dir"
        raise UserError(f"cannot read the archive: {error}", where=str(path), fix=fix) from error
