"""A worker's hold on a durable consumer: adaptive batches in, acks out in bulk."""

import json
from collections.abc import Sequence
from contextlib import suppress

from shared.bus.nats_client import Frame, publication
from shared.bus.nats_link import NOT_FOUND, SECOND, ApiError, Link
from shared.bus.nats_pull import PullFeed, placed
from shared.bus.port import MAX_BATCH, BusAwayError, Delivery
from shared.bus.timing import Clock

ACK_WAIT_SECONDS = 3
MAX_ACK_PENDING = 8 * MAX_BATCH
LOOK_SECONDS = 0.25
CANNOT_UPDATE = 10012
"""A consumer of this name is there and began elsewhere."""
KEEP_SECONDS = 1.0
_made = tuple.__new__
ACK, NAK, IN_PROGRESS = b"+ACK", b"-NAK", b"+WPI"


class NatsQueue:
    """Takes and acks. Its own buffer is kept alive on the server until it is taken."""

    def __init__(self, link: Link, clock: Clock, stream: str, config: dict[str, object]) -> None:
        self._link, self._clock, self._stream = link, clock, stream
        self._config = config
        self._feed = PullFeed(link, clock, stream)

    async def open(self) -> None:
        """Make the durable consumer, or find it, and start pulling."""
        await self._make()
        await self._feed.open(str(self._config["durable_name"]))
        await self._feed.demand()

    async def close(self) -> None:
        """Stop pulling and give back at once what nobody took."""
        await self._feed.close(drain=True)
        with suppress(BusAwayError):
            await self._say(NAK)
        self._feed.forget()

    async def take(self, limit: int = MAX_BATCH) -> Sequence[Delivery]:
        """Wait for at least one delivery, then return all that have arrived, at most `limit`."""
        while not self._feed.buffer:
            try:
                await self._keep_well()
            except BusAwayError:
                await self._clock.sleep(LOOK_SECONDS)
            await self._feed.wait(LOOK_SECONDS)
        taken = [_delivery(each) for each in self._feed.take(limit)]
        if self._link.nc.is_connected:
            await self._feed.demand()
        return taken

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these are done with; returns when the acks are on their way."""
        await self._answer(deliveries, ACK)

    async def in_progress(self, deliveries: Sequence[Delivery]) -> None:
        """Ask for more time."""
        await self._answer(deliveries, IN_PROGRESS)

    async def nak(self, deliveries: Sequence[Delivery], delay_seconds: float) -> None:
        """Give them back, to be delivered again after the delay."""
        delay = json.dumps({"delay": int(delay_seconds * SECOND)}).encode()
        await self._answer(deliveries, NAK + b" " + delay if delay_seconds > 0 else NAK)

    async def keep_alive(self) -> None:
        """Ask for more time for what waits in the buffer, for ever."""
        while True:
            await self._clock.sleep(KEEP_SECONDS)
            try:
                await self._say(IN_PROGRESS)
            except BusAwayError:
                continue

    async def _answer(self, deliveries: Sequence[Delivery], word: bytes) -> None:
        await self._link.send_all([publication(each.reply_to, word) for each in deliveries])

    async def _say(self, word: bytes) -> None:
        waiting = [frame.reply.decode() for frame in self._feed.buffer]
        await self._link.send_all([publication(each, word) for each in waiting])

    async def _keep_well(self) -> None:
        if self._feed.gone or self._feed.silent:
            await self._make()
            await self._feed.open(str(self._config["durable_name"]))
        elif self._feed.reconnected:
            self._feed.forget_demand()
        await self._feed.demand()

    async def _make(self) -> None:
        try:
            await self._create(self._config)
        except ApiError as error:
            if error.status == NOT_FOUND:
                raise BusAwayError("the stream is not there") from error
            if error.code != CANNOT_UPDATE:
                raise
            await self._create({**self._config, **await self._standing_start()})

    async def _create(self, config: dict[str, object]) -> None:
        body = {"stream_name": self._stream, "config": config, "action": ""}
        subject = f"CONSUMER.CREATE.{self._stream}.{config['durable_name']}"
        if "filter_subject" in config:  # so named, rights can end at what is read
            subject = f"{subject}.{config['filter_subject']}"
        await self._link.api(subject, body)

    async def _standing_start(self) -> dict[str, object]:
        """Return where the consumer that is there began: one that was restored, at its backup."""
        name = self._config["durable_name"]
        info = await self._link.api(f"CONSUMER.INFO.{self._stream}.{name}", {})
        wanted = ("deliver_policy", "opt_start_seq")
        return {key: info["config"][key] for key in wanted if key in info["config"]}


def durable_config(durable: str, subjects: Sequence[str], max_deliver: int) -> dict[str, object]:
    """Return the consumer as the server knows it."""
    one = len(subjects) == 1
    read = {"filter_subject": subjects[0]} if one else {"filter_subjects": list(subjects)}
    return {
        "name": durable,
        "durable_name": durable,
        **read,
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "ack_wait": ACK_WAIT_SECONDS * SECOND,
        "max_deliver": max_deliver,
        "max_ack_pending": MAX_ACK_PENDING,
    }


def _delivery(frame: Frame) -> Delivery:
    _, attempt, message = placed(frame)
    return _made(Delivery, (message, attempt, frame.reply.decode()))
