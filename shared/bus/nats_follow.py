"""Reading the whole log in order from a place, gap-free, never asleep for long (invariant 11)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress

from shared.bus.nats_link import SECOND, ApiError, Json, Link
from shared.bus.nats_pull import HEARTBEAT_SECONDS, PullFeed, placed
from shared.bus.nats_read import read_range
from shared.bus.port import BusAwayError, LogTailLostError, Message
from shared.bus.timing import Clock
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric

REMAKE_SECONDS = 0.4
REMAKE_PAUSE_SECONDS = 0.05
UNUSED_SECONDS = 30
FEW = 3
QUIET_SECONDS = 0.2
"""So soon who holds what came, to write it together, is told that no more comes."""


class Follower:
    """An ephemeral consumer, made again from the last message seen whenever in doubt."""

    def __init__(
        self,
        link: Link,
        clock: Clock,
        stream: str,
        after_seq: int,
        limit: int,
        *,
        subject: str = "",
    ) -> None:
        self._subject = subject
        self._link, self._clock, self._stream, self._limit = link, clock, stream, limit
        self._after_seq = after_seq
        self._incarnation = ""
        self._newest: Message | None = None
        self._consumer_seq = 0
        self._feed = PullFeed(link, clock, stream)
        self._in_doubt = self._came = False
        self._log = Log("bus.follow")

    async def open(self) -> int:
        """Make the consumer; return how much stands before it. Raises: BusAwayError, LogTailLostError."""
        await self._compare()
        name = f"follow-{self._link.nc.new_inbox().rpartition('.')[2]}"
        config = {
            "name": name,
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": self._after_seq + 1,
            "ack_policy": "none",
            "max_deliver": 1,
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": UNUSED_SECONDS * SECOND,
        }
        place = f"CONSUMER.CREATE.{self._stream}.{name}"
        if self._subject:
            config["filter_subject"] = self._subject
            place = f"{place}.{self._subject}"
        body = {"stream_name": self._stream, "config": config, "action": "create"}
        made = await self._api(place, body)
        self._consumer_seq = 0
        self._in_doubt = False
        await self._feed.open(name)
        await self._feed.demand()
        return int(made.get("num_pending", 0))

    async def close(self) -> None:
        """Stop; the server forgets the consumer by itself."""
        await self._feed.close()

    async def batches(self) -> AsyncIterator[Sequence[Message]]:
        """Yield batches, empty ones when nothing comes."""
        while True:
            yield await self._next()

    async def standing(self) -> AsyncGenerator[Sequence[Message], None]:
        """Yield what stood there when the consumer was made, then end.

        Raises: BusAwayError, LogTailLostError.
        """
        left, quiet = await self.open(), 0
        while left > 0:
            await self._feed.demand()
            await self._feed.wait(HEARTBEAT_SECONDS)
            batch = self._drain()
            if batch:
                yield batch
            left, quiet = left - len(batch), 0 if batch else quiet + 1
            if self._unwell() or quiet > FEW:  # lost on the way, or purged meanwhile
                self._newest = None  # whoever asks for little may not read it by its place
                left, quiet = await self.open(), 0

    def _unwell(self) -> bool:
        feed = self._feed
        return self._in_doubt or feed.gone or feed.silent or feed.reconnected

    async def _next(self) -> Sequence[Message]:
        try:
            if self._unwell():
                await self.open()
                self._link.metrics.count(Metric.FOLLOWER_REMADE)
                self._log.info(Event.BUS_FOLLOWER_REMADE, after_seq=self._after_seq)
            await self._wait()
        except BusAwayError:
            await self._clock.sleep(REMAKE_PAUSE_SECONDS)
            return ()
        batch = self._drain()
        self._came = bool(batch)
        return batch

    async def _wait(self) -> None:
        """Wait until something has come, or nothing for a while. Raises BusAwayError.

        What wakes a feed need not be a message: a request may be used up, and is made again.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_SECONDS if self._came else HEARTBEAT_SECONDS):
                while not self._feed.buffer and not self._unwell():
                    await self._feed.demand()
                    await self._feed.wait(HEARTBEAT_SECONDS)

    def _drain(self) -> Sequence[Message]:
        batch: list[Message] = []
        last = self._consumer_seq
        for frame in self._feed.take(self._limit):
            consumer_seq, _, message = placed(frame)
            if consumer_seq != last + 1:
                self._in_doubt = True
                self._feed.forget()
                break
            last = consumer_seq
            batch.append(message)
        if batch:
            self._newest = batch[-1]
            self._consumer_seq, self._after_seq = last, batch[-1].seq
        return batch

    async def _compare(self) -> None:
        info = await self._api(f"STREAM.INFO.{self._stream}", {})
        self._incarnation = self._incarnation or info["created"]
        if info["created"] != self._incarnation or info["state"]["last_seq"] < self._after_seq:
            raise LogTailLostError(f"the log ends before {self._after_seq} or was made anew")
        if self._newest is not None:
            await self._compare_newest(self._newest)

    async def _compare_newest(self, newest: Message) -> None:
        """A log that lost its tail and grew again has another fact in the same place."""
        for stored in await read_range(self._link, self._stream, newest.seq, newest.seq):
            if stored.data != newest.data:
                raise LogTailLostError(f"the fact at {newest.seq} is another one")

    async def _api(self, subject: str, body: Json) -> Json:
        try:
            return await self._link.api(subject, body, REMAKE_SECONDS)
        except ApiError as error:
            raise BusAwayError(f"the log cannot be followed: {error}") from error
