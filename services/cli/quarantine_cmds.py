"""`zhishou quarantine list|release`: what could not be folded, and letting it be folded after all."""

import asyncio
import getpass
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.groups import group
from services.cli.listing import tell
from shared.errors import TransientError, UserError

if TYPE_CHECKING:
    from shared.bus.port import Bus

DataDirOption = Annotated[Path | None, typer.Option(help="of a running 'zhishou up'")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON line each")]
Row = Mapping[str, object]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    place = group(app, "quarantine")
    place.command("list", epilog="Example: zhishou quarantine list --json")(listed)
    place.command("release", epilog="Example: zhishou quarantine release 1042")(release)


def listed(
    context: typer.Context, data_dir: DataDirOption = None, as_json: JsonOption = False
) -> None:
    """List what could not be folded, why, and whether it was released since."""
    rows = asyncio.run(_listed(data_dir, context.obj or {}))
    lines = (json.dumps(row, ensure_ascii=False) if as_json else _plain(row) for row in rows)
    tell(lines, "nothing is quarantined")


def release(
    context: typer.Context,
    seq: Annotated[int, typer.Argument(min=1, help="the sequence that 'list' shows")],
    part: Annotated[
        int | None, typer.Option(min=0, help="of a batch of items or verdicts: only this one")
    ] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a quarantined fact be folded now, once what was wrong is mended."""
    at = asyncio.run(_release(seq, part, data_dir, context.obj or {}))
    told = {"seq": seq, "part": part, "released_at_seq": at}
    typer.echo(json.dumps(told) if as_json else f"{seq} is folded at {at}")


async def _listed(data_dir: Path | None, environment: Mapping[str, str]) -> Sequence[Row]:
    async with _log(data_dir, environment) as bus:
        return await _rows(bus)


async def _release(
    seq: int, part: int | None, data_dir: Path | None, environment: Mapping[str, str]
) -> int:
    from shared.bus.port import outgoing
    from shared.contracts.system import FactReleased

    async with _log(data_dir, environment) as bus:
        _check(await _rows(bus), seq, part)
        fact = FactReleased(
            seq=seq, part=part, released_by=getpass.getuser(), op_id=secrets.token_hex(12)
        )
        [ack] = await bus.publish([outgoing(fact)])
        return ack.seq


def _check(rows: Sequence[Row], seq: int, part: int | None) -> None:
    """Raise UserError unless this is quarantined and the fold was what it failed in."""
    if any((row["seq"], row["where"]) == (seq, "classify") for row in rows):
        raise UserError(
            f"{seq} was folded; it is its text that could not be judged",
            fix="it is a case for people: correct its labels there",
        )
    if not any((row["seq"], row["part"]) == (seq, part) for row in rows):
        parts = [row["part"] for row in rows if row["seq"] == seq and row["part"] is not None]
        fix = f"name --part, one of {parts}" if parts else "zhishou quarantine list shows what is"
        raise UserError(f"{seq} is not quarantined", fix=fix)


async def _rows(bus: "Bus") -> Sequence[Row]:
    from services.respond.shell.reread import QUARANTINED, RELEASED, marked
    from shared.contracts.system import FactQuarantined, FactReleased

    freed = {
        (each.fact.seq, each.fact.part): each.seq
        for each in await marked(bus, RELEASED)
        if isinstance(each.fact, FactReleased)
    }
    return [
        {
            "seq": fact.seq,
            "part": fact.part,
            "where": fact.where,
            "error": fact.error,
            "since": each.time.isoformat(),
            "released_at_seq": freed.get((fact.seq, fact.part)),
        }
        for each in await marked(bus, QUARANTINED)
        if isinstance(fact := each.fact, FactQuarantined)
    ]


@asynccontextmanager
async def _log(data_dir: Path | None, environment: Mapping[str, str]) -> AsyncIterator["Bus"]:
    """Reach the log. Raises UserError."""
    from services.cli.embedded.probes import reachable
    from services.cli.record import address
    from shared.bus.nats_bus import NatsBus
    from shared.observability.logging import configure_logging
    from shared.runtime.clock import SystemClock
    from shared.runtime.settings import default_data_dir

    configure_logging("quarantine", level="error", log_format="console")
    named = None if data_dir else environment.get("ZHISHOU_NATS_URL")
    url = address(None, data_dir or default_data_dir(), named)
    await reachable(url, "ZHISHOU_NATS_URL")
    try:
        bus = await NatsBus.connect(url, clock=SystemClock(), name="quarantine", make=None)
        try:
            yield bus
        finally:
            await bus.close()
    except TransientError as error:
        raise UserError(f"the log does not answer: {error}", fix="is zhishou running?") from error


def _plain(row: Row) -> str:
    part = "" if row["part"] is None else f".{row['part']}"
    freed = "" if row["released_at_seq"] is None else f"  released at {row['released_at_seq']}"
    return f"{row['seq']}{part:<6} {row['since']:<34}{row['where']:<9}{row['error']}{freed}"
