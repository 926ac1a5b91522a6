"""The bus on NATS JetStream: one stream, its consumers, objects, values and announcements."""

import hashlib
import json
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from shared.bus.nats_floor import purge, set_limit, unacked
from shared.bus.nats_follow import Follower
from shared.bus.nats_link import ApiError, Link
from shared.bus.nats_make import StreamOptions, make_missing, must_be_there
from shared.bus.nats_publish import Publisher
from shared.bus.nats_queue import NatsQueue, durable_config
from shared.bus.nats_read import last_on, read_range
from shared.bus.nats_records import Records
from shared.bus.port import (
    MAX_BATCH,
    Ack,
    BusAwayError,
    FencedError,
    LogState,
    Message,
    Outgoing,
    WorkQueue,
)
from shared.bus.timing import Changes, Clock, beside
from shared.contracts.subjects import LEADER_SUBJECT, OBJECTS, STREAM, VALUES
from shared.observability.metrics import Metric, Metrics

LISTENER_BACKLOG = 1024
SET_UP_PAUSE_SECONDS = 0.1
LOG_SECONDS = 50.0
"""How long a service that may not make the log waits until another has: respond, which starts last."""
PLAIN = StreamOptions()
ADVISORY = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES"


class NatsBus:
    """See `shared.bus.port.Bus`. Make one with `connect`, end it with `close`."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link, self._clock = link, clock
        self._publisher = Publisher(link, clock)
        self._records = Records(link, OBJECTS, VALUES)

    @classmethod
    async def connect(
        cls,
        url: str,
        *,
        clock: Clock,
        name: str = "zhishou",
        make: StreamOptions | None = PLAIN,
        connect_seconds: float = 10.0,
        log_seconds: float = 10.0,
        metrics: Metrics | None = None,
    ) -> Self:
        """Connect and make what is missing; `make` None: wait until others have made it.

        Raises: BusAwayError, UserError, LogFullError.
        """
        link = Link(metrics or Metrics())
        await link.connect(url, name=name, seconds=connect_seconds)
        bus = cls(link, clock)
        try:
            await bus._set_up(make, clock.monotonic() + log_seconds)
        except BaseException:
            await link.close()
            raise
        return bus

    async def close(self) -> None:
        """Send what is buffered and disconnect."""
        await self._link.close()

    @property
    def connected(self) -> bool:
        """Tell whether the connection stands right now."""
        return self._link.nc.is_connected

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Ack]:
        """Append all, in order; see the port."""
        try:
            with self._link.metrics.timed(Metric.BUS_PUBLISH):
                return await self._publisher.publish(batch)
        except FencedError:
            ours = await self._elected_before(batch)
            if ours is None:
                raise
            return [ours]

    @asynccontextmanager
    async def follow(
        self, after_seq: int, *, limit: int = MAX_BATCH, subject: str = ""
    ) -> AsyncIterator[AsyncIterator[Sequence[Message]]]:
        """Yield every message after `after_seq`; see the port."""
        follower = Follower(self._link, self._clock, STREAM, after_seq, limit, subject=subject)
        await follower.open()
        try:
            yield follower.batches()
        finally:
            await follower.close()

    async def standing(
        self, subject: str, after_seq: int
    ) -> AsyncGenerator[Sequence[Message], None]:
        """Yield what stands on a subject or pattern after `after_seq`; see the port."""
        place = (self._link, self._clock, STREAM, after_seq, MAX_BATCH)
        follower = Follower(*place, subject=subject)
        try:
            async for batch in follower.standing():
                yield batch
        finally:
            await follower.close()

    @asynccontextmanager
    async def consume(
        self, durable: str, subjects: Sequence[str], *, max_deliver: int = 5
    ) -> AsyncIterator[WorkQueue]:
        """Join the durable consumer `durable`; see the port."""
        config = durable_config(durable, subjects, max_deliver)
        queue = NatsQueue(self._link, self._clock, STREAM, config)
        await queue.open()
        try:
            async with beside(queue.keep_alive(), "keep-alive"):
                yield queue
        finally:
            await queue.close()

    @asynccontextmanager
    async def poisoned(self, durable: str) -> AsyncIterator[AsyncIterator[int]]:
        """Yield sequences whose deliveries are used up; see the port."""
        async with self.listen(f"{ADVISORY}.{STREAM}.{durable}") as advisories:
            yield (int(json.loads(advisory)["stream_seq"]) async for advisory in advisories)

    async def state(self) -> LogState:
        """Return the log's ends."""
        try:
            info = await self._link.api(f"STREAM.INFO.{STREAM}", {})
        except ApiError as error:
            raise BusAwayError(f"the log is not there: {error}") from error
        state, limit = info["state"], max(int(info["config"].get("max_bytes", 0)), 0)
        ends = (state["first_seq"], state["last_seq"])
        return LogState(info["created"], *ends, state["bytes"], limit)

    async def read(self, first_seq: int, last_seq: int) -> Sequence[Message]:
        """Return the messages in [first_seq, last_seq] that still exist, in order."""
        return await read_range(self._link, STREAM, first_seq, last_seq)

    async def last_on(self, subject: str) -> Message | None:
        """Return the newest message on one subject, if any."""
        found = await last_on(self._link, STREAM, subject)
        return None if found is None else found[0]

    async def purge(self, subject: str, upto_seq: int) -> int:
        """Remove what stands on a subject or pattern up to and with `upto_seq`; see the port."""
        return await purge(self._link, STREAM, subject, upto_seq)

    async def set_limit(self, max_bytes: int) -> None:
        """Let the log take no more than so many bytes; see the port."""
        await set_limit(self._link, STREAM, max_bytes)

    async def unacked(self, durable: str) -> int | None:
        """Return the first sequence `durable` may not be done with; see the port."""
        return await unacked(self._link, STREAM, durable)

    async def put_object(self, data: bytes) -> str:
        """Store `data` under its SHA-256 (hex) and return it."""
        digest = hashlib.sha256(data).hexdigest()
        await self._records.put_object(digest, data)
        return digest

    async def get_object(self, sha256: str) -> bytes | None:
        """Return the object, None if there is none; see the port."""
        return await self._records.get_object(sha256)

    async def drop_object(self, sha256: str) -> None:
        """Forget the object."""
        await self._records.drop_object(sha256)

    async def get_value(self, key: str) -> tuple[bytes, int] | None:
        """Return (value, revision) of a small durable record."""
        return await self._records.get_value(key)

    async def put_value(self, key: str, value: bytes, *, revision: int = 0) -> int:
        """Write it if its revision is still `revision` (0: new)."""
        return await self._records.put_value(key, value, revision)

    async def value_keys(self, prefix: str) -> Sequence[str]:
        """Return the keys of the small records that begin with `prefix`, in order."""
        return await self._records.value_keys(prefix)

    async def announce(self, subject: str, data: bytes) -> None:
        """Tell whoever listens right now; not stored."""
        await self._link.send(subject, data)

    @asynccontextmanager
    async def listen(self, subject: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Yield what is announced on `subject` from now on."""
        backlog: deque[bytes] = deque(maxlen=LISTENER_BACKLOG)
        bell = Changes()

        async def on_message(message: Msg) -> None:
            backlog.append(message.data)
            bell.ring()

        try:
            subscription = await self._link.nc.subscribe(subject, cb=on_message)
            await self._link.nc.flush(timeout=2)
        except NatsError as error:
            raise BusAwayError("the bus cannot be listened to now") from error
        try:
            yield _drain(backlog, bell)
        finally:
            if not self._link.nc.is_closed:
                await subscription.unsubscribe()

    async def _set_up(self, make: StreamOptions | None, until: float) -> None:
        await self._publisher.open()
        while True:
            try:
                await (
                    must_be_there(self._link) if make is None else make_missing(self._link, make)
                )
            except BusAwayError:
                # A server that has just started may answer before JetStream does.
                if self._clock.monotonic() >= until:
                    raise
                await self._clock.sleep(SET_UP_PAUSE_SECONDS)
            else:
                return

    async def _elected_before(self, batch: Sequence[Outgoing]) -> Ack | None:
        """An election whose ack was lost looks refused when sent again; it is still ours."""
        if len(batch) != 1 or batch[0].subject != LEADER_SUBJECT:
            return None
        newest = await last_on(self._link, STREAM, LEADER_SUBJECT)
        if newest is None or newest[1] != batch[0].message_id:
            return None
        return Ack(newest[0].seq, duplicate=True)


async def _drain(backlog: deque[bytes], bell: Changes) -> AsyncIterator[bytes]:
    while True:
        ringing = bell.next
        while backlog:
            yield backlog.popleft()
        await ringing.wait()
