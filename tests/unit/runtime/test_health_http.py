"""The three addresses answer the truth."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from shared.errors import UserError
from shared.observability.metrics import Metric, Metrics
from shared.runtime.health import Health, health_app, http_server, measured


async def well() -> str:
    return ""


async def unwell() -> str:
    return "no lease"


async def broken() -> str:
    raise ConnectionError("secret address")


async def get(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return response.status, await response.text()


async def test_a_service_whose_checks_pass_is_ready() -> None:
    metrics = Metrics()
    metrics.set(Metric.TERM, 4)
    async with http_server(health_app(Health({"bus": well}, metrics)), "127.0.0.1", 0) as address:
        assert await get(f"{address}/readyz") == (200, '{"ready": true, "checks": {"bus": "ok"}}')
        status, text = await get(f"{address}/livez")
        assert status == 200
        assert "loop_lag_seconds" in text
        status, text = await get(f"{address}/metrics")
        assert status == 200
        assert "zhishou_term 4.0" in text


async def test_one_check_that_fails_or_raises_means_not_ready_without_details() -> None:
    health = Health({"bus": well, "lease": unwell, "store": broken}, Metrics())
    async with http_server(health_app(health), "127.0.0.1", 0) as address:
        status, text = await get(f"{address}/readyz")
    assert status == 503
    assert "no lease" in text
    assert "ConnectionError" in text
    assert "secret address" not in text


async def test_requests_are_counted_by_route_and_never_by_address() -> None:
    async def greet(request: web.Request) -> web.Response:
        if request.match_info["name"] == "nobody":
            raise web.HTTPNotFound
        if request.match_info["name"] == "bug":
            raise LookupError
        return web.Response(text="hello")

    metrics = Metrics()
    app = web.Application(middlewares=[measured(metrics)])
    app.router.add_get("/greet/{name}", greet)
    async with http_server(app, "127.0.0.1", 0) as address:
        for name in ("wang", "nobody", "bug"):
            await get(f"{address}/greet/{name}")
        await get(f"{address}/elsewhere")

    def counted(route: str, status: str) -> float:
        return metrics.value(Metric.HTTP_REQUESTS, route=route, status=status)

    assert [counted("/greet/{name}", each) for each in ("200", "404", "500")] == [1, 1, 1]
    assert counted("none", "404") == 1
    assert metrics.value(Metric.HTTP_OPEN, route="/greet/{name}") == 0
    assert "wang" not in metrics.text().decode()


async def test_a_check_that_never_answers_is_cut_off() -> None:
    async def asleep() -> str:
        await asyncio.Event().wait()
        return ""

    assert await Health({"x": asleep}, Metrics()).answers() == {"x": "no answer within 1 s"}


async def test_a_taken_port_is_one_clear_line() -> None:
    app = health_app(Health({}, Metrics()))
    async with http_server(app, "127.0.0.1", 0) as address:
        port = int(address.rsplit(":", 1)[1])
        with pytest.raises(UserError, match=f"port {port}") as caught:
            async with http_server(health_app(Health({}, Metrics())), "127.0.0.1", port):
                pass
    assert "choose another port" in caught.value.line()


async def test_the_lag_of_the_event_loop_is_measured() -> None:
    metrics = Metrics()
    health = Health({}, metrics)
    stop = asyncio.Event()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(health.watch_lag(stop))
        asyncio.get_running_loop().call_later(0.6, stop.set)
    assert 0 < health.lag_seconds < 5
    assert metrics.value(Metric.LOOP_LAG) == health.lag_seconds
