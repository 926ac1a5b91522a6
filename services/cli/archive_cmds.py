"""`zhishou archive search` and `copy`: looking into the searchable record, beside its writer."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from services.cli.groups import group

DataDir = Annotated[Path | None, typer.Option(help="of the installation whose archive is meant")]


def register(app: typer.Typer) -> None:
    """Add the commands to the group of the archive."""
    archive = group(app, "archive")
    archive.command("search", epilog="Example: zhishou archive search 退款 --json")(search)
    archive.command("copy", epilog="Example: zhishou archive copy /backup/archive.sqlite3")(copy)


def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="all of these must occur, each as it stands")],
    data_dir: DataDir = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="the newest so many")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line each")] = False,
) -> None:
    """Search what became a case, what was answered and what people wrote about it."""
    from services.archive.shell.reading import search

    for found in search(archive_file(data_dir, context.obj), words, limit=limit):
        line = json.dumps(found._asdict(), ensure_ascii=False)
        case = found.case_id or "-"
        plain = f"{found.at:<28}{found.source:<8}{case:<28}{' '.join(found.text.split())}"
        typer.echo(line if as_json else plain)


def copy(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="the file to write; it must not be there yet")],
    data_dir: DataDir = None,
) -> None:
    """Write a whole, consistent copy of the archive while everything goes on."""
    from services.archive.shell.reading import copy

    copy(archive_file(data_dir, context.obj), out)
    typer.echo(str(out))


def archive_file(data_dir: Path | None, environment: Mapping[str, str] | None) -> Path:
    """Return where the archive of this installation is."""
    from shared.runtime.settings import default_data_dir

    named = (environment or {}).get("ZHISHOU_DATA_DIR")
    return (data_dir or Path(named or default_data_dir())) / "archive" / "archive.sqlite3"
