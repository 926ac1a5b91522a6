"""A command that asks the console for something in a person's name."""

import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from shared.errors import UserError

if TYPE_CHECKING:
    from services.cli.doors import Doors

Person = Annotated[str, typer.Option("--person", help="who asks for it; signs in by password")]
PASSWORD = "ZHISHOU_PASSWORD"  # noqa: S105  the name of a variable


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and how they sign in."""

    person: str
    password: str
    environment: Mapping[str, str]

    async def ask(self, doors: "Doors", path: str, body: Mapping[str, object], done: str) -> None:
        """Ask the console and say what came of it. Raises UserError with its reason."""
        await self.ask_all(doors, [(path, body, done)])

    async def ask_all(
        self, doors: "Doors", wishes: Sequence[tuple[str, Mapping[str, object], str]]
    ) -> None:
        """Ask for one thing after the other in one session; the first refusal ends it."""
        from services.cli.console_link import signed_in

        async with signed_in(doors.console, self.person, self.password) as link:
            for path, body, done in wishes:
                decided = await link.ask(path, body, secrets.token_hex(12))
                typer.echo(done if decided else "recorded, not yet decided: ask for its status")


def asker(person: str, context: typer.Context) -> Asker:
    """Ask for the password, unless the environment has it. It is never an argument."""
    environment: Mapping[str, str] = context.obj or {}
    return Asker(person, password_of(environment), environment)


def password_of(environment: Mapping[str, str]) -> str:
    """Return the variable's password, what is typed, or the one line piped in. Raises UserError."""
    if given := environment.get(PASSWORD):
        return given
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True))
    if piped := sys.stdin.readline().rstrip("\r\n"):
        return piped
    raise UserError("no password", fix=f"type it at a terminal, pipe it in, or set {PASSWORD}")
