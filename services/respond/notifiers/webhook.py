"""A pager over HTTP: a signed JSON body, and the page's key so that the receiver can deduplicate."""

import hashlib
import hmac
from http import HTTPStatus

import aiohttp
from pydantic import SecretStr

from services.respond.ports import Notice
from shared.errors import PermanentError, TransientError
from shared.runtime.clock import Clock

TIMEOUT_SECONDS = 5.0
LONGEST_RECEIPT = 200


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return hex HMAC-SHA256 over `timestamp.body`; the receiver refuses old timestamps."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class WebhookPager:
    """POSTs `{"key", "to", "page_id", "title", "text", "link", "late"}` to one address."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, secret: SecretStr, clock: Clock
    ) -> None:
        self._session, self._url, self._secret, self._clock = session, url, secret, clock

    async def page(self, address_ref: str, notice: Notice, *, key: str) -> str:
        """Return the receiver's answer once it took the page.

        Raises: TransientError on silence, 5xx, 408 and 429; PermanentError on any other refusal.
        """
        body = _Body(key=key, to=address_ref, **notice.model_dump()).model_dump_json().encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Zhishou-Timestamp": timestamp,
            "X-Zhishou-Signature": "sha256="
            + signature(self._secret.get_secret_value(), timestamp, body),
        }
        try:
            async with self._session.post(
                self._url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            ) as response:
                text = await response.text()
                _judge(response.status)
                return f"{response.status} {text[:LONGEST_RECEIPT]}".strip()
        except (aiohttp.ClientError, TimeoutError) as error:
            message = f"the pager did not answer: {type(error).__name__}"
            raise TransientError(message) from error


class _Body(Notice):
    key: str
    to: str


def _judge(status: int) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    passing = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
    message = f"the pager answered {status}"
    if status in passing or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TransientError(message)
    raise PermanentError(message)
