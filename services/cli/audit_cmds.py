"""`zhishou audit verify`: proves that the record is what it was when it was sealed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from services.cli.groups import group


def register(app: typer.Typer) -> None:
    """Add the command."""
    audit = group(app, "audit")
    audit.command("verify", epilog="Example: zhishou audit verify --json")(verify)


def verify(
    context: typer.Context,
    data_dir: Annotated[
        Path | None, typer.Option(help="of the installation whose archive is meant")
    ] = None,
    nats_url: Annotated[
        str | None, typer.Option(help="address of NATS; else ZHISHOU_NATS_URL")
    ] = None,
    no_log: Annotated[
        bool, typer.Option("--no-log", help="look at the files alone, no server is asked")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
) -> None:
    """Check every sealed fact against its root, the chain of roots, and the log. Exit 1 on a fault."""
    from services.cli.audit import verify
    from services.cli.record import address
    from services.cli.whole_log import segments_of
    from shared.observability.logging import configure_logging
    from shared.runtime.settings import default_data_dir

    configure_logging("audit", level="error", log_format="console")
    environment: Mapping[str, str] = context.obj or {}
    where = data_dir or Path(environment.get("ZHISHOU_DATA_DIR") or default_data_dir())
    named = None if data_dir else environment.get("ZHISHOU_NATS_URL")
    url = None if no_log else address(nats_url, where, named)
    audit = verify(segments_of(where), url)
    body = audit.as_dict()
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else _readable(body))
    for fault in audit.faults:
        place = f"fact {fault.seq}: " if fault.seq is not None else ""
        typer.echo(f"segment {fault.segment}: {place}{fault.what}", err=True)
    if audit.faults:
        raise typer.Exit(1)


def _readable(body: Mapping[str, object]) -> str:
    if not body["segments"]:
        return "nothing is sealed yet"
    return "\n".join(f"{name:<18}{value}" for name, value in body.items() if name != "faults")
