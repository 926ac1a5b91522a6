"""Lines of the JSONL commands: bytes as they arrive, from a file or standard input."""

import gzip
import io
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from shared.errors import BROKEN_FILE, UserError

MOST = 256
GZIP = b"\x1f\x8b"
LONGEST_LINE = 16 << 20
"""Bytes read at once: a small file may unpack to anything."""
GBK = ", it reads as GBK: iconv -f GB18030 -t UTF-8"
"""What spreadsheets and editors in China still write; whoever sees it knows what to do."""
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Readable(Protocol):
    """A stream that gives what has arrived."""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes, waiting only for the first; b"" at the end."""
        ...


def batches(file: Path | None) -> Iterator[list[bytes]]:
    """Yield the lines of a file, or of standard input, as they arrive. Raises UserError."""
    if file is None:
        yield from arrived(cast("Readable", sys.stdin.buffer))
        return
    try:
        stream = io.BufferedReader(io.FileIO(file))
    except OSError as error:
        what = f"cannot read the texts: {error.strerror}"
        raise UserError(what, where=str(file), fix="give another file") from error
    with stream:
        yield from arrived(stream)


def arrived(stream: Readable) -> Iterator[list[bytes]]:
    """Yield complete lines as they arrive, at most MOST at a time, then the last one."""
    rest: list[bytes] = []
    while data := stream.read1(1 << 16):
        first, *more = data.split(b"\n")
        rest.append(first)
        if not more:
            continue
        lines = [b"".join(rest), *more[:-1]]
        rest = more[-1:]
        for start in range(0, len(lines), MOST):
            yield lines[start : start + MOST]
    if last := b"".join(rest):
        yield [last]


def lines_of(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file, plain or gzipped, an endless one in pieces. Raises UserError."""
    try:
        with file.open("rb") as plain:
            packed = file.suffix == ".gz" or plain.read(len(GZIP)) == GZIP
        with gzip.open(file) if packed else file.open("rb") as lines:
            for raw in iter(partial(lines.readline, LONGEST_LINE), b""):
                yield raw.removesuffix(b"\n")
    except BROKEN_FILE as error:
        what = f"cannot read the texts: {getattr(error, 'strerror', None) or error}"
        raise UserError(what, where=str(file), fix="give another file") from error


class TextLine(BaseModel):
    """A line that brings a text; one without an id has the number of its line for one."""

    id: str | int | None = None
    text: str


T = TypeVar("T", bound=TextLine)


def brought(raw: bytes, number: int, kind: type[T]) -> T | str | None:
    """Return what a line of JSON or plain text brings; what is wrong with it; None if it is empty."""
    try:
        text = decoded(raw, number)
        if not text.strip():
            return None
        if not text.lstrip().startswith("{"):
            return kind(id=str(number), text=text)
        found = kind.model_validate_json(text)
    except (UnicodeDecodeError, ValidationError) as error:
        return wrong(error)
    return found if found.id not in {None, ""} else found.model_copy(update={"id": str(number)})


def write_file(out: Path, text: str) -> None:
    """Write what a command was asked for to the file it was given. Raises UserError."""
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"cannot write: {error.strerror}"
        raise UserError(what, where=str(out), fix="name another file") from error


def wrong(error: UnicodeDecodeError | ValidationError) -> str:
    """Return in a few words what is wrong with a line, and at which of its keys."""
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8" + (GBK if _reads_as_gbk(error.object) else "")
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]


def _reads_as_gbk(raw: bytes) -> bool:
    try:
        return raw.decode("gb18030").strip().isprintable()
    except UnicodeDecodeError:
        return False


def decoded(raw: bytes, number: int) -> str:
    """Return the text of line `number`, without its end. Raises UnicodeDecodeError."""
    text = raw.decode("utf-8").strip("\r")
    return text.removeprefix(BOM) if number == 1 else text
