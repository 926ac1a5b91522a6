"""`zhishou bench`: what an item costs on this machine, beside the ceiling and a peer."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench", epilog="Example: zhishou bench --items 20000 --json")(bench)


def bench(
    items: Annotated[int, typer.Option(min=256, help="how many items a round has")] = 10_000,
    rounds: Annotated[int, typer.Option(min=1, help="rounds, everybody in turn")] = 9,
    against: Annotated[
        str, typer.Option(help="who else is measured: relay, faststream, both, or nobody (none)")
    ] = "relay,faststream",
    cold_starts: Annotated[
        int, typer.Option(min=0, help="starts of `zhishou up`; their median is told")
    ] = 5,
    only_stages: Annotated[bool, typer.Option("--stages", help="no servers, parts alone")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the figures as JSON")] = False,
    out: Annotated[Path | None, typer.Option(help="write the JSON to this file as well")] = None,
) -> None:
    """Run items through real servers and services; print CPU per item, latency and memory.

    CPU times are those of all processes of one contender, servers included; a busy machine
    disturbs ratios least. `foreign_load` says how many cores others kept busy meanwhile: above
    0.3 only the ratios count.
    """
    if sys.platform != "linux":
        raise UserError("the bench reads /proc, which only Linux has", fix="run it on Linux")
    from services.cli.bench.report import Plan, measured, missing
    from services.cli.bench.stages import stages
    from services.cli.lines import write_file
    from shared.observability.logging import configure_logging

    configure_logging("bench", level="error", log_format="console")
    names = [] if against == "none" else [each.strip() for each in against.split(",")]
    if only_stages:
        figures: dict[str, object] = {"stages": dict(stages())}
    else:
        for line in missing(names):
            typer.echo(line, err=True)
        figures = asyncio.run(measured(Plan(items, names, rounds, cold_starts)))
    typer.echo(json.dumps(figures) if as_json else _readable(figures))
    if out is not None:
        write_file(out, json.dumps(figures))


def _readable(figures: dict[str, object], indent: str = "") -> str:
    lines = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", _readable(value, indent + "  ")]
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{indent}{name:<{36 - len(indent)}}{shown}")
    return "\n".join(lines)
