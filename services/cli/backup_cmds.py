"""`zhishou backup` and `zhishou restore`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import UserError

AsJson = Annotated[bool, typer.Option("--json", help="one JSON object")]


def register(app: typer.Typer) -> None:
    """Add both commands."""
    app.command("backup", epilog="Example: zhishou backup --to /backup/2026-11-23")(backup)
    app.command(
        "restore", epilog="Example: zhishou restore /backup/2026-11-23 --data-dir ./restored"
    )(restore)


def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Option(help="the new directory to write")],
    data_dir: Annotated[Path | None, typer.Option(help="of the installation meant")] = None,
    nats_url: Annotated[str | None, typer.Option(help="of a log that is not embedded")] = None,
    trial: Annotated[bool, typer.Option(help="restore it once, aside, before it counts")] = True,
    as_json: AsJson = False,
) -> None:
    """Save the log at one sequence, what it refers to and the archive, while everything runs."""
    from services.cli.backup.manifest import ARCHIVE
    from services.cli.backup.save import save
    from services.cli.record import address
    from shared.contracts.base import stamp
    from shared.runtime.clock import SystemClock

    _quietly()
    place = _data_dir(data_dir, context.obj)
    url = address(nats_url, place, (context.obj or {}).get("ZHISHOU_NATS_URL"))
    archive = place / "archive" / ARCHIVE
    manifest = save(to.absolute(), url, archive, SystemClock(), trial=trial)
    told = {
        "backup": str(to),
        "last_seq": manifest.last_seq,
        "made_at": stamp(manifest.made_at),
        "archive": "saved" if manifest.archive_sha256 else f"none at {archive}",
        "trial": "restored once" if trial else "not restored",
    }
    _tell(told, as_json=as_json)


def restore(
    backup: Annotated[Path, typer.Argument(help="the directory that 'zhishou backup' wrote")],
    data_dir: Annotated[Path | None, typer.Option(help="a new or empty directory")] = None,
    nats_url: Annotated[str | None, typer.Option(help="or a server without a log")] = None,
    as_json: AsJson = False,
) -> None:
    """Make an installation from a backup; nothing leaves it until a person releases it."""
    from services.cli.backup.restore import restore as make
    from services.cli.backup.restore import restore_into
    from shared.contracts.base import stamp
    from shared.runtime.clock import SystemClock

    _quietly()
    if (data_dir is None) == (nats_url is None):
        fix = "name either --data-dir, for 'zhishou up', or --nats-url, for a server of your own"
        raise UserError("where to restore to is not clear", fix=fix)
    if data_dir is not None:
        manifest, made = make(backup.absolute(), data_dir.absolute(), SystemClock()), str(data_dir)
    else:
        manifest, made = restore_into(backup.absolute(), nats_url or "", SystemClock()), "the log"
    told = {
        "restored": made,
        "last_seq": manifest.last_seq,
        "made_at": stamp(manifest.made_at),
        "outgoing": "paused",
    }
    _tell(told, as_json=as_json)


def _quietly() -> None:
    from shared.observability.logging import configure_logging

    configure_logging("backup", level="error", log_format="console")


def _tell(said: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
        return
    for name, value in said.items():
        typer.echo(f"{name:<10}{value}")
    if "outgoing" in said:
        typer.echo("Nothing leaves until a lead releases it under Status in the console.")


def _data_dir(data_dir: Path | None, environment: Mapping[str, str] | None) -> Path:
    from shared.runtime.settings import default_data_dir

    named = (environment or {}).get("ZHISHOU_DATA_DIR")
    return data_dir or Path(named or default_data_dir())
