"""`zhishou feedback export`: what people corrected, as rows a model can learn from."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.archive_cmds import DataDir, archive_file
from services.cli.groups import group
from shared.errors import UserError


def register(app: typer.Typer) -> None:
    """Add the command."""
    group(app, "feedback").command(
        "export", epilog="Example: zhishou feedback export --since 2026-05-01 --out rows.jsonl"
    )(export)


def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="the file to write; it must not be there")],
    since: Annotated[str | None, typer.Option(help="a day (2026-05-01) or a time")] = None,
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="say what was written as JSON")] = False,
) -> None:
    """Write one row for each item whose labels a person corrected. The file holds people's words."""
    from hashlib import sha256

    from services.archive.shell.feedback import read_feedback

    rows = read_feedback(archive_file(data_dir, context.obj), _time(since))
    try:
        with out.open("xb") as file:
            out.chmod(0o600)
            file.write(rows)
    except OSError as error:
        what = f"cannot write it: {error.strerror}"
        raise UserError(what, where=str(out), fix="name a new file") from error
    said = {"rows": rows.count(b"\n"), "sha256": sha256(rows).hexdigest(), "file": str(out)}
    typer.echo(json.dumps(said) if as_json else f"{said['rows']} rows to {out}")


def rows_in(file: Path, archive: bool) -> tuple[bytes, str]:  # noqa: FBT001  which of two kinds
    """Return the rows of an archive or of an exported file, and where they came from."""
    from services.archive.shell.feedback import read_feedback

    if archive:
        return read_feedback(file), str(file)
    try:
        return file.read_bytes(), str(file)
    except OSError as error:
        what = f"cannot read the feedback: {error.strerror}"
        raise UserError(what, where=str(file), fix="see `zhishou feedback export`") from error


def _time(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        found = datetime.fromisoformat(since)
    except ValueError as error:
        fix = "write a day as 2026-05-01 or a time as 2026-05-01T08:00:00+08:00"
        raise UserError(f"no time: {since}", where="--since", fix=fix) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
