"""`zhishou signin` and `zhishou person set-password`: how people get in, from the terminal."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.groups import group
from shared.errors import TransientError, UserError

if TYPE_CHECKING:
    from services.cli.doors import Doors

LEAST_CHARACTERS = 10

JsonOption = Annotated[bool, typer.Option("--json", help="print it as JSON")]
DataDirOption = Annotated[Path | None, typer.Option(help="of a running 'zhishou up'")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: zhishou signin wang")(signin)
    group(app, "person").command(
        "set-password", epilog="Example: zhishou person set-password wang"
    )(set_password)


def signin(
    context: typer.Context,
    person: Annotated[
        str | None, typer.Argument(help="who signs in; without it, an administrator")
    ] = None,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a fresh link that signs a person in once, within the hour."""
    person_id, link = asyncio.run(_signin(person, data_dir, context.obj or {}))
    typer.echo(json.dumps({"person": person_id, "link": link}) if as_json else link)


def set_password(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="whose password it is")],
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for a person's new password and set it. It is never an argument: those are public."""
    asyncio.run(_set_password(person, data_dir, context.obj or {}))
    said = f"{person} signs in with the new password from now on, and is signed out everywhere"
    typer.echo(json.dumps({"person": person}) if as_json else said)


def _password() -> str:
    """Ask for it twice, or take the one line that is piped in. Raises UserError."""
    if sys.stdin.isatty():
        password = str(typer.prompt("New password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < LEAST_CHARACTERS:
        fix = (
            f"take at least {LEAST_CHARACTERS} characters; type them, or pipe them in as one line"
        )
        raise UserError("the password is too short", fix=fix)
    return password


async def _signin(
    person: str | None, data_dir: Path | None, environment: Mapping[str, str]
) -> tuple[str, str]:
    from services.respond.shell.people import one_time_link

    async with reached(data_dir, environment) as doors:
        person_id = await doors.known(person)
        return person_id, await one_time_link(doors.store, doors.console, person_id)


async def _set_password(
    person: str, data_dir: Path | None, environment: Mapping[str, str]
) -> None:
    from services.respond.shell.people import People, change_lock

    async with reached(data_dir, environment) as doors:
        person_id = await doors.known(person)  # nobody is asked for a password that cannot be set
        await People(doors.bus).set_password(person_id, _password())
        await change_lock(doors.store, person_id)


@asynccontextmanager
async def reached(data_dir: Path | None, environment: Mapping[str, str]) -> AsyncIterator["Doors"]:
    """Reach the running system. Raises UserError."""
    from services.cli.doors import opened, places
    from shared.observability.logging import configure_logging

    configure_logging("people", level="error", log_format="console")
    try:
        async with opened(places(data_dir, environment)) as doors:
            yield doors
    except TransientError as error:
        raise UserError(f"nobody answers: {error}", fix="is zhishou running?") from error
