"""Raw stream lines: read one at a time, plain or gzipped, each usable or with its reason."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from shared.errors import BROKEN_FILE, UserError
from shared.platforms.mock.identity import BEIJING

UNREADABLE = "the rest cannot be read"
LOOK_LINES = 1000
LONGEST_LINE = 1 << 20
"""Characters; a longer line comes in pieces, none of them usable."""
KINDS = ("post", "repost", "comment", "mention", "message")


@dataclass(frozen=True, slots=True)
class Line:
    """One usable line."""

    event: str
    kind: str
    id: str
    parent: str
    user: str
    text: str
    time: datetime
    is_own: bool


def read_line(raw: str) -> Line | str:
    """Return the line, or the reason it cannot be used."""
    try:
        data = json.loads(raw)
    except ValueError:
        return "unreadable" if raw == UNREADABLE else "not_json"
    if not isinstance(data, dict):
        return "not_an_object"
    if data.get("kind") not in KINDS:
        return "unknown_kind"
    native, event = _word(data.get("id")), _word(data.get("event"))
    if not native:
        return "missing_id"
    time = _time(data.get("t"))
    if time is None:
        return "bad_time"
    return Line(
        event=event,
        kind=str(data["kind"]),
        id=native,
        parent=_word(data.get("parent")),
        user=_word(data.get("user")) or f"unknown-{native}",
        text=_word(data.get("text")),
        time=time,
        is_own=event.endswith(native) or data.get("own") is True,
    )


def open_stream(path: Path) -> Iterator[str]:
    """Read a stream, plain or gzipped, a line at a time. Raises UserError at once if it cannot."""
    try:
        with _open(path) as lines:
            lines.readline(LONGEST_LINE)
    except BROKEN_FILE as error:
        raise UserError(
            f"cannot read the stream: {error}",
            where=str(path),
            fix="name a JSONL file, plain or .gz",
        ) from error
    return _lines(path)


def check_stream(path: Path) -> None:
    """Look whether anything at the beginning of a stream can be played. Raises UserError if not."""
    reasons: Counter[str] = Counter()
    for raw in islice(open_stream(path), LOOK_LINES):
        if not raw.strip():
            continue
        line = read_line(raw)
        if isinstance(line, Line):
            return
        reasons[line] += 1
    what = "the stream is empty"
    if reasons:
        [(most, _)] = reasons.most_common(1)
        what = f"none of the first {reasons.total()} lines can be played; most are {most}"
    raise UserError(what, where=str(path), fix="docs/recordings.md shows the raw format")


def parse_speed(word: str) -> float:
    """Return how much faster than life: "100x", "2.5", or "max". Raises UserError."""
    try:
        speed = float("inf") if word == "max" else float(word.removesuffix("x"))
    except ValueError:
        speed = 0.0
    if not speed > 0:
        raise UserError(f"not a speed: {word!r}", where="--speed", fix='write "20x" or "max"')
    return speed


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace")
    return path.open(encoding="utf-8-sig", errors="replace")


def _lines(path: Path) -> Iterator[str]:
    """Yield lines; a file that breaks off in the middle ends with one line that says so."""
    try:
        with _open(path) as lines:
            yield from iter(partial(lines.readline, LONGEST_LINE), "")
    except BROKEN_FILE:
        yield UNREADABLE


def _word(value: object) -> str:
    """Return text that every encoder takes; half a surrogate pair becomes a question mark."""
    word = str(value) if isinstance(value, str | int) else ""
    return word.encode("utf-8", "replace").decode("utf-8")


def _time(value: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return time.replace(tzinfo=BEIJING) if time is not None and time.tzinfo is None else time
