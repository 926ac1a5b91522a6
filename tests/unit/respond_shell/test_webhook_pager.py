"""The webhook pager signs what it sends and says honestly whether it was taken."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from services.respond.notifiers.console_log import ConsoleLogPager
from services.respond.notifiers.webhook import WebhookPager
from services.respond.ports import Notice
from shared.errors import PermanentError, TransientError
from shared.runtime.health import http_server
from shared.runtime.signed_post import signature
from tests.fakes.clock import FakeClock

NOTICE = Notice(page_id="p1", title="值守告警", text="受理超时", link="http://console/page/p1")


class Receiver:
    def __init__(self) -> None:
        self.status, self.text = 200, "noted"
        self.headers: dict[str, str] = {}
        self.got: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status, text=self.text, headers=self.headers)


@asynccontextmanager
async def a_receiver() -> AsyncIterator[tuple[Receiver, WebhookPager]]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/page", receiver.take)
    async with http_server(app, "127.0.0.1", 0) as http, aiohttp.ClientSession() as session:
        yield (
            receiver,
            WebhookPager(session, f"{http}/page", SecretStr("s3"), FakeClock()),
        )


async def test_a_page_is_signed_and_carries_its_key() -> None:
    async with a_receiver() as (receiver, pager):
        receipt = await pager.page("li-phone", NOTICE, key="effect-1")
    assert receipt == "200 noted"
    [(headers, body)] = receiver.got
    assert headers["Idempotency-Key"] == "effect-1"
    expected = signature("s3", headers["X-Zhishou-Timestamp"], body)
    assert headers["X-Zhishou-Signature"] == f"sha256={expected}"


@pytest.mark.parametrize(
    ("said", "heard"), [("7", 7.0), ("86400", 300.0), ("soon", None), ("-1", None), ("", None)]
)
async def test_a_receiver_with_too_much_to_do_says_when_to_come_again(
    said: str, heard: float | None
) -> None:
    async with a_receiver() as (receiver, pager):
        receiver.status, receiver.headers = 429, {"Retry-After": said}
        with pytest.raises(TransientError) as told:
            await pager.page("x", NOTICE, key="k")
    assert told.value.retry_after_seconds == heard


async def test_of_a_receiver_that_goes_on_and_on_only_the_beginning_is_read() -> None:
    async with a_receiver() as (receiver, pager):
        receiver.text = "数" * 1_000_000
        receipt = await pager.page("x", NOTICE, key="k")
    assert receipt.startswith("200 数")
    assert len(receipt) < 100


@pytest.mark.parametrize("status", [429, 408, 500, 503])
async def test_a_receiver_in_trouble_is_tried_again(status: int) -> None:
    async with a_receiver() as (receiver, pager):
        receiver.status = status
        with pytest.raises(TransientError):
            await pager.page("x", NOTICE, key="k")


@pytest.mark.parametrize("status", [302, 400, 401, 404])
async def test_a_receiver_that_refuses_is_not(status: int) -> None:
    async with a_receiver() as (receiver, pager):
        receiver.status = status
        with pytest.raises(PermanentError):
            await pager.page("x", NOTICE, key="k")


async def test_silence_is_passing_trouble() -> None:
    async with aiohttp.ClientSession() as session:
        pager = WebhookPager(session, "http://127.0.0.1:9/", SecretStr(""), FakeClock())
        with pytest.raises(TransientError):
            await pager.page("x", NOTICE, key="k")


async def test_the_console_log_says_each_page_once() -> None:
    said: list[str] = []
    pager = ConsoleLogPager(lambda notice, to: said.append(f"{notice.page_id} {to}"))
    await pager.page("console", NOTICE, key="k")
    await pager.page("console", NOTICE, key="k")
    assert said == ["p1 console"]
