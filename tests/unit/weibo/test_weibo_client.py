"""One call to Weibo: only a JSON body without an error code is success; secrets stay inside."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from shared.platforms.weibo.client import (
    MAX_ANSWER_BYTES,
    CutOffError,
    NotSentError,
    WeiboClient,
)
from shared.platforms.weibo.errors import _CODES, Refusal, Trouble, refusal
from shared.runtime.accounts import AccountConfig
from shared.runtime.health import http_server

TOKEN = "very-secret-token"  # noqa: S105 - of nobody


def account(endpoint: str) -> AccountConfig:
    return AccountConfig(
        account_id="a",
        platform="weibo",
        native_id="1",
        name="商场",
        endpoint=endpoint,
        access_token=SecretStr(TOKEN),
    )


@asynccontextmanager
async def client_of(answer: Callable[[], web.StreamResponse]) -> AsyncIterator[WeiboClient]:
    async def serve(request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"] == f"OAuth2 {TOKEN}"
        assert TOKEN not in str(request.url)
        return answer()

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", serve)
    async with (
        http_server(app, "127.0.0.1", 0) as address,
        aiohttp.ClientSession() as session,
    ):
        yield WeiboClient(session, account(address))


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"id": 9007199254740993}', {"id": 9007199254740993}),
        (200, '[{"id": 1.5}]', [{"id": "1.5"}]),
        (200, '{"error_code": 20201, "error": "gone"}', Refusal("20201", "gone", Trouble.GONE)),
        (403, '{"error_code": "10023", "error": "q"}', Refusal("10023", "q", Trouble.QUOTA)),
        (200, '{"error_code": "99999", "error": "?"}', Refusal("99999", "?", Trouble.OTHER)),
        (200, '{"error_code": 0, "ok": true}', {"error_code": 0, "ok": True}),
    ],
)
async def test_an_answer_is_its_body_whatever_the_status(
    status: int, body: str, expected: object
) -> None:
    async with client_of(lambda: web.Response(status=status, text=body)) as client:
        assert await client.get("2/x.json", {"count": 5}) == expected


async def test_a_refusal_without_a_code_is_still_a_refusal() -> None:
    async with client_of(lambda: web.Response(status=404, text="{}")) as client:
        answer = await client.get("2/x.json", {})
        assert isinstance(answer, Refusal)
        assert answer.code == "http_404"


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, "<html>"), (200, '"text"'), (502, "{}"), (500, "oops"), (200, "[" * 100_000)],
)
async def test_an_answer_nobody_can_read_is_a_cut(status: int, body: str) -> None:
    async with client_of(lambda: web.Response(status=status, text=body)) as client:
        with pytest.raises(CutOffError) as caught:
            await client.post("2/x.json", {"comment": "好"}, timeout_seconds=5)
        assert TOKEN not in str(caught.value)


async def test_an_answer_too_large_is_a_cut() -> None:
    async with client_of(lambda: web.Response(body=b"[" + b" " * MAX_ANSWER_BYTES)) as client:
        with pytest.raises(CutOffError):
            await client.get("2/x.json", {})


async def test_silence_is_a_cut_and_nobody_there_is_not_sent() -> None:
    gone = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the client hangs up
        writer.close()
        await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, aiohttp.ClientSession() as session:
        client = WeiboClient(session, account(f"http://127.0.0.1:{port}"))
        with pytest.raises(CutOffError):
            await client.post("2/x.json", {"a": "b"}, timeout_seconds=0.05)
        await gone.wait()
        nobody = WeiboClient(session, account("http://127.0.0.1:9"))
        with pytest.raises(NotSentError):
            await nobody.post("2/x.json", {"a": "b"}, timeout_seconds=1)


async def test_live_weibo_has_hosts_for_reminders_and_messages() -> None:
    async with aiohttp.ClientSession() as session:
        live = WeiboClient(session, account("https://api.weibo.com/"))
        mock = WeiboClient(session, account("http://127.0.0.1:8800/"))
        urls = [
            live._url("2/comments/reply.json"),
            live._url("2/remind/unread_count.json"),
            live._url("2/messages/reply.json"),
            mock._url("2/messages/reply.json"),
        ]
    assert urls == [
        "https://api.weibo.com/2/comments/reply.json",
        "https://rm.api.weibo.com/2/remind/unread_count.json",
        "https://m.api.weibo.com/2/messages/reply.json",
        "http://127.0.0.1:8800/2/messages/reply.json",
    ]


def test_no_code_has_two_meanings() -> None:
    codes = [code for row in _CODES.values() for code in row.split()]
    assert len(codes) == len(set(codes))
    assert refusal("20032", "").trouble is Trouble.SLOW_SUCCESS
