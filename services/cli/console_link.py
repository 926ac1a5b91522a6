"""A person at the console's HTTP API, from the terminal: signed in by name and password."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp

from shared.errors import UserError

ANSWER_SECONDS = 15.0
OK, UNDECIDED, ENTERED, TOO_MANY = 200, 202, 303, 429


@dataclass(frozen=True, slots=True)
class ConsoleLink:
    """One session. What the console refuses is a UserError with its reason."""

    session: aiohttp.ClientSession
    console: str

    async def ask(self, path: str, body: Mapping[str, object], op_id: str) -> bool:
        """Ask for something; False: recorded, not yet decided. Raises UserError."""
        try:
            async with self.session.post(
                f"{self.console}{path}", json=body, headers={"Idempotency-Key": op_id}
            ) as response:
                answer = await response.json(content_type=None)
                if response.status not in {OK, UNDECIDED}:
                    raise UserError(f"refused: {answer.get('detail') or answer.get('code')}")
                return response.status == OK
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise _away(self.console) from error


@asynccontextmanager
async def signed_in(console: str, person: str, password: str) -> AsyncIterator[ConsoleLink]:
    """Sign in and yield the link. Raises UserError."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    jar = aiohttp.CookieJar(unsafe=True)  # the console may stand at an address without a name
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=jar) as session:
        form = {"name": person, "password": password}
        try:
            async with session.post(
                f"{console}/signin", data=form, allow_redirects=False
            ) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _away(console) from error
        if status == TOO_MANY:
            raise UserError("too many tries", where=person, fix="wait a minute")
        if status != ENTERED:
            fix = f"zhishou person set-password {person}"
            raise UserError("wrong name or password", where=person, fix=fix)
        try:
            yield ConsoleLink(session, console)
        finally:
            with suppress(aiohttp.ClientError, TimeoutError):
                await session.post(f"{console}/signout", allow_redirects=False)


def _away(console: str) -> UserError:
    return UserError("the console does not answer", where=console, fix="is zhishou running?")
