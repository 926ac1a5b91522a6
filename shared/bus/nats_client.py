"""nats-py's client with a short cut on the hot path: deliveries are read, acks written, in bulk.

Between the socket and a callback the stock client spends three times as long on each message: a
regular expression, header objects, a queue and a task. Here whole frames are cut out of what has arrived
and handed to a plain function. Everything else (connecting, TLS, credentials, reconnecting,
requests) stays the library's; ADR 0012 says which of its inner names this rests on.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple
from urllib.parse import ParseResult

from nats.aio.client import Client, Srv
from nats.aio.subscription import Subscription
from nats.aio.transport import TcpTransport
from nats.errors import ProtocolError
from nats.protocol.parser import MAX_CONTROL_LINE_SIZE, Parser

_CRLF: Final = b"\r\n"
_HEADED: Final = b"HMSG"
_MESSAGES: Final = (b"HMSG ", b"MSG ")
_WORDS: Final = (4, 5)
"""MSG subject sid [reply] size; a headed one names the size of its headers before that of all."""
_FEWEST: Final = 4
READ_BYTES = 1 << 20
"""The library reads 32 KiB at a time: of 64 small messages, and the socket is stopped in between."""


class Frame(NamedTuple):
    """One delivered message as it came over the wire; `headers` is the raw block or empty."""

    sid: int
    subject: bytes
    reply: bytes
    headers: bytes
    data: bytes


Tap = Callable[[Sequence[Frame]], None]
"""Takes what came together, in order."""
_made: Final = tuple.__new__
"""A named tuple of its parts, without the call in Python that its own name is."""
_sid: Final = itemgetter(0)


class FastClient(Client):
    """The library's client, whose tapped subscriptions deliver frames to a function."""

    def __init__(self) -> None:
        super().__init__()
        self._taps: dict[int, Tap] = {}
        self._ps = _BulkParser(self)

    async def _connect_to_server(self, s: Srv) -> None:
        if not self._transport and s.uri.scheme in {"nats", "tls"}:
            self._transport = _WideTransport()  # type: ignore[no-untyped-call]
        await super()._connect_to_server(s)

    async def tap(self, subject: str, take: Tap) -> Subscription:
        """Subscribe; `take` gets all frames, at once and in order."""
        subscription = await self.subscribe(subject, cb=_nobody)
        self._taps[subscription._id] = take  # noqa: SLF001  it has no public name
        return subscription

    def untap(self, subscription: Subscription) -> None:
        """Let what still comes go nowhere."""
        self._taps.pop(subscription._id, None)  # noqa: SLF001

    async def deliver(self, sid: int, frames: Sequence[Frame]) -> None:
        """Hand frames of one subscription to its tap, or to the library."""
        take = self._taps.get(sid)
        if take is not None:
            take(frames)
            return
        for each in frames:
            await self._process_msg(sid, each.subject, each.reply, each.data, each.headers)

    async def write(self, lines: bytes) -> None:
        """Send finished protocol lines; waits when the connection is full."""
        await self._send_command(lines)
        await self._flush_pending()


class _WideTransport(TcpTransport):
    """Reads all that has arrived."""

    async def connect(self, uri: ParseResult, buffer_size: int, connect_timeout: int) -> None:
        await super().connect(uri, max(buffer_size, READ_BYTES), connect_timeout)

    async def read(self, buffer_size: int) -> bytes:
        data: bytes = await super().read(max(buffer_size, READ_BYTES))
        return data


async def _nobody(_message: object) -> None:
    """What is tapped never comes this way."""


def publication(subject: str, data: bytes, reply: str = "", headers: bytes = b"") -> bytes:
    """Return the protocol line of one message; `headers` as `header_block` makes them."""
    where = f"{subject} {reply}" if reply else subject
    if not headers:
        return b"PUB %b %d\r\n%b\r\n" % (where.encode(), len(data), data)
    size = len(headers)
    return b"HPUB %b %d %d\r\n%b%b\r\n" % (where.encode(), size, size + len(data), headers, data)


def header_block(headers: dict[str, str]) -> bytes:
    """Return headers as the protocol spells them. Names and values are our own, never input."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"NATS/1.0\r\n{lines}\r\n".encode()


class _BulkParser(Parser):
    """Cuts messages out of the buffer by position; every other line is the library's to read."""

    nc: FastClient

    async def parse(self, data: bytes = b"") -> None:
        """Read what has arrived; an unfinished frame waits for the rest."""
        raw = bytes(self.buf) + data if self.buf else data
        while raw:
            frames, used = _cut(raw)
            self.buf = rest = bytearray(raw[used:])
            for sid, together in groupby(frames, _sid):
                await self.nc.deliver(sid, list(together))
            if self.buf is not rest or not await self._control_line():
                return
            raw = bytes(self.buf)

    async def _control_line(self) -> bool:
        """Let the library read one line that is no message; False when more must arrive first."""
        rest = self.buf
        if not rest or rest.startswith(_MESSAGES):
            return False
        end = rest.find(_CRLF)
        if end < 0 and len(rest) < MAX_CONTROL_LINE_SIZE:
            return False
        size = len(rest) if end < 0 else end + 2
        self.buf = line = rest[:size]
        await super().parse()
        if self.buf is not line:
            return False
        self.buf = rest[size - len(line) :]
        return len(line) < size


def _cut(raw: bytes) -> tuple[list[Frame], int]:
    """Return the whole messages `raw` begins with, and how many bytes they took."""
    frames: list[Frame] = []
    at, size = 0, len(raw)
    while raw.startswith(_MESSAGES, at) and (end := raw.find(_CRLF, at)) >= 0:
        words = raw[at:end].split()
        headers = words.pop(-2) if words[0] == _HEADED else b"0"
        if len(words) not in _WORDS or not (headers + words[-1] + words[2]).isdigit():
            raise ProtocolError("nats: malformed MSG")
        start = end + 2
        head, stop = start + int(headers), start + int(words[-1])
        if size < stop + 2:
            break
        reply = words[3] if len(words) > _FEWEST else b""
        parts = (int(words[2]), words[1], reply, raw[start:head], raw[head:stop])
        frames.append(_made(Frame, parts))
        at = stop + 2
    return frames, at
