"""Pulling from a consumer: demand is kept outstanding, what arrives is buffered, silence is seen."""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from shared.bus.nats_client import Frame
from shared.bus.nats_link import API, SECOND, Link
from shared.bus.port import MAX_BATCH, MAX_BATCH_BYTES, Message
from shared.bus.room import fitting
from shared.bus.timing import Clock

ROOM = 2 * MAX_BATCH
ROOM_BYTES = 4 * MAX_BATCH_BYTES
"""What may wait here at once; more than the largest message that a server takes."""
REQUEST_SECONDS = 30
HEARTBEAT_SECONDS = 0.5
DRAIN_SECONDS = 1.0
SILENCE_SECONDS = 1.25
"""Two heartbeats and a half; then the request is taken for lost."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ACK_PREFIX = b"$JS.ACK."
_SHORT_FORM = 9
_made = tuple.__new__
"""A named tuple of its parts: its own name is a call in Python, and this is once a delivery."""


class Placed(NamedTuple):
    """A delivered message, its number at the consumer, and how often it was delivered."""

    consumer_seq: int
    attempt: int
    message: Message


def time_of(nanoseconds: int) -> datetime:
    """Return the stream's time, cut to microseconds the same way wherever it is read."""
    return EPOCH + timedelta(0, 0, nanoseconds // 1000)


def placed(frame: Frame) -> Placed:
    """Read `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<n>.<sseq>.<cseq>.<time>.<left>`."""
    tokens = frame.reply.split(b".")
    first = 4 if len(tokens) <= _SHORT_FORM else 6
    attempt, seq, consumer_seq, time = tokens[first : first + 4]
    parts = (int(seq), time_of(int(time)), frame.subject.decode(), frame.data)
    return _made(Placed, (int(consumer_seq), int(attempt), _made(Message, parts)))


def status_of(headers: bytes) -> tuple[str, dict[str, str]]:
    """Return the code of an inline status, and the headers; the text is under "Description"."""
    first, *lines = headers.decode("utf-8", "replace").split("\r\n")
    _, _, status = first.partition(" ")
    code, _, description = status.partition(" ")
    pairs = (line.partition(":") for line in lines if line)
    named = {name.strip(): value.strip() for name, _, value in pairs}
    return code, {"Description": description, **named}


class PullFeed:
    """The client's side of one pull consumer."""

    def __init__(self, link: Link, clock: Clock, stream: str) -> None:
        self._link, self._clock, self._stream = link, clock, stream
        self.buffer: deque[Frame] = deque()
        self.arrived = asyncio.Event()
        self.gone = False
        self._outstanding = self._held_bytes = 0
        self._heard = False
        self._heard_at = 0.0
        self._inbox = ""
        self._consumer = ""
        self._generation = -1
        self._subscription: Subscription | None = None

    async def open(self, consumer: str) -> None:
        """Begin with `consumer`, forgetting everything about the one before."""
        await self.close()
        self.forget()
        self.gone = False
        self._outstanding = 0
        self._consumer = consumer
        self._heard_at = self._clock.monotonic()
        self._generation = self._link.generation
        self._inbox = self._link.nc.new_inbox()
        self._subscription = await self._link.nc.tap(self._inbox, self._on_frames)
        self._link.wakeups.add(self.arrived)

    async def close(self, *, drain: bool = False) -> None:
        """Take nothing more; with `drain`, what the server has sent already still arrives.

        The server drops requests nobody listens for.
        """
        self._link.wakeups.discard(self.arrived)
        subscription, self._subscription = self._subscription, None
        if subscription is None or self._link.nc.is_closed:
            return
        try:
            await self._leave(subscription, drain=drain)
        finally:
            self._link.nc.untap(subscription)

    async def _leave(self, subscription: Subscription, *, drain: bool) -> None:
        with suppress(NatsError, TimeoutError):
            if drain and self._link.nc.is_connected:
                async with asyncio.timeout(DRAIN_SECONDS):
                    await subscription.drain()  # type: ignore[no-untyped-call]
            else:
                await subscription.unsubscribe()

    @property
    def reconnected(self) -> bool:
        """Tell whether the connection was made anew since the consumer was opened."""
        return self._generation != self._link.generation

    @property
    def silent(self) -> bool:
        """Tell whether even heartbeats have stopped."""
        now = self._clock.monotonic()
        if self._heard:
            self._heard, self._heard_at = False, now
        waited = now - self._heard_at
        return self._outstanding > 0 and waited > SILENCE_SECONDS

    def take(self, limit: int) -> list[Frame]:
        """Return what has arrived, in order: at most `limit`, and no more than is taken at once."""
        buffer = self.buffer
        frames = [buffer.popleft() for _ in range(fitting((len(f.data) for f in buffer), limit))]
        self._held_bytes -= sum([len(each.data) for each in frames])
        return frames

    def forget(self) -> None:
        """Drop what has arrived and was not taken."""
        self.buffer.clear()
        self._held_bytes = 0

    async def demand(self) -> None:
        """Ask for more when less than half of the room is filled or on its way."""
        held = len(self.buffer) + self._outstanding
        if held > ROOM // 2 or self._held_bytes > ROOM_BYTES // 2:
            return
        self._heard_at = self._clock.monotonic()
        self._outstanding += ROOM - held
        body = {
            "batch": ROOM - held,
            "max_bytes": ROOM_BYTES,
            "expires": REQUEST_SECONDS * SECOND,
            "idle_heartbeat": int(HEARTBEAT_SECONDS * SECOND),
        }
        subject = f"{API}.CONSUMER.MSG.NEXT.{self._stream}.{self._consumer}"
        await self._link.send(subject, json.dumps(body).encode(), self._inbox)

    def forget_demand(self) -> None:
        """Count what was asked for as lost; the next `demand` asks anew."""
        self._outstanding = 0
        self._generation = self._link.generation

    async def wait(self, seconds: float) -> None:
        """Return when something has arrived, or after `seconds`."""
        if self.buffer:
            return
        self.arrived.clear()
        try:
            async with asyncio.timeout(seconds):
                await self.arrived.wait()
        except TimeoutError:
            pass

    def _on_frames(self, frames: Sequence[Frame]) -> None:
        self._heard = True
        come = [each for each in frames if each.reply.startswith(_ACK_PREFIX)]
        if come:
            self._outstanding = max(self._outstanding - len(come), 0)
            self.buffer.extend(come)
            self._held_bytes += sum([len(each.data) for each in come])
            self.arrived.set()
        if len(come) < len(frames):
            for each in frames:
                if each.headers and not each.reply.startswith(_ACK_PREFIX):
                    self._on_status(*status_of(each.headers))

    def _on_status(self, code: str, headers: dict[str, str]) -> None:
        match code:
            case "100":
                return
            case "408":
                unused = int(headers.get("Nats-Pending-Messages", ROOM))
                self._outstanding = max(self._outstanding - unused, 0)
                self.arrived.set()
            case "409":  # also when the bytes that were asked for are used up
                self._outstanding = 0
                self.arrived.set()
                self.gone = "deleted" in " ".join(headers.values()).lower()
            case _:
                self._outstanding = 0
                self.gone = True
