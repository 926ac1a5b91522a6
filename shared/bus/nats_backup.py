"""Whole streams out of a NATS server and back in, with every sequence and time.

The server's own snapshot: a point in time while everything goes on. It comes in chunks that want a
reply each; the last one is shorter and wants none, then an empty message says how it went.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from nats.errors import Error as NatsError

from shared.bus.nats_client import Frame, publication
from shared.bus.nats_link import NOT_FOUND, ApiError, Link
from shared.bus.nats_pull import status_of
from shared.bus.port import BusAwayError
from shared.contracts.subjects import STREAM
from shared.errors import PermanentError
from shared.observability.metrics import Metrics

CHUNK_BYTES = 128 * 1024
CHUNK_SECONDS = 20.0
LOOK_SECONDS = 5.0
RECOVER_SECONDS = 600.0
"""How long a server may take to read what it was given: it looks at every message."""
COMPLETE = "204"
BUCKETS = (f"OBJ_{STREAM}", f"KV_{STREAM}")
"""How the streams behind our objects and small records begin."""

Json = Mapping[str, Any]


class StreamVault:
    """A connection for backups and restores only."""

    def __init__(self) -> None:
        self._link = Link(Metrics())

    async def connect(self, url: str, *, seconds: float = LOOK_SECONDS) -> None:
        """Raises: BusAwayError, UserError when we are refused."""
        await self._link.connect(url, name="backup", seconds=seconds)

    async def close(self) -> None:
        """Disconnect."""
        await self._link.close()

    async def streams(self) -> list[str]:
        """Return our streams that are there: the log first, then all objects, then all records.

        In this order they are saved: what the log refers to may be newer than the log, never older.
        """
        found = (await self._link.api("STREAM.NAMES", {}, LOOK_SECONDS)).get("streams") or ()
        ours = [name for name in found if name.startswith(BUCKETS)]
        return [name for name in found if name == STREAM] + sorted(ours, reverse=True)

    async def info(self, stream: str) -> Json:
        """Return what the server says of a stream. Raises PermanentError without one."""
        return await self._ask(f"STREAM.INFO.{stream}", {}, f"cannot look at {stream}")

    async def consumers(self, stream: str) -> Sequence[Json]:
        """Return the consumers of a stream that outlive their readers: configuration and state."""
        listed = await self._ask(f"CONSUMER.LIST.{stream}", {}, f"cannot look at {stream}")
        found = listed.get("consumers") or ()
        return [each for each in found if each["config"].get("durable_name")]

    async def join(self, stream: str, config: Json) -> None:
        """Make a consumer."""
        body = {"stream_name": stream, "config": config, "action": "create"}
        subject = f"CONSUMER.CREATE.{stream}.{config['durable_name']}"
        await self._ask(subject, body, "a consumer cannot be made")

    async def drop(self, stream: str) -> None:
        """Delete a stream."""
        await self._ask(f"STREAM.DELETE.{stream}", {}, f"cannot delete {stream}")

    async def save(
        self, stream: str, write: Callable[[bytes], object], *, consumers: bool = False
    ) -> Json:
        """Hand the stream's bytes to `write`; return its {"config", "state"}.

        Raises: PermanentError, BusAwayError when the server stops sending.
        """
        nc = self._link.nc
        arrivals = _Arrivals()
        inbox = nc.new_inbox()
        subscription = await nc.tap(inbox, arrivals.take)
        body = {
            "deliver_subject": inbox,
            "chunk_size": CHUNK_BYTES,
            "no_consumers": not consumers,
        }
        try:
            subject = f"STREAM.SNAPSHOT.{stream}"
            answer = await self._ask(subject, body, f"{stream} cannot be saved")
            while chunk := await self._chunk(arrivals, stream):
                write(chunk)
        finally:
            nc.untap(subscription)
            with suppress(NatsError):
                await subscription.unsubscribe()
        return {"config": answer["config"], "state": answer["state"]}

    async def restore(self, stream: str, about: Json, chunks: Iterable[bytes]) -> Json:
        """Make the stream from what `save` wrote; return its state. Raises PermanentError."""
        body = {"config": about["config"], "state": about["state"]}
        answer = await self._ask(f"STREAM.RESTORE.{stream}", body, f"cannot restore {stream}")
        place = str(answer["deliver_subject"])
        for chunk in chunks:
            said = await self._link.request(place, chunk, CHUNK_SECONDS)
            _accepted(said.data, stream)
        last = await self._link.request(place, b"", RECOVER_SECONDS)
        return dict(_accepted(last.data, stream)["state"])

    async def _chunk(self, arrivals: "_Arrivals", stream: str) -> bytes:
        """Return the next bytes, empty at the end. Raises BusAwayError if it is not the end."""
        frame = await arrivals.next()
        if not frame.data:
            code, said = status_of(frame.headers)
            if code not in {"", COMPLETE}:
                raise BusAwayError(f"the server gave up on {stream}: {code} {said['Description']}")
        elif frame.reply:
            await self._link.send_all([publication(frame.reply.decode(), b"")])
        return frame.data

    async def _ask(self, subject: str, body: Json, failure: str) -> Json:
        try:
            return await self._link.api(subject, body, CHUNK_SECONDS)
        except ApiError as error:
            reason = "there is none" if error.status == NOT_FOUND else str(error)
            raise PermanentError(f"{failure}: {reason}") from error


class _Arrivals:
    """What a tap was given, in order."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._bell = asyncio.Event()

    def take(self, frames: Sequence[Frame]) -> None:
        self._frames.extend(frames)
        self._bell.set()

    async def next(self) -> Frame:
        """Wait for the next one. Raises BusAwayError when none comes."""
        try:
            async with asyncio.timeout(CHUNK_SECONDS):
                while not self._frames:
                    self._bell.clear()
                    await self._bell.wait()
        except TimeoutError:
            raise BusAwayError("the server stopped sending") from None
        return self._frames.popleft()


def _accepted(data: bytes, stream: str) -> Json:
    answer: Json = json.loads(data) if data else {}
    if "error" in answer:
        description = answer["error"].get("description", "refused")
        raise PermanentError(f"{stream} cannot be restored: {description}")
    return answer
