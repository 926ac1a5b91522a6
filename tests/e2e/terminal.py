"""Commands against a running house, as two people type them."""

import asyncio

from typer.testing import CliRunner

from services.cli.app import build
from tests.e2e.house import House

PASSWORD = "a long enough password"  # noqa: S105  of the tests' own houses
FIRST, SECOND = ("--person", "demo-second"), ("--person", "demo")


async def give_passwords(house: House) -> None:
    """Let both people of the demonstration sign in."""
    for person in ("demo", "demo-second"):
        await zhishou(house, "person", "set-password", person, typed=f"{PASSWORD}\n" * 2)


async def zhishou(house: House, *words: str, typed: str | None = None) -> str:
    """Run a command in a terminal and return what it says. Raises UserError as it does."""
    given = {"ZHISHOU_PASSWORD": PASSWORD} if typed is None else {}
    done = await asyncio.to_thread(
        CliRunner().invoke,
        build(),
        [*words, "--data-dir", str(house.data)],
        typed or "",
        obj=given,
    )
    if done.exception is not None:
        raise done.exception
    return done.stdout if "--json" in words else done.output
