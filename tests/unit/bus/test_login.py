"""How an address says who we are: user, password, and an inbox of our own."""

import pytest

from shared.bus.nats_link import login


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("nats://127.0.0.1:4222", {}),
        ("nats://token@127.0.0.1:4222", {}),
        (
            "nats://ingest:p%2F1@a:4222,nats://b:4222",
            {"user": "ingest", "password": "p/1", "inbox_prefix": "_INBOX_ingest"},
        ),
        (
            "tls://a.b*:p1@a:4222",
            {"user": "a.b*", "password": "p1", "inbox_prefix": "_INBOX"},
        ),
    ],
)
def test_an_address_says_who_we_are(url: str, expected: dict[str, object]) -> None:
    assert login(url) == expected
