"""Publishing by the batch: all messages go out, one inbox collects their acks, one wait ends it."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

from pydantic_core import from_json

from shared.bus.nats_client import Frame, header_block, publication
from shared.bus.nats_link import FULL_CODES, UNAVAILABLE, Link
from shared.bus.port import Ack, BusAwayError, FencedError, LogFullError, Outgoing
from shared.bus.timing import Clock
from shared.contracts.subjects import LEADER_SUBJECT
from shared.errors import PermanentError
from shared.observability.traces import HEADER as TRACE_HEADER
from shared.observability.traces import traceparent

ID_HEADER = "Nats-Msg-Id"
LAST_HEADER = "Nats-Expected-Last-Subject-Sequence"
LAST_SUBJECT_HEADER = "Nats-Expected-Last-Subject-Sequence-Subject"
WRONG_LAST_SEQUENCE = frozenset({10071, 10164})
ATTEMPTS = 3
ACK_SECONDS = 2.0
PAUSE_SECONDS = 0.1
_LAST_SEQ = re.compile(r"wrong last sequence: (\d{1,20})")

_ONCE = header_block({LAST_HEADER: "0", TRACE_HEADER: ""}).removesuffix(b"\r\n\r\n")
_NOBODY = b"NATS/1.0 %d" % UNAVAILABLE
"""What the server answers when no stream listens."""

_Answer = Ack | Exception


class _Batch:
    """The answers of one round, by place in the batch."""

    def __init__(self, size: int) -> None:
        self.answers: list[bytes | None] = [None] * size
        self.left = size
        self.done = asyncio.Event()

    async def wait(self) -> None:
        """Return when all have answered, or when no answer came for a while."""
        left = -1
        while left != self.left and not self.done.is_set():
            left = self.left
            with suppress(TimeoutError):
                async with asyncio.timeout(ACK_SECONDS):
                    await self.done.wait()

    def put(self, place: int, data: bytes) -> None:
        if self.answers[place] is None:
            self.answers[place] = data
            self.left -= 1
            if not self.left:
                self.done.set()


class Publisher:
    """The publish engine of one connection."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link, self._clock = link, clock
        self._inbox = ""
        self._numbers = count()
        self._waiting: dict[str, tuple[_Batch, int]] = {}

    async def open(self) -> None:
        """Subscribe the one inbox for all acks."""
        self._inbox = self._link.nc.new_inbox()
        await self._link.nc.tap(f"{self._inbox}.*", self._on_acks)

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Ack]:
        """Append all, in order; see the port. What got no answer is sent again: ids make it safe."""
        if any(len(each.data) > self._link.nc.max_payload for each in batch):
            raise PermanentError("the message is larger than NATS takes")
        answers: list[_Answer | None] = [None] * len(batch)
        denials = self._link.denials
        for attempt in range(ATTEMPTS):
            open_places = [place for place, answer in enumerate(answers) if answer is None]
            if not open_places or self._link.denials > denials:
                break
            if attempt:
                await self._clock.sleep(PAUSE_SECONDS)
            await self._link.ready(ACK_SECONDS)
            raw = await self._send([batch[place] for place in open_places])
            for place, data in zip(open_places, raw, strict=True):
                answers[place] = None if data is None else _read_answer(batch[place], data)
        denied = self._link.denied if self._link.denials > denials else ""
        return _all_or_raise(answers, denied)

    async def _send(self, messages: Sequence[Outgoing]) -> Sequence[bytes | None]:
        batch = _Batch(len(messages))
        names = [str(next(self._numbers)) for _ in messages]
        self._waiting.update((name, (batch, place)) for place, name in enumerate(names))
        self._link.wakeups.add(batch.done)
        try:
            lines = [
                publication(each.subject, each.data, f"{self._inbox}.{name}", headers_of(each))
                for name, each in zip(names, messages, strict=True)
            ]
            await self._link.send_all(lines)
            await batch.wait()
        finally:
            self._link.wakeups.discard(batch.done)
            for name in names:
                self._waiting.pop(name, None)
        return batch.answers

    def _on_acks(self, frames: Sequence[Frame]) -> None:
        for each in frames:
            self._on_ack(each)

    def _on_ack(self, frame: Frame) -> None:
        found = self._waiting.get(frame.subject.rpartition(b".")[2].decode())
        if found is None:
            return
        batch, place = found
        if frame.headers.startswith(_NOBODY):
            batch.left -= 1
            if not batch.left:
                batch.done.set()
            return
        batch.put(place, frame.data)


def headers_of(message: Outgoing) -> bytes:
    """Return what makes the server refuse duplicates and stale writers.

    A once-only message needs no id: its subject is one, for as long as the log keeps it, and
    every header costs each reader. One that must follow a certain message needs none either. All
    carry their trace.
    """
    parent = traceparent(message.trace, message.message_id)
    if message.once:
        return b"%b%b\r\n\r\n" % (_ONCE, parent.encode())
    if message.last is not None:
        return header_block({LAST_HEADER: str(message.last), TRACE_HEADER: parent})
    headers = {ID_HEADER: message.message_id, TRACE_HEADER: parent}
    if message.term is not None:
        headers[LAST_HEADER] = str(message.term)
        headers[LAST_SUBJECT_HEADER] = LEADER_SUBJECT
    return header_block(headers)


def _read_answer(message: Outgoing, data: bytes) -> _Answer | None:
    answer: Mapping[str, Any] = from_json(data)
    error = answer.get("error")
    if error is None:
        return Ack(answer["seq"], bool(answer.get("duplicate", False)))
    code, text = int(error.get("err_code", 0)), str(error.get("description", ""))
    if code in WRONG_LAST_SEQUENCE and message.last is not None:
        return Ack(0, refused=True)
    if code in WRONG_LAST_SEQUENCE:
        if not message.once:
            return FencedError(text)
        known = _LAST_SEQ.search(text)
        return Ack(int(known.group(1)) if known else 0, duplicate=True)
    if code in FULL_CODES:
        return LogFullError(text)
    return None if error.get("code") == UNAVAILABLE else PermanentError(text)


def _all_or_raise(answers: Sequence[_Answer | None], denied: str) -> Sequence[Ack]:
    for kind in (FencedError, PermanentError, LogFullError):
        for answer in answers:
            if isinstance(answer, kind):
                raise answer
    acks = [answer for answer in answers if isinstance(answer, Ack)]
    if len(acks) < len(answers):
        why = f" ({denied})" if denied else ""
        raise BusAwayError(f"{len(answers) - len(acks)} messages got no answer{why}")
    return acks
