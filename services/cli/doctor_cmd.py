"""`zhishou doctor`: what state this installation is in, and what to do about it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.cli.doctor.finding import Finding

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("doctor", epilog="Example: zhishou doctor --json")(doctor)


def doctor(
    context: typer.Context,
    data_dir: Annotated[Path | None, typer.Option(help="of the installation to look at")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
) -> None:
    """Look at everything an installation needs; exit 1 if anything is wrong."""
    from services.cli.doctor.examination import examine
    from services.cli.doctor.finding import as_dict, worst
    from shared.observability.logging import configure_logging
    from shared.runtime.clock import SystemClock
    from shared.runtime.settings import default_data_dir

    configure_logging("doctor", level="error", log_format="console")
    environment: Mapping[str, str] = context.obj or {}
    where = data_dir or Path(environment.get("ZHISHOU_DATA_DIR") or default_data_dir())
    found = asyncio.run(examine(where, environment, SystemClock().now()))
    level = worst(found)
    if as_json:
        report = {"state": level, "findings": [as_dict(each) for each in found]}
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        typer.echo(readable(found))
    if level == "fail":
        raise typer.Exit(1)


def readable(found: Sequence["Finding"]) -> str:
    """Return the findings for a person, the fix below what needs one."""
    width = max(len(each.part) for each in found) + 2
    lines = []
    for each in found:
        lines.append(f"{MARKS[each.level]}  {each.part:<{width}}{each.says}")
        if each.fix:
            lines.append(f"{'':<{width + 6}}-> {each.fix}")
    return "\n".join(lines)
