"""Sign-in, sessions, and what holds for every answer."""

import pytest

from services.respond.console.render import local_path
from services.respond.console.security import HEADERS
from services.respond.console.sessions import hashed
from tests.fakes.read_model import PASSWORD
from tests.unit.console.conftest import Desk


async def _password(desk: Desk, name: str, password: str = PASSWORD) -> int:
    form = {"name": name, "password": password, "next": "/status"}
    return (await desk.client.post("/signin", data=form, allow_redirects=False)).status


async def test_a_link_lets_in_once_and_only_after_the_button(desk: Desk) -> None:
    await desk.records.put(f"signin:{hashed('abc')}", b"chen", 600)
    for _ in range(2):
        assert (await desk.client.get("/signin/link/abc")).status == 200
    entered = await desk.client.post("/signin/link/abc", allow_redirects=False)
    assert (entered.status, entered.headers["Location"]) == (303, "/queue")
    cookie = entered.cookies["zhishou"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert (await desk.client.post("/signin/link/abc")).status == 410


@pytest.mark.parametrize("name", ["chen", "陈晓岚"])
async def test_name_and_password_let_in(desk: Desk, name: str) -> None:
    assert await _password(desk, name) == 303
    assert (await desk.client.get("/api/me")).status == 200


async def test_a_wrong_password_and_an_unknown_name_look_the_same(desk: Desk) -> None:
    assert await _password(desk, "chen", "wrong") == 401
    assert await _password(desk, "nobody") == 401


async def test_many_tries_are_slowed(desk: Desk) -> None:
    tries = [await _password(desk, "chen", "wrong") for _ in range(8)]
    assert tries[-1] == 429
    await desk.clock.advance(60)
    assert await _password(desk, "chen") == 303


async def test_a_session_slides_but_not_for_ever(desk: Desk) -> None:
    await desk.sign_in("chen")
    seen = []
    for _ in range(16):
        await desk.clock.advance(11 * 3600)
        seen.append((await desk.client.get("/api/me")).status)
    assert seen[:15] == [200] * 15
    assert seen[15] == 401


async def test_an_idle_session_ends(desk: Desk) -> None:
    await desk.sign_in("chen")
    await desk.clock.advance(13 * 3600)
    assert (await desk.client.get("/api/me")).status == 401


async def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    await desk.sign_in("chen")
    jar = {c.key: c.value for c in desk.client.session.cookie_jar}
    await desk.client.post("/signout", allow_redirects=False)
    assert (await desk.client.get("/api/me", cookies=jar)).status == 401


async def test_a_person_who_left_is_nobody(desk: Desk) -> None:
    await desk.sign_in("chen")
    gone = desk.house.staff["chen"].registered.model_copy(update={"active": False})
    desk.house.staff["chen"] = desk.house.staff["chen"].model_copy(update={"registered": gone})
    assert (await desk.client.get("/api/me")).status == 401
    assert await _password(desk, "chen") == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 200),
    ],
)
async def test_what_other_sites_send_is_refused(
    desk: Desk, headers: dict[str, str], status: int
) -> None:
    await desk.sign_in("chen")
    headers = {**headers, "Idempotency-Key": "op-00000001"}
    answer = await desk.client.post("/api/cases/case1042/claim", json={}, headers=headers)
    assert answer.status == status


@pytest.mark.parametrize(
    "path", ["/signin", "/queue", "/static/style.css", "/api/me", "/nowhere", "/api/events"]
)
async def test_every_answer_carries_the_headers(desk: Desk, path: str) -> None:
    if path == "/api/events":
        await desk.sign_in("chen")
    async with desk.client.get(path, allow_redirects=False) as answer:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


@pytest.mark.parametrize(
    "value",
    [None, "", "queue", "//elsewhere.example", "/\\elsewhere", "https://x.example", "/a\r\nb"],
)
def test_the_way_back_never_leads_elsewhere(value: str | None) -> None:
    assert local_path(value) == "/queue"


async def test_the_language_changes_in_place(desk: Desk) -> None:
    await desk.sign_in("chen")
    answer = await desk.client.get(
        "/lang/en?back=/case/case1042?slot=update", allow_redirects=False
    )
    assert answer.headers["Location"] == "/case/case1042?slot=update"
    assert "Internal note" in await (await desk.client.get("/case/case1042")).text()
    assert (await desk.client.get("/lang/xx")).status == 404
