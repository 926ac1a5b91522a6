"""The signature of pushed messages, and the account check for mock and live."""

import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from shared.errors import UserError
from shared.platforms.registry import ADAPTERS, adapter_for, check_endpoint
from shared.platforms.weibo.webhook import WeiboWebhook, sign
from shared.runtime.accounts import AccountConfig

NOW = datetime.fromtimestamp(1397022061.823, tz=UTC)
VECTOR = {
    "timestamp": "1397022061823",
    "nonce": "57155157",
    "signature": "90e4c22c90a58f26526c2dd5b6c56c8822edeaa1",
}


def account(**changes: object) -> AccountConfig:
    values: dict[str, object] = {
        "account_id": "a",
        "platform": "weibo",
        "native_id": "100",
        "name": "商场",
        "endpoint": "http://127.0.0.1:1",
        "app_secret": SecretStr("xyz123xyz"),
    }
    return AccountConfig.model_validate(values | changes)


def test_the_published_vector_holds() -> None:
    assert sign("xyz123xyz", VECTOR["timestamp"], VECTOR["nonce"]) == VECTOR["signature"]
    webhook = WeiboWebhook(account())
    assert webhook.verify(VECTOR, NOW) is not None
    assert webhook.challenge({**VECTOR, "echostr": "hello"}) == "hello"


@pytest.mark.parametrize("name", ["timestamp", "nonce", "signature"])
def test_any_changed_or_missing_value_is_refused(name: str) -> None:
    webhook = WeiboWebhook(account())
    changed = {**VECTOR, name: VECTOR[name][:-1] + "0", "echostr": "x"}
    missing = {key: value for key, value in VECTOR.items() if key != name}
    for query in (changed, missing, {**VECTOR, name: "9" * 200}, {**VECTOR, name: "é"}):
        assert webhook.verify(query, NOW) is None
        assert webhook.challenge(query) is None


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_or_early_signature_is_refused(minutes: int) -> None:
    assert WeiboWebhook(account()).verify(VECTOR, NOW + timedelta(minutes=minutes)) is None


def test_a_timestamp_in_seconds_is_taken_and_one_in_words_is_not() -> None:
    webhook = WeiboWebhook(account())
    for timestamp, good in (("1397022061", True), ("yesterday", False)):
        signature = sign("xyz123xyz", timestamp, "n")
        query = {"timestamp": timestamp, "nonce": "n", "signature": signature}
        assert (webhook.verify(query, NOW) is not None) is good


def test_without_a_secret_nothing_is_ever_signed() -> None:
    webhook = WeiboWebhook(account(app_secret=SecretStr("")))
    signature = sign("", VECTOR["timestamp"], VECTOR["nonce"])
    assert webhook.verify({**VECTOR, "signature": signature}, NOW) is None


@given(st.binary(max_size=200))
def test_no_body_breaks_the_parser(body: bytes) -> None:
    WeiboWebhook(account()).parse(body)


def test_a_body_may_be_one_message_or_a_list() -> None:
    row = {
        "type": "text",
        "receiver_id": 100,
        "sender_id": 7,
        "created_at": "Mon Jul 16 18:09:20 +0800 2012",
        "text": "你好",
    }
    webhook = WeiboWebhook(account())
    one, _ = webhook.parse(json.dumps(row).encode())
    many, rejected = webhook.parse(json.dumps([row, 5]).encode())
    assert one == many
    assert [r.reason for r in rejected] == ["push that is no object"]


@pytest.mark.parametrize(
    ("endpoint", "live", "fits"),
    [
        ("http://127.0.0.1:8800", False, True),
        ("http://mock:8800", False, True),
        ("https://api.weibo.com", True, True),
        ("https://api.weibo.com", False, False),
        ("https://weibo.com", False, False),
        ("http://127.0.0.1:8800", True, False),
        ("http://localhost:8800", True, False),
        ("http://[::1]:8800", True, False),
        ("https://mock.example.org", True, False),
        ("http://api.weibo.com", True, False),
        ("https://gateway.example.org", True, True),
        ("ftp://api.weibo.com", True, False),
    ],
)
def test_a_live_account_never_points_at_a_mock_nor_the_reverse(
    endpoint: str,
    live: bool,  # noqa: FBT001 - a column of the table above
    fits: bool,  # noqa: FBT001
) -> None:
    checked = account(endpoint=endpoint, live=live)
    if fits:
        check_endpoint(checked)
    else:
        with pytest.raises(UserError) as caught:
            check_endpoint(checked)
        assert "\n" not in caught.value.line()
        assert caught.value.fix


async def test_only_a_mock_says_itself_how_long_a_text_may_stay_invisible() -> None:
    adapter, near = adapter_for(account()), account(visibility_horizon_seconds=2.5)
    check_endpoint(near)
    async with aiohttp.ClientSession() as session:
        assert adapter.speaker(session, account()).visibility_horizon_seconds == 120
        assert adapter.speaker(session, near).visibility_horizon_seconds == 2.5
    live = account(visibility_horizon_seconds=2.5, live=True, endpoint="https://api.weibo.com")
    with pytest.raises(UserError, match="only a mock"):
        check_endpoint(live)


def test_every_adapter_says_how_well_it_is_known() -> None:
    assert all(adapter.quality_file.is_file() for adapter in ADAPTERS.values())
    unknown = account().model_copy(update={"platform": "elsewhere"})
    with pytest.raises(UserError):
        adapter_for(unknown)
