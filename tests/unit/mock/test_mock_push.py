"""Private messages are pushed as the platform does it: checked address, signature, three tries."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from shared.platforms.mock.faults import Fault
from shared.platforms.mock.platform import MockOptions
from shared.platforms.mock.push import sign
from tests.fakes.mock_platform import START, HandClock, RunningMock, running_mock


@dataclass
class Receiver:
    """A webhook of ours that answers as told."""

    url: str = ""
    bodies: list[dict[str, object]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    is_honest: bool = True

    async def check(self, request: web.Request) -> web.Response:
        self.queries.append(dict(request.query))
        return web.Response(text=request.query["echostr"] if self.is_honest else "no")

    async def take(self, request: web.Request) -> web.Response:
        self.queries.append(dict(request.query))
        self.bodies.append(await request.json())
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_get("/hook", made.check)
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture
async def mock() -> AsyncIterator[RunningMock]:
    async with running_mock() as running:
        yield running


async def write(mock: RunningMock, text: str) -> None:
    mock.world.message(mock.account, mock.world.user("a", START), text, START)


async def push_all(mock: RunningMock) -> None:
    while await mock.platform.pusher.push_next(mock.session):
        pass


def test_the_signature_vector_of_the_documentation() -> None:
    expected = "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1"
    assert sign("xyz123xyz", "1397022061823", "57155157") == expected


async def test_a_message_waits_for_an_address_and_is_pushed_in_the_wire_shape(
    mock: RunningMock, receiver: Receiver
) -> None:
    await write(mock, "卡里的钱怎么少了")
    await push_all(mock)
    assert mock.platform.state()["messages_waiting"] == 1
    assert (await mock.control("POST", "webhook", {"url": receiver.url})).status == 200
    await push_all(mock)
    assert receiver.bodies == [
        {
            "type": "text",
            "receiver_id": mock.account.uid,
            "sender_id": mock.world.user("a", START).uid,
            "created_at": "Mon Mar 02 12:00:00 +0800 2026",
            "text": "卡里的钱怎么少了",
            "data": {},
        }
    ]
    for query in receiver.queries:
        wanted = sign(mock.account.app_secret, query["timestamp"], query["nonce"])
        assert query["signature"] == wanted
    assert len({query["nonce"] for query in receiver.queries}) == len(receiver.queries)
    assert mock.platform.state()["pushes"] == {"delivered": 1, "failed": 0}


async def test_an_address_that_does_not_echo_is_not_used(
    mock: RunningMock, receiver: Receiver
) -> None:
    receiver.is_honest = False
    assert (await mock.control("POST", "webhook", {"url": receiver.url})).status == 409
    assert (await mock.control("POST", "webhook", {"url": "http://127.0.0.1:9/x"})).status == 409


async def test_a_push_is_tried_three_times_and_then_given_up(
    mock: RunningMock, receiver: Receiver
) -> None:
    await mock.control("POST", "webhook", {"url": receiver.url})
    receiver.answers = [500, 503, 200, 500, 500, 500]
    await write(mock, "一")
    await write(mock, "二")
    await push_all(mock)
    assert [body["text"] for body in receiver.bodies] == ["一"] * 3 + ["二"] * 3
    assert mock.platform.state()["pushes"] == {"delivered": 1, "failed": 1}
    statuses = [entry.status for entry in mock.platform.journal.page(endpoint="push")]
    assert statuses == [500, 503, 200, 500, 500, 500]


async def test_pushes_can_repeat_come_late_and_change_places(
    mock: RunningMock, receiver: Receiver
) -> None:
    clock = mock.platform.clock
    assert isinstance(clock, HandClock)
    await mock.control("POST", "webhook", {"url": receiver.url})
    mock.platform.faults.add(
        [
            Fault(kind="reorder", endpoint="push", count=1),
            Fault(kind="duplicate", endpoint="push", count=1),
            Fault(kind="delay", endpoint="push", seconds=4, count=1),
        ]
    )
    await write(mock, "一")
    await write(mock, "二")
    await push_all(mock)
    assert [body["text"] for body in receiver.bodies] == ["二", "二", "一"]
    assert 4.0 in clock.slept


async def test_a_receiver_that_is_gone_counts_as_a_failure(
    mock: RunningMock, receiver: Receiver
) -> None:
    await mock.control("POST", "webhook", {"url": receiver.url})
    mock.platform.pusher._addresses[mock.account.uid] = "http://127.0.0.1:9/x"
    await write(mock, "一")
    await push_all(mock)
    assert mock.platform.state()["pushes"] == {"delivered": 0, "failed": 1}


async def test_a_living_platform_pushes_by_itself(receiver: Receiver) -> None:
    options = MockOptions(rate=0.001)
    async with running_mock(options, alive=True) as mock:
        await mock.control("POST", "webhook", {"url": receiver.url})
        while not receiver.bodies:
            await mock.control("GET", "state")
    assert receiver.bodies[0]["type"] == "text"
