"""`zhishou platforms`: which platforms are spoken to, how well, and on what assumptions."""

import json
import tomllib
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("platforms", epilog="Example: zhishou platforms --json")(platforms)


def platforms(
    as_json: Annotated[bool, typer.Option("--json", help="answer as JSON")] = False,
) -> None:
    """List the adapters with what each can do and how well that is known."""
    from shared.platforms.registry import ADAPTERS

    known = {
        name: tomllib.loads(adapter.quality_file.read_text(encoding="utf-8"))
        for name, adapter in sorted(ADAPTERS.items())
    }
    if as_json:
        typer.echo(json.dumps(known, ensure_ascii=False))
        return
    for name, quality in known.items():
        typer.echo(name)
        for what, value in quality.items():
            typer.echo(f"  {what.replace('_', ' '):<30}{_readable(value)}")


def _readable(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {each}" for name, each in value.items())
    return str(value)
