"""Sign-in, sessions, and what holds for every answer."""

import json
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO

import pytest

from services.respond.console.addresses import FORWARDED, address_of, networks_in
from services.respond.console.context import CONSOLE
from services.respond.console.render import local_path
from services.respond.console.security import HEADERS
from services.respond.console.settings import ConsoleSettings
from services.respond.shell.people import change_lock, link_key
from shared.errors import UserError
from shared.observability.logging import configure_logging
from tests.fakes.read_model import PASSWORD
from tests.unit.console.conftest import Desk


async def _password(
    desk: Desk, name: str, password: str = PASSWORD, headers: Mapping[str, str] | None = None
) -> int:
    form = {"name": name, "password": password, "next": "/status"}
    answer = await desk.client.post("/signin", data=form, headers=headers, allow_redirects=False)
    return answer.status


def _rebuilt(desk: Desk, **changes: object) -> None:
    app = desk.client.app
    assert app is not None
    app._state[CONSOLE] = replace(app[CONSOLE], **changes)  # type: ignore[arg-type]


async def test_a_link_lets_in_once_and_only_after_the_button(desk: Desk) -> None:
    await desk.records.put(link_key("abc"), b"chen", 600)
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


async def test_who_came_in_and_that_somebody_did_not_is_written_but_nothing_they_typed(
    desk: Desk,
) -> None:
    out = StringIO()
    configure_logging("respond", stream=out)
    assert await _password(desk, "my secret phrase", "chen") == 401
    assert await _password(desk, "chen") == 303
    refused, entered = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (refused["event"], refused["known"]) == ("person.sign_in_refused", False)
    assert (entered["event"], entered["person_id"]) == ("person.signed_in", "chen")
    assert "secret phrase" not in out.getvalue()
    assert PASSWORD not in out.getvalue()


async def test_many_tries_are_slowed(desk: Desk) -> None:
    tries = [await _password(desk, "chen", "wrong") for _ in range(8)]
    assert tries[-1] == 429
    await desk.clock.advance(60)
    assert await _password(desk, "chen") == 303


async def test_who_is_locked_out_by_a_strangers_tries_still_comes_in_by_link(desk: Desk) -> None:
    for _ in range(8):
        await _password(desk, "chen", "wrong")
    await desk.sign_in("chen")


async def test_tries_by_way_of_our_proxy_count_against_whoever_asked_it(desk: Desk) -> None:
    _rebuilt(desk, settings=ConsoleSettings(trusted_proxies=networks_in("127.0.0.0/8")))
    names = [f"name{n}" for n in range(7)]
    theirs = [await _password(desk, each, "wrong", {FORWARDED: "203.0.113.9"}) for each in names]
    assert theirs[-1] == 429
    assert await _password(desk, "chen", PASSWORD, {FORWARDED: "203.0.113.9, 198.51.100.4"}) == 303


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["a lie, 192.0.2.1"], "192.0.2.1"),
        ("10.0.0.1", ["a lie", "192.0.2.1, 10.9.9.9"], "192.0.2.1"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("192.0.2.7", ["a lie"], "192.0.2.7"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "unknown"),
    ],
)
def test_only_our_own_proxies_are_believed(
    remote: str, forwarded: list[str], address: str
) -> None:
    assert address_of(remote, forwarded, networks_in("10.0.0.0/8, 2001:db9::/32")) == address
    assert address_of(remote, forwarded, networks_in("")) == remote


def test_what_is_no_network_is_one_line() -> None:
    with pytest.raises(UserError, match="has host bits set") as told:
        networks_in("10.0.0.1/8")
    assert told.value.where == "ZHISHOU_TRUSTED_PROXIES"


async def test_a_new_password_ends_every_session(desk: Desk) -> None:
    await desk.sign_in("chen")
    await change_lock(desk.records, "chen")
    assert (await desk.client.get("/api/me")).status == 401
    await desk.sign_in("chen")
    assert (await desk.client.get("/api/me")).status == 200


async def test_what_a_replaced_password_opened_meanwhile_is_shut(desk: Desk) -> None:
    class Meanwhile:
        """Verifies the old password just before the new one is set."""

        async def verify(self, person_id: str, password: str) -> bool:
            right = await desk.house.verify(person_id, password)
            await change_lock(desk.records, person_id)
            return right

    _rebuilt(desk, credentials=Meanwhile())
    assert await _password(desk, "chen") == 303
    assert (await desk.client.get("/api/me")).status == 401


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
