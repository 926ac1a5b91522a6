"""What a NATS server lets a user say and hear, asked by the bare protocol."""

import asyncio
import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_REFUSED = re.compile(r"-ERR 'Permissions Violation for (Publish|Subscription) to \"([^\"]+)\"")
LIMIT_BYTES = 1 << 20


async def refused(
    url: str, says: Iterable[str], hears: Iterable[str]
) -> tuple[set[str], set[str]]:
    """Return which of the subjects this user may not say, and which it may not hear."""
    lines = [f"PUB {each} _INBOX_nobody 0\r\n\r\n" for each in says]
    lines += [f"SUB {each} {number}\r\n" for number, each in enumerate(hears, start=1)]
    answer = await _asked(url, "".join(lines))
    found: dict[str, set[str]] = {"Publish": set(), "Subscription": set()}
    for kind, subject in _REFUSED.findall(answer):
        found[kind].add(subject)
    return found["Publish"], found["Subscription"]


async def _asked(url: str, lines: str) -> str:
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=LIMIT_BYTES)
    login = {"verbose": False, "user": place.username, "pass": place.password, "headers": True}
    writer.write(f"CONNECT {json.dumps(login)}\r\n{lines}PING\r\n".encode())
    heard = await reader.readuntil(b"PONG\r\n")
    writer.close()
    await writer.wait_closed()
    return heard.decode()
