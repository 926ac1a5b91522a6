"""Reads and writes recordings: JSON lines of facts, or raw items of a platform (docs/recordings.md)."""

import errno
import gzip
import hashlib
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from shared.contracts.base import Time
from shared.contracts.facts import Stored, UndecodableError, decode, encode
from shared.errors import BROKEN_FILE, UserError

_PLACE = TypeAdapter(tuple[int, Time])
FORMAT = "zhishou-recording"
VERSION = 1
MAX_HEAD_BYTES = 1 << 20
LONGEST_LINE = 16 << 20
"""Bytes read at once; a longer line comes in pieces, each a bad one: a small file may unpack to
anything."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """One line of a raw stream: `number` counts from 1, `body` is the object it holds."""

    number: int
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no JSON object or no fact, and why."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class ObjectLine:
    """A body that facts refer to by hash (a policy pack), travelling with the recording."""

    number: int
    sha256: str
    body: bytes


@dataclass(frozen=True, slots=True)
class FactLine:
    """One stored fact."""

    number: int
    stored: Stored


@dataclass(frozen=True, slots=True)
class Recording:
    """An opened recording: `of_facts` tells a record of the log from a raw stream."""

    path: Path
    of_facts: bool
    objects: dict[str, bytes] = field(default_factory=dict)


Line = RawLine | BadLine | ObjectLine | FactLine


def open_recording(path: Path) -> Recording:
    """Look at the first line and tell which of the two formats this is.

    A directory of sealed segments is one recording: its files in the order of their names.

    Raises:
        UserError: the file cannot be read, or is of a newer version.
    """
    try:
        with _open(_files(path)[0]) as lines:
            first = lines.readline(MAX_HEAD_BYTES).removeprefix(BOM_UTF8)
    except BROKEN_FILE as error:
        why = getattr(error, "strerror", None) or str(error)
        fix = "name a file of JSON lines that you may read"
        raise UserError(f"cannot read the recording: {why}", where=str(path), fix=fix) from error
    try:
        head = from_json(first)
    except ValueError:
        return Recording(path, of_facts=False)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        return Recording(path, of_facts=isinstance(head, dict) and "fact" in head)
    if head.get("version") != VERSION:
        found = head.get("version")
        fix = "replay it with a newer zhishou"
        raise UserError(f"recording of version {found}", where=str(path), fix=fix)
    return Recording(path, of_facts=True)


def read_lines(recording: Recording) -> Iterator[Line]:
    """Yield every line but the header, in file order; a bad one as `BadLine`, never skipped.

    Raises:
        UserError: the file ends in the middle of its compression, or cannot be read on.
    """
    number = 0
    for file in _files(recording.path):
        try:
            with _open(file) as lines:
                for raw in iter(partial(lines.readline, LONGEST_LINE), b""):
                    number += 1
                    line = _line(number, raw, of_facts=recording.of_facts) if raw.strip() else None
                    if line is not None:
                        yield line
        except BROKEN_FILE as error:
            raise UserError(f"the recording breaks off: {error}", where=str(file)) from error


def _line(number: int, raw: bytes, *, of_facts: bool) -> Line | None:
    try:
        body = from_json(raw.removeprefix(BOM_UTF8) if number == 1 else raw)
    except ValueError as error:
        return BadLine(number, f"not JSON: {error}")
    if not isinstance(body, dict):
        return BadLine(number, "not a JSON object")
    if not of_facts:
        return RawLine(number, body)
    if body.get("format") == FORMAT:
        return None
    try:
        return _object_line(number, body) if "object" in body else _fact_line(number, body)
    except (UndecodableError, ValidationError, KeyError, TypeError, ValueError) as error:
        return BadLine(number, f"not a fact: {str(error).splitlines()[0]}")


def _object_line(number: int, body: dict[str, object]) -> ObjectLine:
    given = body["object"]
    text = body["body"]
    if not isinstance(given, str) or not isinstance(text, str):
        raise TypeError("object and body must be text")
    data = text.encode("utf-8")
    if hashlib.sha256(data).hexdigest() != given:
        raise ValueError("the body of this object does not match its hash")
    return ObjectLine(number, given, data)


def _fact_line(number: int, body: dict[str, object]) -> FactLine:
    fact = decode(json.dumps(body["fact"]))
    seq, time = _PLACE.validate_python((body["seq"], body["time"]))
    return FactLine(number, Stored(seq, time, fact))


class RecordingWriter:
    """Writes a record of the log line by line; `facts` and `sha256` say what stands there."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._digest = out, hashlib.sha256()
        self.facts = 0
        self._put(json.dumps({"format": FORMAT, "version": VERSION}).encode())

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def body(self, body: bytes) -> None:
        """Add what facts refer to by its hash; before the first that does."""
        line = {"object": hashlib.sha256(body).hexdigest(), "body": body.decode("utf-8")}
        self._put(json.dumps(line, ensure_ascii=False).encode())

    def fact(self, each: Stored) -> None:
        """Add a fact."""
        head = f'{{"seq":{each.seq},"time":"{each.time.isoformat()}","fact":'
        self._put(head.encode() + encode(each.fact) + b"}")
        self.facts += 1

    def _put(self, line: bytes) -> None:
        self._out.write(line + b"\n")
        self._digest.update(line + b"\n")


def write_recording(
    path: Path, stored: Iterable[Stored], objects: Iterable[bytes] = ()
) -> tuple[int, str]:
    """Write header, objects and facts; return (facts written, SHA-256 of the file's lines)."""
    with path.open("wb") as out:
        writer = RecordingWriter(out)
        for body in objects:
            writer.body(body)
        for each in stored:
            writer.fact(each)
    return writer.facts, writer.sha256


def _files(path: Path) -> list[Path]:
    """Return the files of a recording. Raises OSError."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.jsonl.gz"))
    if not found:
        raise FileNotFoundError(errno.ENOENT, "this directory holds no segments")
    return found


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")
