"""`zhishou archive search`, `copy`, `remake-state`: what the record is good for, beside its writer."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from services.cli.groups import group
from services.cli.listing import tell

DataDir = Annotated[Path | None, typer.Option(help="of the installation whose archive is meant")]


def register(app: typer.Typer) -> None:
    """Add the commands to the group of the archive."""
    archive = group(app, "archive")
    archive.command("search", epilog="Example: zhishou archive search 退款 --json")(search)
    archive.command("copy", epilog="Example: zhishou archive copy /backup/archive.sqlite3")(copy)
    archive.command("remake-state", epilog="Example: zhishou archive remake-state")(remake_state)


def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="all of these must occur, each as it stands")],
    data_dir: DataDir = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="the newest so many")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON line each")] = False,
) -> None:
    """Search what became a case, what was answered and what people wrote about it."""
    from services.archive.shell.reading import search

    found = search(archive_file(data_dir, context.obj), words, limit=limit)
    lines = (
        json.dumps(each._asdict(), ensure_ascii=False)
        if as_json
        else f"{each.at:<28}{each.source:<8}{each.case_id or '-':<28}{' '.join(each.text.split())}"
        for each in found
    )
    tell(lines, "nothing in the archive has all of these words")


def copy(
    context: typer.Context,
    out: Annotated[Path, typer.Argument(help="the file to write; it must not be there yet")],
    data_dir: DataDir = None,
) -> None:
    """Write a whole, consistent copy of the archive while everything goes on."""
    from services.archive.shell.reading import copy

    copy(archive_file(data_dir, context.obj), out)
    typer.echo(str(out))


def remake_state(
    context: typer.Context,
    data_dir: DataDir = None,
    nats_url: Annotated[
        str | None, typer.Option(help="address of NATS; else ZHISHOU_NATS_URL")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the result as JSON")] = False,
) -> None:
    """Make the engine's state from segments and log, when nobody can lead for want of a snapshot."""
    from services.cli.record import address
    from services.cli.remake import remake
    from services.cli.whole_log import segments_of
    from shared.observability.logging import configure_logging

    configure_logging("remake", level="error", log_format="console")
    environment: Mapping[str, str] = context.obj or {}
    where = _data_dir(data_dir, environment)
    named = None if data_dir else environment.get("ZHISHOU_NATS_URL")
    kept = remake(segments_of(where), address(nats_url, where, named))
    body = {"sequence": kept.seq, "snapshot": kept.manifest}
    plain = f"a snapshot stands at fact {kept.seq}; the next leader starts from it"
    typer.echo(json.dumps(body) if as_json else plain)


def archive_file(data_dir: Path | None, environment: Mapping[str, str] | None) -> Path:
    """Return where the archive of this installation is."""
    return _data_dir(data_dir, environment or {}) / "archive" / "archive.sqlite3"


def _data_dir(data_dir: Path | None, environment: Mapping[str, str]) -> Path:
    from shared.runtime.settings import default_data_dir

    return data_dir or Path(environment.get("ZHISHOU_DATA_DIR") or default_data_dir())
