"""Runs the mock platform inside the test's own loop, on a free loopback port."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp

from shared.platforms.mock.model import Account
from shared.platforms.mock.platform import MockOptions, MockPlatform
from shared.platforms.mock.ports import Clock
from shared.platforms.mock.server import served
from shared.platforms.mock.world import World

CONTROL_TOKEN = "control-token-of-the-test"  # noqa: S105 - a test's own
START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@dataclass
class HandClock:
    """Time that moves only when told, or when somebody sleeps."""

    at: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)
        await asyncio.sleep(0)

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Answered:
    """One HTTP answer, read to its end."""

    status: int
    body: object
    text: str

    @property
    def code(self) -> int:
        assert isinstance(self.body, dict)
        return int(self.body["error_code"])

    def rows(self, key: str) -> list[dict[str, object]]:
        assert isinstance(self.body, dict)
        rows = self.body[key]
        assert isinstance(rows, list)
        return rows

    def ids(self, key: str) -> list[int]:
        return [int(str(row["id"])) for row in self.rows(key)]

    def __getitem__(self, key: str) -> object:
        assert isinstance(self.body, dict)
        return self.body[key]


@dataclass(frozen=True)
class RunningMock:
    """A served platform with a client that knows its tokens."""

    platform: MockPlatform
    http: str
    session: aiohttp.ClientSession
    control_token: str = CONTROL_TOKEN

    @property
    def account(self) -> Account:
        return self.platform.main

    @property
    def world(self) -> World:
        return self.platform.world

    async def get(self, endpoint: str, **params: str | int) -> Answered:
        """Call a reading endpoint with the account's token."""
        query = {"access_token": self.account.access_token} | {
            name: str(value) for name, value in params.items()
        }
        async with self.session.get(f"{self.http}/{endpoint}.json", params=query) as answer:
            return await _read(answer)

    async def post(self, endpoint: str, **params: str | int) -> Answered:
        """Call a writing endpoint, form-encoded."""
        form = {"access_token": self.account.access_token} | {
            name: str(value) for name, value in params.items()
        }
        async with self.session.post(f"{self.http}/{endpoint}.json", data=form) as answer:
            return await _read(answer)

    async def control(
        self, method: str, name: str, body: Mapping[str, object] | None = None
    ) -> Answered:
        """Call /control/<name>."""
        headers = {"Authorization": f"Bearer {self.control_token}"}
        async with self.session.request(
            method, f"{self.http}/control/{name}", json=body, headers=headers
        ) as answer:
            return await _read(answer)


@asynccontextmanager
async def running_mock(
    options: MockOptions | None = None, clock: Clock | None = None, *, alive: bool = False
) -> AsyncIterator[RunningMock]:
    """Serve a platform; with `alive` its public speaks and its messages are pushed by themselves.

    Without `alive` nothing moves but by the test: `platform.begin()`, `platform.advance()`.
    """
    platform = MockPlatform(options or MockOptions(), clock or HandClock())
    async with (
        served(platform, CONTROL_TOKEN) as address,
        aiohttp.ClientSession() as session,
        asyncio.TaskGroup() as group,
    ):
        lasting = []
        if alive:
            platform.begin()
            lasting = [group.create_task(platform.live()), group.create_task(platform.push())]
        try:
            yield RunningMock(platform, address, session)
        finally:
            for task in lasting:
                task.cancel()


async def _read(answer: aiohttp.ClientResponse) -> Answered:
    text = await answer.text()
    body = await answer.json() if answer.content_type == "application/json" else None
    return Answered(answer.status, body, text)
