"""`zhishou openapi`: the HTTP API's own description, made without starting anything."""

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("openapi", epilog="Example: zhishou openapi --out openapi.json")(describe)


def describe(
    out: Annotated[Path | None, typer.Option(help="write it here instead of printing")] = None,
    as_json: Annotated[  # noqa: ARG001  every reporting command takes it
        bool, typer.Option("--json", help="answer as JSON (it always is)")
    ] = False,
) -> None:
    """Print the OpenAPI 3.1 description of the console's HTTP API."""
    from services.cli.lines import write_file
    from services.respond.console.openapi import openapi

    text = json.dumps(openapi(), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
        return
    write_file(out, text + "\n")
