"""Every address of the console, one by one: nobody who is not signed in sees or presses anything."""

from collections.abc import Iterator

from aiohttp import web
from multidict import CIMultiDict

from tests.unit.console.conftest import Desk

OPEN = {
    "/",
    "/signin",
    "/signin/link/{token}",
    "/signout",
    "/lang/{lang}",
    "/static",
    "/static/vendor/htmx.min.js",
}
"""What somebody who is not signed in yet needs in order to be."""


def _routes(desk: Desk) -> Iterator[tuple[str, str]]:
    app = desk.client.app
    assert app is not None
    for route in app.router.routes():
        assert route.resource is not None
        if route.method != "HEAD":
            yield route.method, route.resource.canonical


def _filled(path: str) -> str:
    real = path.replace("{case_id}", "case1042").replace("{wish}", "claim")
    return real.replace("{", "").replace("}", "")


async def _asked(desk: Desk, method: str, path: str, **headers: str) -> tuple[int, str]:
    form = {"op_id": "op-00000001", "target": "case1042"} if method == "POST" else None
    sent = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    answer = await desk.client.request(
        method, _filled(path), data=form, headers=sent, allow_redirects=False
    )
    async with answer:
        return answer.status, answer.headers.get("Location", "")


async def test_an_address_that_is_not_for_everybody_leads_to_the_door(desk: Desk) -> None:
    shut = [(method, path) for method, path in _routes(desk) if path not in OPEN]
    assert len(shut) > len(OPEN)
    for method, path in shut:
        status, to = await _asked(desk, method, path)
        if path.startswith("/api/"):
            assert status == web.HTTPUnauthorized.status_code, (method, path)
        else:
            at_the_door = status == web.HTTPSeeOther.status_code and to.startswith("/signin?next=")
            assert at_the_door, (method, path, status, to)
    assert desk.house.log == []


async def test_nothing_can_be_pressed_from_another_site(desk: Desk) -> None:
    await desk.sign_in("he")
    for method, path in _routes(desk):
        if method == "POST":
            status, _ = await _asked(desk, method, path, Sec_Fetch_Site="cross-site")
            assert status == web.HTTPForbidden.status_code, path
    assert desk.house.log == []


async def test_looking_changes_nothing(desk: Desk) -> None:
    await desk.sign_in("he")
    for method, path in _routes(desk):
        if method == "GET" and path not in {"/api/events", "/static"}:
            await _asked(desk, method, path)
    assert desk.house.log == []
