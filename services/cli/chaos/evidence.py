"""What a run leaves behind: a directory of JSON lines from which everything can be counted again."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.contracts.facts import Fact, Stored, stored_singly
from shared.contracts.system import DecisionsRecorded
from shared.errors import UserError
from shared.testing.recording import (
    BadLine,
    FactLine,
    ObjectLine,
    RawLine,
    open_recording,
    read_lines,
)

Row = Mapping[str, Any]
RUN = "run.json"
LOG = "log.jsonl"
PLATFORM = "platform.jsonl"
STREAM = "stream.jsonl"
TABLES = ("items", "operations", "pages", "alarms", "faults", "signs")


@dataclass(frozen=True)
class Evidence:
    """Everything, read. `calls` is the platform's own journal, `stored` the log of facts, items singly."""

    run: Row
    calls: Sequence[Row] = ()
    items: Sequence[Row] = ()
    operations: Sequence[Row] = ()
    pages: Sequence[Row] = ()
    alarms: Sequence[Row] = ()
    faults: Sequence[Row] = ()
    signs: Sequence[Row] = ()
    stream: Sequence[Row] = ()
    stored: Sequence[Stored] = ()
    decisions: Sequence[Row] = field(default=())

    def facts(self) -> Iterator[Fact]:
        """Yield the facts alone."""
        return (each.fact for each in self.stored)

    def decided(self, kind: str) -> Iterator[Row]:
        """Yield the recorded decisions of one kind, in order."""
        return (each for each in self.decisions if each["kind"] == kind)


def prepare(directory: Path) -> None:
    """Make the directory; an old run in it must not be mixed with a new one. Raises UserError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        old = next((each for each in (RUN, LOG) if (directory / each).exists()), "")
    except OSError as error:
        what = f"cannot write the evidence: {error.strerror}"
        raise UserError(what, where=str(directory), fix="name another directory") from error
    if old:
        raise UserError(
            "this directory holds the evidence of a run", where=str(directory), fix="name another"
        )


def write_rows(directory: Path, name: str, rows: Iterable[Row]) -> None:
    """Write one table."""
    with (directory / f"{name}.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def read(directory: Path) -> Evidence:
    """Read all of it. Raises UserError."""
    try:
        run = json.loads((directory / RUN).read_text(encoding="utf-8"))
        tables = {name: _rows(directory / f"{name}.jsonl") for name in TABLES}
        calls, stream = _rows(directory / PLATFORM), _given(directory / STREAM)
        stored = _facts(directory / LOG)
    except (OSError, ValueError) as error:
        raise unusable(directory, error) from error
    return Evidence(
        run=run,
        calls=calls,
        stream=stream,
        stored=stored,
        decisions=[line for each in stored for line in _lines(each)],
        **tables,
    )


def unusable(directory: Path, why: Exception) -> UserError:
    """Return what is said of evidence from which nothing can be counted."""
    said = f"a row lacks {why}" if isinstance(why, KeyError) else f"{why}"
    return UserError(
        f"no whole evidence of a run: {said}",
        where=str(directory),
        fix="name a directory that --emit-journal wrote",
    )


def _rows(place: Path) -> list[Row]:
    """Read a table. Raises ValueError when it breaks off or holds anything but rows."""
    *lines, rest = place.read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines]
    if rest or not all(isinstance(each, dict) for each in rows):
        raise ValueError(f"{place.name} breaks off or holds what is no row")
    return rows


def _given(place: Path) -> list[Row]:
    """Read a stream. One that was given may hold lines that are no JSON: they say nothing."""
    text = place.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line.startswith("{")]


def _facts(place: Path) -> list[Stored]:
    found: list[Stored] = []
    for each in read_lines(open_recording(place)):
        match each:
            case FactLine():
                found += stored_singly(each.stored)
            case ObjectLine():
                continue
            case BadLine():
                raise ValueError(f"line {each.number} of {place.name}: {each.why}")
            case RawLine():
                raise ValueError(f"line {each.number} of {place.name}: no fact")
    return found


def _lines(stored: Stored) -> Iterator[Row]:
    if isinstance(stored.fact, DecisionsRecorded):
        yield from map(json.loads, stored.fact.spelt)
