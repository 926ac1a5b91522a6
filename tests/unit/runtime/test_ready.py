"""The question a container asks its own server: ready, or not, or nobody there."""

import asyncio
import socket

import pytest
from aiohttp import web

from shared.observability.metrics import Metrics
from shared.runtime.health import Health, health_app, http_server
from shared.runtime.ready import main


async def well() -> str:
    return ""


async def unwell() -> str:
    return "the log is away"


async def asked(app: web.Application, *words: str) -> int:
    async with http_server(app, "127.0.0.1", 0) as address:
        return await asyncio.to_thread(main, [address.rpartition(":")[2], *words])


@pytest.mark.parametrize(
    ("check", "path", "code"),
    [(well, "/readyz", 0), (unwell, "/readyz", 1), (unwell, "/livez", 0), (well, "/none", 1)],
)
async def test_a_service_is_asked_over_http(check: object, path: str, code: int) -> None:
    assert callable(check)
    assert await asked(health_app(Health({"log": check}, Metrics())), path) == code


async def test_without_a_path_readiness_is_asked() -> None:
    assert await asked(health_app(Health({"log": unwell}, Metrics()))) == 1
    assert await asked(health_app(Health({"log": well}, Metrics()))) == 0


def test_nobody_there_is_not_ready() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        assert main([port]) == 1
        assert main([port, "watchdog", "word"]) == 1


@pytest.mark.parametrize(
    ("answer", "code"), [(b"+OK\r\n+PONG\r\n+OK\r\n", 0), (b"-WRONGPASS\r\n", 1)]
)
async def test_valkey_is_asked_for_a_sign_of_life(answer: bytes, code: int) -> None:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"QUIT\r\n"))
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = str(server.sockets[0].getsockname()[1])
        assert await asyncio.to_thread(main, [port, "watchdog", "word"]) == code
    assert heard == [b"AUTH watchdog word\r\nPING\r\nQUIT\r\n"]
