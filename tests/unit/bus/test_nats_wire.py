"""What the client reads and writes on the wire, without a server."""

from datetime import UTC, datetime

import pytest

from shared.bus.matching import matches, matches_any
from shared.bus.nats_client import Frame
from shared.bus.nats_publish import headers_of
from shared.bus.nats_pull import placed, status_of, time_of
from shared.bus.nats_read import parse_time
from shared.bus.port import Message, Outgoing
from shared.observability.traces import traceparent

NANOSECONDS = 1795389324683059199
TIME = datetime(2026, 11, 22, 23, 15, 24, 683059, tzinfo=UTC)


@pytest.mark.parametrize(
    "reply",
    [
        f"$JS.ACK.ZS.w.2.41.17.{NANOSECONDS}.5",
        f"$JS.ACK.hub.ABCDEF.ZS.w.2.41.17.{NANOSECONDS}.5.rAnDoM",
        f"$JS.ACK._.ABCDEF.ZS.w.2.41.17.{NANOSECONDS}.5",
    ],
)
def test_the_place_of_a_delivery_is_read_from_every_form_of_its_reply(reply: str) -> None:
    found = placed(Frame(1, b"s", reply.encode(), b"", b"x"))
    assert found == (17, 2, Message(41, TIME, "s", b"x"))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-22T23:15:24.683059199Z", TIME),
        ("2026-11-22T23:15:24.683059Z", TIME),
        ("2026-11-22T23:15:24.6Z", TIME.replace(microsecond=600_000)),
        ("2026-11-22T23:15:24Z", TIME.replace(microsecond=0)),
    ],
)
def test_times_are_cut_to_microseconds_alike(text: str, time: datetime) -> None:
    assert parse_time(text) == time
    assert time_of(NANOSECONDS) == TIME


def test_headers_say_what_the_server_shall_refuse_and_whose_trace_it_is() -> None:
    trace = {"traceparent": traceparent("", "i")}
    assert _told(Outgoing("s", b"", "i")) == {**trace, "Nats-Msg-Id": "i"}
    other = {"traceparent": traceparent("f" * 32, "i")}
    assert _told(Outgoing("s", b"", "i", once=True, trace="f" * 32)) == {
        **other,
        "Nats-Expected-Last-Subject-Sequence": "0",
    }
    assert _told(Outgoing("s", b"", "i", term=7)) == {
        **trace,
        "Nats-Msg-Id": "i",
        "Nats-Expected-Last-Subject-Sequence": "7",
        "Nats-Expected-Last-Subject-Sequence-Subject": "zs.v1.leader.elected",
    }


def _told(message: Outgoing) -> dict[str, str]:
    code, headers = status_of(headers_of(message))
    assert (code, headers.pop("Description")) == ("", "")
    return headers


@pytest.mark.parametrize(
    ("block", "code", "told"),
    [
        (b"NATS/1.0 503\r\n\r\n", "503", {"Description": ""}),
        (
            b"NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 7\r\n\r\n",
            "408",
            {"Description": "Request Timeout", "Nats-Pending-Messages": "7"},
        ),
    ],
)
def test_an_inline_status_is_read(block: bytes, code: str, told: dict[str, str]) -> None:
    assert status_of(block) == (code, told)


def test_patterns_match_as_on_the_server() -> None:
    assert matches("a.>", "a.b.c")
    assert not matches("a.>", "a")
    assert matches("a.*.c", "a.b.c")
    assert not matches("a.*", "a.b.c")
    assert matches_any(["x", "a.b"], "a.b")
    assert not matches_any([], "a.b")
