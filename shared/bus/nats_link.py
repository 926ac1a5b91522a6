"""One connection to NATS that never gives up, and the JetStream API on it as plain JSON."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from shared.bus.nats_client import FastClient
from shared.bus.port import BusAwayError, LogFullError
from shared.bus.timing import Changes
from shared.errors import PermanentError, UserError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics

Json = Mapping[str, Any]
Handler = Callable[[Msg], Awaitable[None]]

API = "$JS.API"
API_SECONDS = 2.0
RECONNECT_PAUSE_SECONDS = 0.1
PING_SECONDS = 5
PENDING_BYTES = 2 * 1024 * 1024
"""What may wait for a lost connection to come back."""
SCHEMES = frozenset({"nats", "tls", "ws", "wss"})
PIECE_BYTES = 256 * 1024
SECOND = 1_000_000_000
"""JetStream counts durations in nanoseconds."""

FULL_CODES = frozenset({10002, 10023, 10028, 10047, 10077})
"""Account limit, insufficient resources, memory, storage, maximum messages or bytes."""
DENIED = "permissions violation"
DENIALS_LOGGED = 10
NOT_FOUND = 404
UNAVAILABLE = 503


class ApiError(Exception):
    """JetStream refused a request; `code` is its own detailed code."""

    def __init__(self, error: Json) -> None:
        super().__init__(str(error.get("description", "refused")))
        self.status = int(error.get("code", 0))
        self.code = int(error.get("err_code", 0))


class Link:
    """The connection. `generation` grows with every reconnect; `wakeups` are set on one."""

    def __init__(self, metrics: Metrics) -> None:
        self.nc = FastClient()
        self.metrics = metrics
        self.generation = 0
        self.wakeups: set[asyncio.Event] = set()
        self._changes = Changes()
        self._log = Log("bus")
        self._last_error = ""
        self.denials = 0
        self.denied = ""
        """What the server last did not let us do, in its own words."""
        self._ever_connected = False

    async def connect(self, url: str, *, name: str, seconds: float) -> None:
        """Connect, trying for `seconds`; afterwards reconnect for ever. A comma parts addresses.

        Raises: BusAwayError when nobody answers, UserError when the server refuses us or `url` is
        none.
        """
        places = addresses(url)
        options: dict[str, Any] = {
            "allow_reconnect": True,
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": RECONNECT_PAUSE_SECONDS,
            "connect_timeout": 2,
            "ping_interval": PING_SECONDS,
            "error_cb": self._on_error,
            "disconnected_cb": self._on_lost,
            "reconnected_cb": self._on_back,
            **login(url),
        }
        try:
            async with asyncio.timeout(seconds):
                await self.nc.connect(places, name=name, **options)
        except (NatsError, OSError, TimeoutError) as error:
            await self.close()
            why = self._last_error or str(error) or f"nothing within {seconds:g} s"
            raise BusAwayError(f"NATS does not answer: {why}") from error
        except UserError:
            await self.close()
            raise
        self._ever_connected = True
        self.metrics.set(Metric.BUS_CONNECTED, 1)
        self._log.info(Event.BUS_CONNECTED)

    async def close(self) -> None:
        """Send what is still buffered, then disconnect."""
        if not self.nc.is_closed:
            with suppress(NatsError):
                if self.nc.is_connected:
                    await self.nc.flush(timeout=1)
            await self.nc.close()

    async def ready(self, seconds: float) -> None:
        """Wait until the connection stands. Raises BusAwayError after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while not self.nc.is_connected:
                    await self._changes.next.wait()
        except TimeoutError:
            raise BusAwayError("the connection to NATS is down") from None

    async def send(
        self,
        subject: str,
        data: bytes = b"",
        reply: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Hand one message to the connection; only waits when its buffer is full."""
        before = _cancellations()
        try:
            await self.nc.publish(subject, data, reply=reply, headers=headers)
        except NatsError as error:
            if type(error).__name__ == "MaxPayloadError":
                raise PermanentError("the message is larger than NATS takes") from error
            raise BusAwayError(f"NATS takes nothing now: {type(error).__name__}") from error
        if _cancellations() > before:
            raise asyncio.CancelledError

    async def send_all(self, lines: Sequence[bytes]) -> None:
        """Hand finished protocol lines to the connection in one go, as `send` does one by one."""
        nc = self.nc
        if nc.is_closed or nc.is_draining:
            raise BusAwayError("the connection to NATS is closed")
        if not nc.is_connected and nc.pending_data_size > PENDING_BYTES:
            raise BusAwayError("NATS takes nothing now: too much waits for the connection")
        before = _cancellations()
        for piece in _pieces(lines):
            await nc.write(piece)
            if _cancellations() > before:
                raise asyncio.CancelledError

    async def request(self, subject: str, data: bytes, seconds: float = API_SECONDS) -> Msg:
        """Ask once. Raises BusAwayError without an answer."""
        await self.ready(seconds)
        before = _cancellations()
        try:
            answer = await self.nc.request(subject, data, timeout=seconds)
        except (NatsError, TimeoutError) as error:
            why = self.denied if subject.lower() in self.denied else type(error).__name__
            raise BusAwayError(f"no answer from NATS: {why}") from error
        if _cancellations() > before:
            raise asyncio.CancelledError
        return answer

    async def api(self, subject: str, body: Json, seconds: float = API_SECONDS) -> Json:
        """Ask JetStream. Raises: ApiError, LogFullError, BusAwayError."""
        message = await self.request(f"{API}.{subject}", json.dumps(body).encode(), seconds)
        answer: Json = json.loads(message.data)
        if "error" in answer:
            raise api_failure(answer["error"])
        return answer

    async def _on_error(self, error: Exception) -> None:
        # Raised from here, a refusal ends the first connecting at once: trying again cannot help.
        self._last_error = f"{type(error).__name__} {error}"[:200].strip()
        if "authorization violation" in self._last_error.lower() and not self._ever_connected:
            fix = "check user and password in ZHISHOU_NATS_URL"
            raise UserError("NATS refuses our credentials", fix=fix)
        if DENIED in self._last_error.lower():
            self.denied = self._last_error
            self.denials += 1
            for event in self.wakeups:  # nobody answers what was not let through
                event.set()
            if self.denials <= DENIALS_LOGGED:
                self._log.failed(Event.BUS_DENIED, error)
            return
        self._log.debug(Event.BUS_ERROR, cause=error)

    async def _on_lost(self) -> None:
        self.metrics.set(Metric.BUS_CONNECTED, 0)
        if not self.nc.is_closed:
            self._log.warning(Event.BUS_LOST)

    async def _on_back(self) -> None:
        self.generation += 1
        self.metrics.set(Metric.BUS_CONNECTED, 1)
        self.metrics.count(Metric.BUS_RECONNECTS)
        self._log.info(Event.BUS_RECONNECTED, count=self.generation)
        self._changes.ring()
        for event in self.wakeups:
            event.set()


def addresses(url: str) -> list[str]:
    """Return the servers of a list. Raises UserError; what was written may hold a secret."""
    found = [each.strip() for each in url.split(",")]
    for each in found:
        try:
            place = urlsplit(each if "://" in each else f"nats://{each}")
            good = place.scheme in SCHEMES and bool(place.hostname) and place.port != 0
        except ValueError:
            good = False
        if not good:
            fix = "write nats://USER:PASSWORD@HOST:PORT in ZHISHOU_NATS_URL or --nats-url"
            raise UserError("what should be the address of NATS is none", fix=fix)
    return found


def login(url: str) -> dict[str, object]:
    """Return what a user with a password connects with, to servers found later as well.

    Answers come to an inbox of its own name: the rules let nobody listen to another's.
    """
    place = urlsplit(url.split(",", maxsplit=1)[0])
    if not (place.username and place.password):
        return {}
    user, password = unquote(place.username), unquote(place.password)
    inbox = f"_INBOX_{user}" if user.isidentifier() and user.isascii() else "_INBOX"
    return {"user": user, "password": password, "inbox_prefix": inbox}


def _pieces(lines: Sequence[bytes]) -> Iterator[bytes]:
    piece: list[bytes] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= PIECE_BYTES:
            yield b"".join(piece)
            piece, size = [], 0
    if piece:
        yield b"".join(piece)


def _cancellations() -> int:
    """Return how often the running task was told to end.

    The client drops a cancellation that comes while it waits for room in its buffer. A task that
    went on after that would keep its whole group from ending, so `send` and `request` look again.
    """
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


@contextmanager
def heeding() -> Iterator[None]:
    """Raise at the end of the block a cancellation that was lost in it.

    Around calls of the library that wait by themselves, as objects and records do.
    """
    before = _cancellations()
    try:
        yield
    finally:
        if _cancellations() > before:
            raise asyncio.CancelledError


def api_failure(error: Json) -> Exception:
    """Return the exception that says what JetStream's error object says."""
    failure = ApiError(error)
    if failure.code in FULL_CODES:
        return LogFullError(str(failure))
    if failure.status == UNAVAILABLE:
        return BusAwayError(str(failure))
    return failure
