"""A person's way in: the HTTP API of whichever candidate answers, asked again until it has said."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import aiohttp

from services.cli.chaos.steps import CANDIDATES
from services.respond.shell.people import one_time_link
from shared.errors import TransientError
from shared.store.redis_store import RedisStore

AGAIN_SECONDS = 0.2
ANSWER_SECONDS = 4.5
"""A console answers within three, if only that it is not decided yet."""
Json = Mapping[str, Any]
Links = Callable[[str, str], Awaitable[str]]
"""Returns a fresh one-time link to a console for a person. Raises TransientError."""


class NobodyAnsweredError(Exception):
    """No console answered within a person's patience."""


@dataclass(slots=True)
class Operation:
    """What a person asked for and was told; `outcome` empty: never told (invariant 15 broken)."""

    op_id: str
    person: str
    wish: str
    target: str
    asked_at: str
    text: str = ""
    items: tuple[str, ...] = ()
    outcome: str = ""
    code: str = ""
    answered_at: str = ""
    tries: int = 0


class Console:
    """One person at work. `operations` is what was asked, by everybody who shares the list."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        person: str,
        address: Callable[[str], str],
        links: Links,
        now: Callable[[], datetime],
        operations: list[Operation],
        patience_seconds: float,
    ) -> None:
        self.person = person
        self._session, self._address, self._links, self._now = session, address, links, now
        self._operations = operations
        self._patience = patience_seconds
        self._cookie = ""
        self._turn = 0

    async def read(self, path: str) -> Json | None:
        """Return what stands there, None if nothing does. Raises NobodyAnsweredError."""
        status, found = await self._until_answered("GET", path, None, None)
        return found if status == HTTPStatus.OK else None

    async def ask(
        self,
        wish: str,
        target: str,
        body: Json,
        *,
        text: str = "",
        items: tuple[str, ...] = (),
    ) -> Operation:
        """Ask for a wish until it is decided; the same operation each time (invariant 15).

        `target` is a case or a page; empty for what concerns everybody.
        """
        op_id = f"chaos-{len(self._operations):06d}"
        made = Operation(op_id, self.person, wish, target, self._stamp(), text, items)
        self._operations.append(made)
        try:
            await self._decided(made, body)
        except NobodyAnsweredError:
            return made
        made.answered_at = self._stamp()
        return made

    async def _decided(self, made: Operation, body: Json) -> None:
        kind = "pages" if made.wish == "acknowledge" else "cases"
        path = f"/api/{kind}/{made.target}/{made.wish}" if made.target else f"/api/{made.wish}"
        status, found = await self._until_answered("POST", path, body, made)
        if status == HTTPStatus.ACCEPTED:
            found = await self._outcome(made.op_id)
        elif status >= HTTPStatus.BAD_REQUEST:
            made.outcome, made.code = "refused", str(found.get("code", status))
            return
        made.outcome = "accepted" if found["accepted"] else "refused"
        made.code = str(found["code"])

    async def _outcome(self, op_id: str) -> Json:
        left = self._patience
        while left > 0:
            found = await self.read(f"/api/outcomes/{op_id}")
            if found is not None:
                return found
            await asyncio.sleep(AGAIN_SECONDS)
            left -= AGAIN_SECONDS
        raise NobodyAnsweredError(op_id)

    async def _until_answered(
        self, method: str, path: str, body: Json | None, made: Operation | None
    ) -> tuple[int, Json]:
        """Ask the candidates in turn. What is a state of ours, not an answer, is asked again."""
        left = self._patience
        while left > 0:
            if made is not None:
                made.tries += 1
            status, found = await self.once(method, path, body, made.op_id if made else "")
            if status == HTTPStatus.UNAUTHORIZED:
                self._cookie = ""
            elif status and status != HTTPStatus.TOO_MANY_REQUESTS and status < 500:  # noqa: PLR2004
                return status, found
            self._turn += 1
            await asyncio.sleep(AGAIN_SECONDS)
            left -= AGAIN_SECONDS
        raise NobodyAnsweredError(path)

    async def once(
        self, method: str, path: str, body: Json | None, op_id: str
    ) -> tuple[int, Json]:
        """Ask the candidate whose turn it is, once; status 0 where nobody answered."""
        address = self._address(CANDIDATES[self._turn % len(CANDIDATES)])
        if not address:
            return 0, {}
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if not self._cookie and not await self._sign_in(address):
                    return 0, {}
                headers = {"Cookie": self._cookie} | ({"Idempotency-Key": op_id} if op_id else {})
                async with self._session.request(
                    method, f"{address}{path}", json=body, headers=headers
                ) as answer:
                    return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, OSError, ValueError):
            return 0, {}

    async def _sign_in(self, address: str) -> bool:
        link = await self._links(address, self.person)
        if not link:
            return False
        async with self._session.post(link, allow_redirects=False) as answer:
            cookies = [f"{each.key}={each.value}" for each in answer.cookies.values()]
        self._cookie = "; ".join(cookies)
        return bool(cookies)

    def _stamp(self) -> str:
        return self._now().isoformat()


@asynccontextmanager
async def sign_in_links(redis_url: str) -> AsyncIterator[Links]:
    """Yield what makes sign-in links, as a person in a terminal would."""
    store = await RedisStore.connect(redis_url)

    async def link(address: str, person: str) -> str:
        try:
            return await one_time_link(store, address, person)
        except TransientError:
            return ""

    try:
        yield link
    finally:
        await store.close()
