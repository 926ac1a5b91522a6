"""A POST whose receiver can tell who sent it and whether it came before: signed, with a key."""

import hashlib
import hmac
from datetime import datetime
from http import HTTPStatus

import aiohttp
from pydantic import SecretStr

from shared.errors import PermanentError, TransientError

TIMEOUT_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 300.0
"""The receiver's own word for when to come again is heeded, but a page is not put off for hours."""
LONGEST_RECEIPT = 200
"""Bytes; whatever more the receiver has to say is left unread."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return hex HMAC-SHA256 over `timestamp.body`; the receiver refuses old timestamps."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


async def post_signed(
    session: aiohttp.ClientSession,
    url: str,
    secret: SecretStr,
    body: bytes,
    *,
    key: str,
    now: datetime,
) -> str:
    """Send JSON and return "status text" of the answer; the same `key` is the same message.

    Raises: TransientError on silence, 5xx, 408 and 429; PermanentError on any other refusal.
    """
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-Zhishou-Timestamp": timestamp,
        "X-Zhishou-Signature": "sha256=" + signature(secret.get_secret_value(), timestamp, body),
    }
    try:
        async with session.post(
            url,
            data=body,
            headers=headers,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        ) as response:
            text = (await response.content.read(LONGEST_RECEIPT)).decode(errors="ignore")
            _judge(response.status, response.headers.get("Retry-After", ""))
            return f"{response.status} {text}".strip()
    except (aiohttp.ClientError, TimeoutError) as error:
        message = f"the pager did not answer: {type(error).__name__}"
        raise TransientError(message) from error


def _judge(status: int, later: str) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    passing = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
    message = f"the pager answered {status}"
    if status in passing or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait = min(float(later), LONGEST_WAIT_SECONDS) if later.isdecimal() else None
        raise TransientError(message, retry_after_seconds=wait)
    raise PermanentError(message)
