"""Frames are cut alike however the bytes arrive, and nothing is added or lost."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.chaos import frames
from services.cli.chaos.frames import Cutter

NATS = (
    b'CONNECT {"verbose":false}\r\nPING\r\n'
    b"PUB zs.v1.item.received.weibo.a 5\r\nhe\r\no\r\n"
    b"HPUB zs.v1.effect.started _INBOX.x.7 12 17\r\nNATS/1.0\r\n\r\nhello\r\n"
    b"SUB _INBOX.x.* 3\r\n"
)
NATS_ANSWERS = b"INFO {}\r\nMSG _INBOX.x.7 3 2\r\nok\r\nHMSG a.b 4 to.c 12 14\r\nNATS/1.0\r\n\r\nok\r\nPONG\r\n"
VALKEY = b"*2\r\n$4\r\nPING\r\n$3\r\na\rb\r\n*4\r\n$5\r\nFCALL\r\n$9\r\nzs_commit\r\n$1\r\n6\r\n$0\r\n\r\n"
HTTP = (
    b"POST /2/comments/reply.json?x=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nid=1\r\n2"
    b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n"
)


@pytest.mark.parametrize(
    ("cutter", "data", "names"),
    [
        (
            frames.nats,
            NATS,
            ["CONNECT", "PING", "zs.v1.item.received.weibo.a", "zs.v1.effect.started", "SUB"],
        ),
        (frames.nats, NATS_ANSWERS, ["INFO", "_INBOX.x.7", "a.b", "PONG"]),
        (frames.valkey, VALKEY, ["PING", "FCALL zs_commit"]),
        (frames.http, HTTP, ["POST /2/comments/reply.json", "GET /page"]),
    ],
)
@given(cuts=st.lists(st.integers(0, 400)))
def test_frames_are_the_same_however_the_bytes_arrive(
    cutter: Callable[[], Cutter], data: bytes, names: list[str], cuts: list[int]
) -> None:
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    cutting = cutter()
    found = [frame for first, last in pairwise(places) for frame in cutting.feed(data[first:last])]
    assert [frame.name for frame in found] == names
    assert b"".join(frame.data for frame in found) == data


def test_a_publish_names_the_subject_of_its_answer() -> None:
    replies = {frame.name: frame.reply for frame in frames.nats().feed(NATS)}
    assert replies["zs.v1.effect.started"] == "_INBOX.x.7"
    assert replies["zs.v1.item.received.weibo.a"] == ""


def test_what_nobody_understands_passes_as_it_comes() -> None:
    assert [frame.data for frame in frames.plain().feed(b"+OK\r\n")] == [b"+OK\r\n"]
