"""What the commands about words have in common: showing what stands, and asking the console."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.asking import asker
from services.cli.listing import tell
from services.cli.people_cmds import reached

if TYPE_CHECKING:
    from services.cli.words_lines import Line

Reason = Annotated[str, typer.Option(help="why")]
Named = Annotated[str, typer.Argument(help="its id, as `list` shows it")]
UNTIL = "a time such as 2026-12-01T18:00, or +2h, +3d from now"


def show(context: typer.Context, data_dir: Path | None, what: str, *, as_json: bool) -> None:
    """Print how positions, bans, receipts or plans stand."""
    found = asyncio.run(as_they_stand(data_dir, context.obj or {}, what))
    lines = (json.dumps(each.body, ensure_ascii=False) if as_json else each.said for each in found)
    tell(lines, f"there are no {what}")


async def as_they_stand(
    data_dir: Path | None, environment: Mapping[str, str], what: str
) -> "list[Line]":
    """Return them."""
    from services.cli.words_lines import lines_of

    async with reached(data_dir, environment) as doors:
        return await lines_of(doors.read, what)


def ask(
    context: typer.Context,
    data_dir: Path | None,
    person: str,
    path: str,
    body: Mapping[str, object],
    done: str,
) -> None:
    """Ask the console in a person's name, and say what came of it. Raises UserError."""
    caller = asker(person, context)

    async def now() -> None:
        async with reached(data_dir, caller.environment) as doors:
            await caller.ask(doors, path, body, done)

    asyncio.run(now())
