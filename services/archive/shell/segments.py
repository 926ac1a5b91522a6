"""Segments on disk: a compressed file of lines, and beside it a small one that seals it.

A range is sealed once its `.seal.json` stands there; that is written last, after the lines are on
the disk. Whatever else lies about was left by a death and is made again. All methods block.
"""

import gzip
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import to_json

from services.archive.core.segments import Line, Seal, read_line
from shared.errors import BROKEN_FILE, UserError

HEADER = b'{"format":"zhishou-recording","version":1}\n'
LINES, SEAL = ".jsonl.gz", ".seal.json"
ASIDE = "aside"
LEVEL = 3


def stem(first_seq: int, last_seq: int) -> str:
    """Return the name of a segment; names sort as places do."""
    return f"{first_seq:014d}-{last_seq:014d}"


class Segments:
    """The segments of one installation, in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def seals(self) -> list[Seal]:
        """Return all seals in order of their places. Raises UserError for one that is damaged."""
        return [self.read_seal(path) for path in sorted(self.directory.glob(f"*{SEAL}"))]

    def lines_file(self, seal: Seal) -> Path:
        """Return where the lines of a segment are."""
        return self.directory / (stem(seal.first_seq, seal.last_seq) + LINES)

    def seal_file(self, seal: Seal) -> Path:
        """Return where the seal of a segment is."""
        return self.directory / (stem(seal.first_seq, seal.last_seq) + SEAL)

    def writer(self, first_seq: int, last_seq: int) -> "Writer":
        """Begin a segment."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Writer(self.directory / (stem(first_seq, last_seq) + LINES))

    def seal(self, seal: Seal) -> None:
        """Let the segment count: its lines are on the disk."""
        name = stem(seal.first_seq, seal.last_seq) + SEAL
        fresh = self.directory / f".{name}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(seal.model_dump_json(indent=1).encode() + b"\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self.directory / name)
        _sync(self.directory)

    def set_aside(self, seals: Sequence[Seal]) -> None:
        """Take segments of a log that is no more out of the way; nothing is ever deleted here."""
        place = self.directory / ASIDE
        place.mkdir(exist_ok=True, mode=0o700)
        for seal in reversed(seals):
            name = stem(seal.first_seq, seal.last_seq)
            for ending in (SEAL, LINES):
                path = self.directory / (name + ending)
                if path.exists():
                    path.replace(place / f"{name}-{seal.chain[:12]}{ending}")
        _sync(self.directory)

    def read_seal(self, path: Path) -> Seal:
        """Return what a seal says. Raises UserError."""
        try:
            return Seal.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            fix = "zhishou audit verify says what is wrong; restore it from a backup"
            raise UserError("its seal cannot be read", where=str(path), fix=fix) from error


class Writer:
    """Writes the lines of one segment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fresh = path.with_name(f".{path.name}.new")
        self._out = os.fdopen(
            os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        )
        # Neither name nor time of writing: the same lines are the same file.
        self._packed = gzip.GzipFile("", "wb", LEVEL, self._out, mtime=0)
        self._packed.write(HEADER)

    def write(self, lines: Sequence[bytes]) -> None:
        self._packed.write(b"".join(each + b"\n" for each in lines))

    def write_body(self, digest: str, body: bytes) -> None:
        """Add a body that a fact names by its hash, so that the segment replays by itself."""
        line = {"object": digest, "body": body.decode("utf-8")}
        self._packed.write(to_json(line) + b"\n")

    def finish(self) -> None:
        """Bring it to the disk under its name."""
        self._packed.close()
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        self._fresh.replace(self._path)
        _sync(self._path.parent)

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._packed.close()
        self._out.close()
        self._fresh.unlink(missing_ok=True)


class BrokenSegmentError(Exception):
    """The lines end in the middle, or one of them is no line; `after_seq` was the last good one."""

    def __init__(self, why: str, after_seq: int) -> None:
        super().__init__(why)
        self.after_seq = after_seq


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a segment that hold facts. Raises BrokenSegmentError."""
    seq = 0
    try:
        with gzip.open(path, "rb") as lines:
            for raw in lines:
                line = read_line(raw.removesuffix(b"\n"))
                if line is not None:
                    yield line
                    seq = line.entry.seq
    except (*BROKEN_FILE, ValueError, KeyError, TypeError) as error:
        raise BrokenSegmentError(f"{type(error).__name__}: {error}", seq) from error


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
