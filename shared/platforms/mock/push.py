"""Pushes private messages to the registered address: signed, five seconds, three tries."""

import asyncio
import hashlib
import json
from dataclasses import dataclass

import aiohttp

from shared.contracts.ids import token
from shared.platforms.mock.faults import FaultBoard
from shared.platforms.mock.journal import Journal
from shared.platforms.mock.model import Account, Message
from shared.platforms.mock.ports import Clock
from shared.platforms.mock.wire import message_json
from shared.platforms.mock.world import World

ANSWER_SECONDS = 5.0
TRIES = 3
BETWEEN_SECONDS = 1.0
IDLE_SECONDS = 0.05
ECHO_LIMIT = 4_096


def sign(app_secret: str, timestamp: str, nonce: str) -> str:
    """Return the hex SHA-1 of the three parts, sorted and joined."""
    joined = "".join(sorted((app_secret, timestamp, nonce)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


@dataclass
class PushTally:
    """How the pushes went, counted in messages."""

    delivered: int = 0
    failed: int = 0


class Pusher:
    """Sends what people wrote in private. Without an address messages wait, in order."""

    def __init__(self, world: World, faults: FaultBoard, journal: Journal, clock: Clock) -> None:
        self._world = world
        self._faults = faults
        self._journal = journal
        self._clock = clock
        self._addresses: dict[int, str] = {}
        self._nonces = 0
        self.tally = PushTally()

    async def register(self, session: aiohttp.ClientSession, account: Account, url: str) -> bool:
        """Check the address as the platform does (GET with an echo), then use it."""
        echo = token("echo", url, str(self._nonces))
        query = self._query(account) | {"echostr": echo}
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                session.get(url, params=query, allow_redirects=False) as answer,
            ):
                said = (await answer.content.read(ECHO_LIMIT)).decode("utf-8", "replace")
                if answer.status != 200 or said.strip() != echo:  # noqa: PLR2004
                    return False
        except (aiohttp.ClientError, TimeoutError):
            return False
        self._addresses[account.uid] = url
        return True

    async def drive(self, session: aiohttp.ClientSession) -> None:
        """Push for ever, one message at a time."""
        while True:
            if not await self.push_next(session):
                await self._clock.sleep(IDLE_SECONDS)

    async def push_next(self, session: aiohttp.ClientSession) -> bool:
        """Push the first message whose account has an address; False when there is none."""
        message = self._choose()
        if message is None:
            return False
        copies = 2 if self._faults.strike("push", "duplicate") else 1
        for _ in range(copies):
            if await self._deliver(session, message):
                self.tally.delivered += 1
            else:
                self.tally.failed += 1
        self._world.pushed(message.id)
        return True

    def _choose(self) -> Message | None:
        ready = [one for one in self._world.to_push if one.receiver in self._addresses][:2]
        if not ready:
            return None
        late_first = len(ready) > 1 and self._faults.strike("push", "reorder") is not None
        return ready[1] if late_first else ready[0]

    async def _deliver(self, session: aiohttp.ClientSession, message: Message) -> bool:
        account = self._world.accounts[message.receiver]
        body = json.dumps(message_json(message), ensure_ascii=False).encode()
        for attempt in range(TRIES):
            if attempt:
                await self._clock.sleep(BETWEEN_SECONDS)
            if await self._try(session, account, body, message):
                return True
        return False

    async def _try(
        self, session: aiohttp.ClientSession, account: Account, body: bytes, message: Message
    ) -> bool:
        if late := self._faults.strike("push", "delay"):
            await self._clock.sleep(late.seconds)
        entry = self._journal.begin(
            self._clock.now(), "PUSH", "push", {"message": str(message.id)}
        )
        entry.account = str(account.uid)
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                session.post(
                    self._addresses[account.uid],
                    params=self._query(account),
                    data=body,
                    headers={"Content-Type": "application/json"},
                    allow_redirects=False,
                ) as answer,
            ):
                entry.status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            entry.effect = type(error).__name__
        finally:
            self._journal.end(entry)
        return entry.status == 200  # noqa: PLR2004

    def _query(self, account: Account) -> dict[str, str]:
        self._nonces += 1
        stamp = str(int(self._clock.now().timestamp() * 1000))
        nonce = str(10_000_000 + self._nonces)
        return {
            "signature": sign(account.app_secret, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
        }
