"""The one typed door to redis-py: commands and functions in, bytes out, our own errors."""

import asyncio
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, TypeAlias, cast
from urllib.parse import unquote

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from shared.errors import UserError
from shared.store.port import (
    CursorMovedError,
    StaleTermError,
    StoreAwayError,
    StoreRefusedError,
)

Word: TypeAlias = str | bytes | int | float
Answer: TypeAlias = "bytes | int | list[Answer] | None"

ANSWER_SECONDS = 10.0
CONNECT_SECONDS = 3.0
ADDRESSES = "write redis://USER:PASSWORD@HOST:PORT/0, rediss://, unix:// or sentinel:// in ZHISHOU_REDIS_URL"


class RedisLink:
    """A pool of connections on which our function library is loaded. Raises UserError: no address."""

    def __init__(
        self,
        url: str,
        client: type[redis.asyncio.Redis] = redis.asyncio.Redis,
        *,
        make: bool = True,
    ) -> None:
        self._make = make
        try:
            self._client, self._sentinels = _connected(url, client)
        except ValueError:  # its words may hold a part of the password
            raise UserError(
                "what should be the address of Valkey is none", fix=ADDRESSES
            ) from None

    async def load_functions(self) -> None:
        """Put our library on the server. Raises StoreAwayError."""
        source = files("shared.store").joinpath("functions.lua").read_text(encoding="utf-8")
        await self.run("FUNCTION", "LOAD", "REPLACE", source)

    async def run(self, *words: Word) -> Answer:
        """Send one command.

        Raises: StaleTermError, CursorMovedError, StoreRefusedError, StoreAwayError.
        """
        task = asyncio.current_task()
        before = 0 if task is None else task.cancelling()
        try:
            asked = self._client.execute_command(*words)  # type: ignore[no-untyped-call]
            answer = cast("Answer", await asked)
        except (AuthenticationError, NoPermissionError) as error:
            raise StoreRefusedError(str(error)) from error
        except ResponseError as error:
            raise _meaning(str(error)) from error
        except (RedisError, OSError) as error:
            raise StoreAwayError(f"{type(error).__name__}: {error}") from error
        # The client waits with `wait_for`, which drops a cancellation that comes with the answer;
        # a task that went on after that would keep its whole group from ending.
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError
        return answer

    async def call(
        self,
        function: str,
        keys: Sequence[str],
        args: Sequence[Word] = (),
        *,
        reads: bool = False,
    ) -> Answer:
        """Call one function of our library; a server that lost it is given it again.

        `reads`: it changes nothing, so who may only read its keys may call it.
        """
        words = ("FCALL_RO" if reads else "FCALL", function, len(keys), *keys, *args)
        try:
            return await self.run(*words)
        except StoreAwayError as error:
            if "Function not found" not in str(error) or not self._make:
                raise
        await self.load_functions()
        return await self.run(*words)

    async def close(self) -> None:
        for each in (self._client, *self._sentinels):
            await each.aclose()


def _connected(
    url: str, client: type[redis.asyncio.Redis]
) -> tuple[redis.asyncio.Redis, Sequence[redis.asyncio.Redis]]:
    """Return a client of one server, or of whichever one the sentinels say leads, and theirs.

    `sentinel://user:password@host:26379,host:26379/NAME`: NAME is what they call the group.
    """
    # No blind retries: a claim whose answer was lost must not be asked again as if new.
    options: dict[str, Any] = {
        "retry": Retry(NoBackoff(), 0),
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
    }
    scheme, _, rest = url.partition("://")
    if scheme != "sentinel":
        return client.from_url(url, **options), ()
    login, _, where = rest.rpartition("@")
    hosts, _, name = where.partition("/")
    user, _, password = login.partition(":")
    places = (each.rpartition(":") for each in hosts.split(","))
    sentinels = Sentinel(  # type: ignore[no-untyped-call]
        [(host, int(port)) for host, _, port in places],
        sentinel_kwargs={"socket_timeout": CONNECT_SECONDS},
        username=unquote(user) or None,
        password=unquote(password) or None,
        **options,
    )
    return sentinels.master_for(name, redis_class=client), sentinels.sentinels


def _meaning(message: str) -> Exception:
    """Translate what a function refused; everything else is a store that cannot work now."""
    if message.startswith("STALETERM"):
        return StaleTermError(message.removeprefix("STALETERM "))
    if message.startswith("CURSORMOVED"):
        return CursorMovedError(message.removeprefix("CURSORMOVED "))
    return StoreAwayError(message)
