"""Asks a server, over its own socket, whether it answers."""

import asyncio
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from shared.errors import UserError

ANSWER_SECONDS = 1.0
REACH_SECONDS = 3.0
DEFAULT_PORTS = {"nats": 4222, "tls": 4222, "redis": 6379, "rediss": 6379, "unix": 0}
ADDRESSES = "write nats://HOST:4222, redis://HOST:6379 or unix:///PATH"


async def nats_answers(host: str, port: int) -> bool:
    """Tell whether a NATS server with JetStream greets here."""
    greeting = await _ask(None, host, port, b"")
    return greeting.startswith(b"INFO ") and b'"jetstream":true' in greeting


async def valkey_answers(socket: Path | None, host: str, port: int, login: str) -> bool:
    """Tell whether Valkey answers a ping, its data loaded."""
    words = b"PING\r\n" if not login else f"AUTH {login}\r\nPING\r\n".encode()
    return b"+PONG" in await _ask(socket, host, port, words)


async def _ask(socket: Path | None, host: str, port: int, words: bytes) -> bytes:
    """Say `words` and return what comes back; nothing when nobody is there."""
    answer = b""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_SECONDS):
            if socket is None:
                reader, writer = await asyncio.open_connection(host, port)
            else:
                reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                writer.write(words)
                while b"PONG" not in answer and not answer.startswith(b"INFO "):
                    more = await reader.read(4096)
                    answer += more
                    if not more or answer.startswith(b"-"):
                        break
                if answer.startswith(b"INFO ") and not answer.endswith(b"\n"):
                    answer += await reader.readline()
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
    return answer


async def reachable(url: str, option: str) -> None:
    """Return if somebody listens at an address that was given to us. Raises UserError."""
    parts = _parts(url.split(",", maxsplit=1)[0])
    if parts is None:  # what was written may hold a secret: it is not repeated
        raise UserError("this is not the address of a server", where=option, fix=ADDRESSES)
    default = DEFAULT_PORTS[parts.scheme]
    try:
        async with asyncio.timeout(REACH_SECONDS):
            if parts.scheme == "unix":
                _, writer = await asyncio.open_unix_connection(unquote(parts.path))
            else:
                host = parts.hostname or "127.0.0.1"
                _, writer = await asyncio.open_connection(host, parts.port or default)
    except (OSError, TimeoutError) as error:
        place = f"{parts.hostname or parts.path}:{parts.port or default}"
        raise UserError(
            "nobody answers there", where=place, fix=f"start that server or mend {option}"
        ) from error
    writer.close()


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in DEFAULT_PORTS and parts.port != 0
    except ValueError:
        return None
    return parts if good else None
