"""Reading stored messages by place or subject, without a consumer (JetStream direct get)."""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from datetime import datetime

from nats.aio.msg import Msg

from shared.bus.nats_link import API, API_SECONDS, Link
from shared.bus.nats_publish import ID_HEADER
from shared.bus.nats_pull import EPOCH, time_of
from shared.bus.port import MAX_BATCH, BusAwayError, Message

SEQ_HEADER, SUBJECT_HEADER, TIME_HEADER = "Nats-Sequence", "Nats-Subject", "Nats-Time-Stamp"
_FRACTION_DIGITS = 9
READ_BYTES = 4 << 20
"""Of one answer; at least one message comes, however large."""


async def read_range(link: Link, stream: str, first_seq: int, last_seq: int) -> Sequence[Message]:
    """Return the messages in [first_seq, last_seq] that still exist, in order."""
    found: list[Message] = []
    next_seq = max(first_seq, 1)
    while next_seq <= last_seq:
        size = min(MAX_BATCH, last_seq - next_seq + 1)
        asked = {"seq": next_seq, "batch": size, "max_bytes": READ_BYTES}
        batch = await _read_batch(link, stream, asked)
        kept = [message for message in batch if message.seq <= last_seq]
        found += kept
        if not batch or len(kept) < len(batch):
            break
        next_seq = batch[-1].seq + 1
    return found


async def last_on(link: Link, stream: str, subject: str) -> tuple[Message, str] | None:
    """Return the newest message on `subject` and its message id, if there is one."""
    answer = await link.request(f"{API}.DIRECT.GET.{stream}.{subject}", b"")
    headers = answer.headers or {}
    if SEQ_HEADER not in headers:
        return None
    return _message(answer, headers), headers.get(ID_HEADER, "")


async def _read_batch(link: Link, stream: str, body: dict[str, int]) -> Sequence[Message]:
    await link.ready(API_SECONDS)
    inbox = link.nc.new_inbox()
    found: deque[Message] = deque()
    done = asyncio.Event()

    async def on_message(message: Msg) -> None:
        headers = message.headers or {}
        if SEQ_HEADER in headers:
            found.append(_message(message, headers))
        else:
            done.set()

    subscription = await link.nc.subscribe(inbox, cb=on_message)
    try:
        await link.send(f"{API}.DIRECT.GET.{stream}", json.dumps(body).encode(), inbox)
        async with asyncio.timeout(API_SECONDS):
            await done.wait()
    except TimeoutError:
        raise BusAwayError("the log does not answer a read") from None
    finally:
        await subscription.unsubscribe()
    return tuple(found)


def _message(message: Msg, headers: dict[str, str]) -> Message:
    seq, subject = int(headers[SEQ_HEADER]), headers[SUBJECT_HEADER]
    return Message(seq, parse_time(headers[TIME_HEADER]), subject, message.data)


def parse_time(text: str) -> datetime:
    """Read RFC 3339 in UTC with up to nine digits of fraction, cut as everywhere."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = int((datetime.fromisoformat(f"{whole}+00:00") - EPOCH).total_seconds())
    return time_of(seconds * 1_000_000_000 + int(fraction.ljust(_FRACTION_DIGITS, "0")))
