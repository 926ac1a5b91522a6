"""A served mock platform with one account of ours on it, for tests of adapter and ingest."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr

from shared.platforms.mock.model import User
from shared.platforms.mock.platform import MockOptions, MockPlatform
from shared.platforms.mock.server import served
from shared.runtime.accounts import AccountConfig
from shared.runtime.clock import Clock

CONTROL_TOKEN = "control"  # noqa: S105 - of a platform that lives for one test


@dataclass(frozen=True, slots=True)
class ServedWorld:
    """The mock behind a real socket, our account on it, and a session to reach it."""

    platform: MockPlatform
    account: AccountConfig
    session: aiohttp.ClientSession
    clock: Clock

    def somebody(self, name: str = "路人甲") -> User:
        return self.platform.world.user(name, self.clock.now())

    def say(self, text: str, *, on: int | None = None, by: str = "路人甲") -> int:
        """Comment under our newest post (or `on`); return the comment's id."""
        world, now = self.platform.world, self.clock.now()
        main = self.platform.main
        own = [one for one in world.statuses.values() if one.owner == main.uid]
        post = world.statuses[on] if on else own[-1] if own else world.publish(main, "公告", now)
        return world.comment(main, self.somebody(by), post, text, now).id

    def mention(self, text: str, by: str = "路人乙") -> int:
        return self.platform.world.mention(
            self.platform.main, self.somebody(by), text, self.clock.now()
        ).id

    def calls(self, endpoint: str) -> int:
        """Count the requests the platform saw on one endpoint."""
        return len(self.platform.journal.page(after=0, limit=1000, endpoint=endpoint))


@asynccontextmanager
async def served_world(
    clock: Clock, options: MockOptions | None = None
) -> AsyncIterator[ServedWorld]:
    platform = MockPlatform(options or MockOptions(), clock)
    async with (
        served(platform, CONTROL_TOKEN) as address,
        aiohttp.ClientSession() as session,
    ):
        yield ServedWorld(platform, account_on(platform, address), session, clock)


def account_on(platform: MockPlatform, address: str) -> AccountConfig:
    main = platform.main
    return AccountConfig(
        account_id="acct-1",
        platform="weibo",
        native_id=str(main.uid),
        name=main.user.name,
        endpoint=address,
        app_key=main.app_key,
        app_secret=SecretStr(main.app_secret),
        access_token=SecretStr(main.access_token),
        operator_ip="10.0.0.1",
    )
