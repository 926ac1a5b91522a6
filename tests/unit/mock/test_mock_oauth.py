"""OAuth2 over real HTTP: codes work once, tokens run out, the platform's odd spellings hold."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes.mock_platform import HandClock, RunningMock, running_mock

BACK = "http://127.0.0.1:9/back"


@pytest.fixture
async def mock() -> AsyncIterator[RunningMock]:
    async with running_mock() as running:
        yield running


async def a_code(mock: RunningMock, back: str = BACK) -> str:
    query = {"client_id": mock.account.app_key, "redirect_uri": back, "state": "s1"}
    async with mock.session.get(
        f"{mock.http}/oauth2/authorize", params=query, allow_redirects=False
    ) as answer:
        assert answer.status == 302
        found = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert found["state"] == ["s1"]
    return found["code"][0]


async def exchange(mock: RunningMock, issued: str, **change: str) -> tuple[int, dict[str, object]]:
    form = {
        "client_id": mock.account.app_key,
        "client_secret": mock.account.app_secret,
        "grant_type": "authorization_code",
        "code": issued,
        "redirect_uri": BACK,
    } | change
    async with mock.session.post(f"{mock.http}/oauth2/access_token", data=form) as answer:
        body = await answer.json()
        return int(body.get("error_code", 0)), body


async def test_a_code_becomes_a_token_once(mock: RunningMock) -> None:
    code = await a_code(mock)
    _, body = await exchange(mock, code)
    assert body["uid"] == str(mock.account.uid)
    assert body["expires_in"] == 2_592_000
    headers = {"Authorization": f"OAuth2 {body['access_token']}"}
    async with mock.session.get(f"{mock.http}/2/comments/to_me.json", headers=headers) as answer:
        assert answer.status == 200
    assert (await exchange(mock, code))[0] == 21325


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_secret": "x"}, 21324),
        ({"client_id": "x"}, 21324),
        ({"grant_type": "password"}, 21323),
        ({"code": "x"}, 21325),
        ({"redirect_uri": "http://elsewhere.invalid/"}, 21322),
    ],
)
async def test_a_false_exchange_is_refused(
    mock: RunningMock, change: dict[str, str], code: int
) -> None:
    assert (await exchange(mock, await a_code(mock), **change))[0] == code


@pytest.mark.parametrize(
    ("change", "code"),
    [({"redirect_uri": "javascript:x"}, 21322), ({"response_type": "token"}, 21323)],
)
async def test_a_false_authorisation_is_refused(
    mock: RunningMock, change: dict[str, str | int], code: int
) -> None:
    query: dict[str, str | int] = {"client_id": mock.account.app_key, "redirect_uri": BACK}
    assert (await mock.get("oauth2/authorize", **(query | change))).code == code


async def test_a_token_tells_how_long_it_lives_and_dies_on_time(mock: RunningMock) -> None:
    clock = mock.platform.clock
    assert isinstance(clock, HandClock)
    info = await mock.post("oauth2/get_token_info")
    assert (info["uid"], info["expire_in"]) == (mock.account.uid, 2_592_000)
    assert info["appkey"] == mock.account.app_key
    clock.pass_by(2_592_000)
    dead = await mock.get("2/comments/to_me")
    assert (dead.status, dead.code) == (401, 21315)


async def test_missing_unknown_revoked_and_withdrawn_tokens_are_told_apart(
    mock: RunningMock,
) -> None:
    assert (await mock.get("2/comments/to_me", access_token="")).code == 10006
    assert (await mock.get("2/comments/to_me", access_token="x")).code == 21332  # noqa: S106 - a false token
    assert (await mock.control("POST", "expire_tokens"))["expired"] == 1
    assert (await mock.get("2/comments/to_me")).code == 21315
    _, body = await exchange(mock, await a_code(mock))
    token = str(body["access_token"])
    assert (await mock.post("oauth2/revokeoauth2", access_token=token))["result"] is True
    assert (await mock.get("2/comments/to_me", access_token=token)).code == 21332


async def test_unknown_oauth_endpoints_are_named(mock: RunningMock) -> None:
    assert (await mock.post("oauth2/nothing")).code == 10020
