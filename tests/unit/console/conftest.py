"""The console without a socket's worth of world behind it: memory, a clock that holds still."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from services.respond.console.app import build_console
from services.respond.console.settings import ConsoleSettings
from services.respond.shell.people import link_key
from tests.fakes.clock import FakeClock
from tests.fakes.explaining import AnExplainer
from tests.fakes.read_model import House
from tests.fakes.unsteady_store import UnsteadyStore


@dataclass
class Desk:
    """A client of the console and everything behind it."""

    client: TestClient[web.Request, web.Application]
    house: House
    records: UnsteadyStore
    clock: FakeClock
    explainer: AnExplainer

    async def sign_in(self, person_id: str) -> None:
        self.client.session.cookie_jar.clear()
        token = f"link-{person_id}"
        await self.records.put(link_key(token), person_id.encode(), 600)
        answer = await self.client.post(f"/signin/link/{token}", allow_redirects=False)
        assert answer.status == 303

    async def ask(
        self, path: str, body: dict[str, object], key: str = "op-00000001"
    ) -> ClientResponse:
        return await self.client.post(path, json=body, headers={"Idempotency-Key": key})


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = FakeClock()
    house, records, explainer = House(clock), UnsteadyStore(clock), AnExplainer()
    app = build_console(
        read=house,
        actions=house,
        gate=house,
        packs=house,
        rehearsal=house,
        stream=house,
        credentials=house,
        explainer=explainer,
        drafter=house.drafter,
        records=records,
        clock=clock,
        settings=ConsoleSettings(),
    )
    async with TestClient(TestServer(app)) as client:
        yield Desk(client, house, records, clock, explainer)
