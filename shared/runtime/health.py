"""Three addresses every service answers: does it live, is it ready, what does it count."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from shared.errors import UserError
from shared.observability.metrics import CONTENT_TYPE, Metric, Metrics

Check = Callable[[], Awaitable[str]]
"""A named question about readiness: answers "" when well, else the reason in a few words."""

CHECK_SECONDS = 1.0
LAG_PERIOD_SECONDS = 0.25
LAG_WINDOW = 40
WORST_LAG_SECONDS = 5.0


class Health:
    """What is asked, and the lag of the event loop as `watch_lag` measures it."""

    def __init__(self, checks: Mapping[str, Check], metrics: Metrics) -> None:
        self._checks = dict(checks)
        self._metrics = metrics
        self._lags = [0.0]

    @property
    def lag_seconds(self) -> float:
        """Return the longest lag of the last ten seconds."""
        return max(self._lags)

    async def watch_lag(self, stop: asyncio.Event) -> None:
        """Measure how late the event loop wakes; run it as one of the service's loops."""
        self._measure_in_time(asyncio.get_running_loop())
        try:
            await stop.wait()
        finally:
            self._next.cancel()

    def _measure_in_time(self, loop: asyncio.AbstractEventLoop) -> None:
        """Measure by a timer of the loop itself: to have a task wait for it wakes the loop thrice."""
        due = loop.time() + LAG_PERIOD_SECONDS
        self._next = loop.call_at(due, self._measure, loop, due)

    def _measure(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        lag = max(loop.time() - due, 0.0)
        self._lags = [*self._lags[1 - LAG_WINDOW :], lag]
        self._metrics.set(Metric.LOOP_LAG, self.lag_seconds)
        self._measure_in_time(loop)

    async def answers(self) -> dict[str, str]:
        """Ask every check; a check that raises or takes too long is not well."""
        return {name: await _ask(check) for name, check in self._checks.items()}

    def add_routes(self, app: web.Application) -> None:
        """Put /livez, /readyz and /metrics on an application that serves more than these."""
        app.router.add_get("/livez", self._livez)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._figures)

    async def _livez(self, _request: web.Request) -> web.Response:
        lag = self.lag_seconds
        status = 200 if lag < WORST_LAG_SECONDS else 503
        return web.json_response({"alive": True, "loop_lag_seconds": round(lag, 4)}, status=status)

    async def _readyz(self, _request: web.Request) -> web.Response:
        answers = await self.answers()
        ready = not any(answers.values())
        checks = {name: answer or "ok" for name, answer in answers.items()}
        body = {"ready": ready, "checks": checks}
        return web.json_response(body, status=200 if ready else 503)

    async def _figures(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.text(), headers={"Content-Type": CONTENT_TYPE})


def measured(metrics: Metrics) -> Middleware:
    """Return what counts and times requests by route pattern, never by address or caller."""

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "none"
        status = 500
        metrics.add(Metric.HTTP_OPEN, 1, route=route)
        try:
            with metrics.timed(Metric.HTTP_TIME, route=route):
                response = await handler(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        else:
            return response
        finally:
            metrics.add(Metric.HTTP_OPEN, -1, route=route)
            metrics.count(Metric.HTTP_REQUESTS, route=route, status=str(status))

    return measure


def health_app(health: Health) -> web.Application:
    """Return an application with nothing but the three addresses."""
    app = web.Application()
    health.add_routes(app)
    return app


@asynccontextmanager
async def http_server(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    """Serve `app` inside the block; yields its address. Port 0 takes a free one.

    Raises: UserError when the port is taken or may not be used.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise UserError(
                f"cannot listen on port {port}: {error.strerror}",
                where=f"{host}:{port}",
                fix="choose another port, or 0 for a free one",
            ) from error
        taken = runner.addresses[0][1]
        yield f"http://{f'[{host}]' if ':' in host else host}:{taken}"
    finally:
        await runner.cleanup()


async def _ask(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a check means "not ready"
        return type(error).__name__
