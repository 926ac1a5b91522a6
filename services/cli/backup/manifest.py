"""What a backup says of itself: written last, so that a directory without it is no backup."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

from pydantic import Field, StringConstraints, ValidationError

from shared.bus.port import Message
from shared.contracts.base import Frozen, Time
from shared.errors import UserError

MANIFEST = "manifest.json"
ARCHIVE, SEGMENTS = "archive.sqlite3", "segments"
FORMAT, VERSION = "zhishou-backup", 1
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$")]
"""A name in the backup's own directory: no path leads out of it."""


class SavedStream(Frozen):
    """One stream: the server's own snapshot in `file`."""

    name: str
    file: FileName
    sha256: str
    about: dict[str, Any]


class SavedConsumer(Frozen):
    """A consumer that shares work: everything up to `done_seq` was done with before the log ended."""

    config: dict[str, Any]
    done_seq: int


class Manifest(Frozen):
    """`cursors` are how far ingest had read each account when the log was saved, never further.

    `segments` are the files of sealed facts by name, each with its SHA-256: what left the log
    stands nowhere else.
    """

    format: str = FORMAT
    version: int = VERSION
    made_at: Time
    incarnation: str
    last_seq: int
    last_sha256: str
    streams: tuple[SavedStream, ...]
    consumers: tuple[SavedConsumer, ...] = ()
    cursors: dict[str, str] = Field(default_factory=dict)
    archive_sha256: str = ""
    segments: dict[FileName, str] = Field(default_factory=dict)


def read_manifest(place: Path) -> Manifest:
    """Return the manifest of a backup all of whose files are as they were. Raises UserError."""
    try:
        manifest = Manifest.model_validate_json((place / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        fix = "name a directory that 'zhishou backup' wrote; one that was interrupted is none"
        raise UserError("this is no backup", where=str(place), fix=fix) from error
    except (OSError, ValidationError) as error:
        fix = "take another backup"
        raise UserError(
            "the manifest cannot be read", where=str(place / MANIFEST), fix=fix
        ) from error
    if (manifest.format, manifest.version) != (FORMAT, VERSION):
        fix = "restore it with the version that made it"
        raise UserError("this is a backup of another version", where=str(place), fix=fix)
    sums = {each.file: each.sha256 for each in manifest.streams}
    if manifest.archive_sha256:
        sums[ARCHIVE] = manifest.archive_sha256
    sums |= {f"{SEGMENTS}/{name}": wanted for name, wanted in manifest.segments.items()}
    for name, wanted in sums.items():
        file = place / name
        if not file.is_file() or digest(file) != wanted:
            fix = "take another backup; nothing was restored"
            raise UserError("this file is not as it was saved", where=str(file), fix=fix)
    return manifest


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def fact_digest(newest: Sequence[Message]) -> str:
    """Return the SHA-256 of the newest fact; "" for a log in which it is gone."""
    return hashlib.sha256(newest[-1].data).hexdigest() if newest else ""


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a private file that must not be there yet; it is on disk once the block ends."""
    with os.fdopen(os.open(path, _NEW, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def sync(directory: Path) -> None:
    """Let the names in a directory outlive a power cut."""
    place = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
