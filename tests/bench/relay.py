"""The ceiling: 400 bytes over two stored hops by bare protocol, unprocessed. Frozen: never tuned.

`python -m tests.bench.relay source|middle|sink URL COUNT [RUN]`; the sink says "done" every COUNT.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

PAYLOAD = bytes(33 + number % 90 for number in range(400))
HOPS = {"middle": ("RELAY_IN", "relay.in"), "sink": ("RELAY_OUT", "relay.out")}
BATCH, WINDOW = 256, 2048
SIDS = {"d": 1, "a.*": 2, "q": 3}


class Frame(NamedTuple):
    """One message from the server; `sid` 1 is a delivery, 2 a stored publication, 3 an answer."""

    sid: int
    subject: bytes
    reply: bytes
    headers: bytes
    payload: bytes


class Wire(asyncio.Protocol):
    """A connection: what came in one read is handed on together."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[list[Frame]] = asyncio.Queue()
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        raise SystemExit(str(exc or "the server went away"))

    def write(self, parts: Sequence[bytes]) -> None:
        self._transport.write(b"".join(parts))

    def data_received(self, data: bytes) -> None:
        data, at, frames = self._rest + data, 0, []
        while (end := data.find(b"\r\n", at)) >= 0:
            words = data[at:end].split()
            headed = words[0] == b"HMSG"
            stop = end + 2 + int(words[-1]) if headed or words[0] == b"MSG" else end
            if len(data) < stop + 2:
                break
            at = stop + 2
            if stop > end:
                reply = words[3] if len(words) == 5 + headed else b""
                split = end + 2 + (int(words[-2]) if headed else 0)
                head, body = data[end + 2 : split], data[split:stop]
                frames.append(Frame(int(words[2]), words[1], reply, head, body))
            elif words[0] == b"PING":
                self.write([b"PONG\r\n"])
            elif words[0] == b"-ERR":
                raise RuntimeError(words)
        self._rest = data[at:]
        if frames:
            self.frames.put_nowait(frames)


async def connect(url: str, name: str) -> Wire:
    """Connect with the inboxes of this role subscribed."""
    place = urlsplit(url)
    secret = {"user": place.username, "pass": place.password}
    login = secret if place.password else {"auth_token": place.username}
    options = {"verbose": False, "headers": True, "name": name, "lang": "raw", **login}
    where = str(place.hostname), place.port or 4222
    _, wire = await asyncio.get_running_loop().create_connection(Wire, *where)
    wire.write([f"CONNECT {json.dumps(options)}\r\n".encode()])
    wire.write([f"SUB _INBOX.{name}.{kind} {sid}\r\n".encode() for kind, sid in SIDS.items()])
    for stream, subject in HOPS.values():
        made: dict[str, object] = {"name": stream, "subjects": [subject], "storage": "file"}
        await ask(wire, name, f"STREAM.CREATE.{stream}", made)
    return wire


async def ask(wire: Wire, name: str, what: str, body: dict[str, object]) -> None:
    """Ask the JetStream API and wait for its answer, before anything else is under way."""
    data = json.dumps(body)
    wire.write([f"PUB $JS.API.{what} _INBOX.{name}.q {len(data)}\r\n{data}\r\n".encode()])
    for frame in await wire.frames.get():
        if b'"error"' in frame.payload:
            raise RuntimeError(frame.payload)


async def source(wire: Wire, count: int, run: str) -> None:
    """Publish `count` messages, a window at a time, and wait until all are stored."""
    sent = stored = 0
    while stored < count:
        lines = []
        while sent < count and sent - stored < WINDOW:
            head = f"NATS/1.0\r\nNats-Msg-Id: {run}-{sent}\r\n\r\n".encode()
            size = f"{len(head)} {len(head) + len(PAYLOAD)}"
            lines.append(f"HPUB relay.in _INBOX.source.a.{sent} {size}\r\n".encode())
            lines.append(head + PAYLOAD + b"\r\n")
            sent += 1
        wire.write(lines)
        stored += len(await wire.frames.get())


async def relay(wire: Wire, name: str, count: int) -> None:
    """Pull for ever; the middle acks what the next stream has stored, the sink acks at once."""
    stream, _ = HOPS[name]
    config = {"durable_name": name, "ack_policy": "explicit", "max_ack_pending": 4 * WINDOW}
    body: dict[str, object] = {"stream_name": stream, "config": config}
    await ask(wire, name, f"CONSUMER.DURABLE.CREATE.{stream}.{name}", body)
    want = json.dumps({"batch": BATCH, "expires": 3600 * 10**9})
    pull = (
        f"PUB $JS.API.CONSUMER.MSG.NEXT.{stream}.{name} _INBOX.{name}.d {len(want)}\r\n{want}\r\n"
    )
    wire.write([pull.encode() * 2])
    waiting: dict[bytes, bytes] = {}
    wanted, total = 2 * BATCH, 0
    while True:
        frames, lines = await wire.frames.get(), []
        for frame in frames:
            total, wanted = total + (frame.sid == 1), wanted - (frame.sid == 1)
            if frame.sid == 1 and name == "middle":
                back = b"_INBOX.middle.a.%d" % total
                waiting[back] = frame.reply
                head = len(frame.headers)
                lines.append(b"HPUB relay.out %s %d %d\r\n" % (back, head, head + len(PAYLOAD)))
                lines.append(frame.headers + frame.payload + b"\r\n")
                continue
            done = frame.reply if frame.sid == 1 else waiting.pop(frame.subject)
            lines.append(b"PUB %s 4\r\n+ACK\r\n" % done)
            if name == "sink" and total % count == 0:
                print("done", flush=True)  # noqa: T201
        while wanted <= BATCH:
            lines.append(pull.encode())
            wanted += BATCH
        wire.write(lines)


async def main(role: str, url: str, count: str, run: str = "") -> None:
    wire = await connect(url, role)
    print("ready", flush=True)  # noqa: T201
    await (source(wire, int(count), run) if role == "source" else relay(wire, role, int(count)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
