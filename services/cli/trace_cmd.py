"""`zhishou trace`: one item or case through the log of facts and through every process's log."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from services.archive.shell.story import Story

_SAID = frozenset({"timestamp", "event", "service", "part", "level"})


class Seen(NamedTuple):
    """One thing that happened, and where that stands: a fact of the log, or a process's log."""

    at: str
    where: str
    what: str
    told: Mapping[str, object]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("trace", epilog="Example: zhishou trace 5012345678901234 --json")(trace)


def trace(
    context: typer.Context,
    wanted: Annotated[
        str, typer.Argument(help="an item's, case's or trace's id, or the platform's own id")
    ],
    data_dir: Annotated[Path | None, typer.Option(help="of the installation meant")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
) -> None:
    """Follow one item or case: its facts, the decisions on them, and the log lines of all processes."""
    from services.archive.shell.story import story
    from shared.observability.traces import trace_id
    from shared.runtime.settings import default_data_dir

    named = (context.obj or {}).get("ZHISHOU_DATA_DIR")
    place = data_dir or Path(named or default_data_dir())
    found = story(place / "archive" / "archive.sqlite3", wanted)
    traces = tuple(map(trace_id, (*found.items, *found.cases)))
    ids = frozenset({*traces, *found.cases, *found.effects})
    steps = sorted([*_facts(found), *_lines(place / "logs", ids)], key=_time)
    if as_json:
        report = {
            "traces": traces,
            "items": found.items,
            "cases": found.cases,
            "steps": [each._asdict() for each in steps],
        }
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    for each in steps:
        told = json.dumps(each.told, ensure_ascii=False)
        typer.echo(f"{each.at:<28}{each.where:<14}{each.what:<22}{told}")


def _facts(found: "Story") -> Iterator[Seen]:
    return (Seen(each.at, f"fact {each.seq}", each.what, each.told) for each in found.steps)


def _lines(logs: Path, ids: frozenset[str]) -> Iterator[Seen]:
    """Yield the lines of every log, older ones too, in which one of the ids stands."""
    for place in sorted(logs.glob("*.log*")):
        with place.open(encoding="utf-8", errors="replace") as lines:
            yield from _about(lines, ids)


def _about(lines: Iterable[str], ids: frozenset[str]) -> Iterator[Seen]:
    for line in lines:
        if line.endswith("}\n") and any(each in line for each in ids):
            said: dict[str, object] = json.loads(line)
            told = {name: _ours(value, ids) for name, value in said.items() if name not in _SAID}
            what, where = str(said["event"]), str(said["service"])
            yield Seen(str(said["timestamp"]), where, what, told)


def _ours(value: object, ids: frozenset[str]) -> object:
    """Return of a batch's ids only those that are asked for."""
    if not isinstance(value, list):
        return value
    found = [each for each in value if each in ids]
    return found[0] if len(found) == 1 else found


def _time(seen: Seen) -> datetime:
    return datetime.fromisoformat(seen.at)
