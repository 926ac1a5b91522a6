"""Frames come out of the connection whole and in order however the bytes arrive."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.errors import ProtocolError

from shared.bus.nats_client import FastClient, Frame, header_block, publication

_WORD = st.text("abcXYZ0189_$-", min_size=1, max_size=8)
_SUBJECT = st.lists(_WORD, min_size=1, max_size=4).map(".".join)
_DATA = st.binary(max_size=40) | st.sampled_from(
    [b"", b"\r\n", b"MSG a 1 2\r\n", b"PING\r\n", b"x 5\r\n", b"x 0 9\r\nabc\r\n", b"\xff 1 1\r\n"]
)
_HEADERS = st.just(b"") | st.just(header_block({"Nats-Msg-Id": "x"}))
_FRAME = st.builds(
    Frame,
    st.integers(1, 9),
    _SUBJECT.map(str.encode),
    (st.just("") | _SUBJECT).map(str.encode),
    _HEADERS,
    _DATA,
)


class _Listening(FastClient):
    """A client without a connection that notes what reaches it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[object] = []

    async def deliver(self, sid: int, frames: Sequence[Frame]) -> None:
        assert {each.sid for each in frames} == {sid}
        self.heard.extend(frames)

    async def _process_pong(self) -> None:
        self.heard.append("PONG")

    async def _process_err(self, err_msg: str) -> None:
        self.heard.append(err_msg.strip("'"))

    async def feed(self, data: bytes) -> None:
        await self._ps.parse(data)


def _spelled(said: Frame | str) -> bytes:
    if isinstance(said, str):
        return b"PONG\r\n" if said == "PONG" else b"-ERR '%b'\r\n" % said.encode()
    line = publication(said.subject.decode(), said.data, said.reply.decode(), said.headers)
    word, subject, rest = line.split(b" ", 2)
    return b"%b %b %d %b" % (word.replace(b"PUB", b"MSG"), subject, said.sid, rest)


async def test_words_of_a_line_may_stand_further_apart() -> None:
    """So a server writes the line of what wants no reply."""
    client = _Listening()
    await client.feed(b"MSG a.b 1  2\r\nok\r\nHMSG  a 1  12 12\r\nNATS/1.0\r\n\r\n\r\n")
    assert client.heard == [
        Frame(1, b"a.b", b"", b"", b"ok"),
        Frame(1, b"a", b"", b"NATS/1.0\r\n\r\n", b""),
    ]


@given(
    st.lists(_FRAME | st.sampled_from(["PONG", "slow consumer"]), max_size=8),
    st.lists(st.integers(1, 30), min_size=1, max_size=20),
)
async def test_any_cut_of_the_bytes_gives_the_same_frames(
    said: list[Frame | str], sizes: list[int]
) -> None:
    stream = b"".join(map(_spelled, said))
    client = _Listening()
    for size in sizes:
        await client.feed(stream[:size])
        stream = stream[size:]
    await client.feed(stream)
    assert client.heard == said


@pytest.mark.parametrize("line", [b"MSG a\r\n", b"MSG a b 1\r\n", b"HMSG a 1 2\r\n"])
async def test_a_message_line_that_is_none_ends_the_connection(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        await _Listening().feed(line)
