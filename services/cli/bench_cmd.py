"""`zhishou bench`: what an item costs on this machine."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from shared.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench", epilog="Example: zhishou bench --items 20000 --json")(bench)


def bench(
    items: Annotated[int, typer.Option(min=256, help="how many items go through")] = 10_000,
    only_stages: Annotated[bool, typer.Option("--stages", help="no servers, parts alone")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the figures as JSON")] = False,
) -> None:
    """Run items through real servers and services; print CPU per item, latency and memory.

    Times are CPU times of all our processes, which a busy machine disturbs least; `foreign_load`
    says how many cores others kept busy meanwhile. Above 0.3 only the CPU figures count.
    """
    if sys.platform != "linux":
        raise UserError("the bench reads /proc, which only Linux has", fix="run it on Linux")
    from services.cli.bench.pipeline import pipeline
    from services.cli.bench.stages import stages
    from shared.observability.logging import configure_logging

    configure_logging("bench", level="error", log_format="console")
    figures: dict[str, object] = {"stages": dict(stages())}
    if not only_stages:
        figures["pipeline"] = dict(asyncio.run(pipeline(items)))
    typer.echo(json.dumps(figures) if as_json else _readable(figures))


def _readable(figures: dict[str, object], indent: str = "") -> str:
    lines = []
    for name, value in figures.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}", _readable(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name:<{28 - len(indent)}}{value}")
    return "\n".join(lines)
