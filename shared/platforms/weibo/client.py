"""One HTTP call to Weibo: form out, JSON in, and a refusal or a failure told apart."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from shared.errors import TransientError
from shared.platforms.account import Account
from shared.platforms.hostile import storable
from shared.platforms.weibo.errors import Refusal, Trouble, refusal

MAX_ANSWER_BYTES = 8 << 20
READ_TIMEOUT_SECONDS = 10.0
CONNECT_TIMEOUT_SECONDS = 5.0
SERVER_ERROR = 500
_LIVE_HOST = "api.weibo.com"

Payload = Mapping[str, object] | list[object]


class NotSentError(TransientError):
    """The connection was never made, so nothing can have happened on the other side."""


class CutOffError(TransientError):
    """No usable answer came back; what was asked for may or may not have been done."""


class WeiboClient:
    """Speaks for one account. The token goes into the header, never into an address or a log."""

    def __init__(self, session: aiohttp.ClientSession, account: Account) -> None:
        self._session = session
        self._token = account.access_token
        self._base = account.endpoint.rstrip("/")

    async def get(self, path: str, query: Mapping[str, str | int]) -> Payload | Refusal:
        """Read. Raises TransientError when there is no usable answer."""
        timeout = aiohttp.ClientTimeout(
            total=READ_TIMEOUT_SECONDS, sock_connect=CONNECT_TIMEOUT_SECONDS
        )
        params = {key: str(value) for key, value in query.items()}
        return await self._call("GET", path, timeout, params=params)

    async def post(
        self, path: str, form: Mapping[str, str | int], *, timeout_seconds: float
    ) -> Payload | Refusal:
        """Write, once. Raises NotSentError or CutOffError; only the first is safe to repeat."""
        timeout = aiohttp.ClientTimeout(
            total=timeout_seconds, sock_connect=min(CONNECT_TIMEOUT_SECONDS, timeout_seconds)
        )
        data = {key: str(value) for key, value in form.items()}
        return await self._call("POST", path, timeout, data=data)

    async def _call(
        self,
        method: str,
        path: str,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own limits, told apart by it
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Payload | Refusal:
        headers = {"Authorization": f"OAuth2 {self._token.get_secret_value()}"}
        url = self._url(path)
        try:
            async with self._session.request(
                method,
                url,
                params=params,
                data=data,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                body = await _bounded(answer)
                return _interpret(answer.status, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(f"weibo cannot be reached: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CutOffError(f"weibo gave no answer: {type(error).__name__}") from error

    def _url(self, path: str) -> str:
        """Live Weibo keeps reminders and messages on hosts of their own; others have one host."""
        if urlsplit(self._base).hostname != _LIVE_HOST:
            return f"{self._base}/{path}"
        prefix = {"2/remind": "rm.", "2/messages": "m."}.get(path.rsplit("/", 1)[0], "")
        return f"https://{prefix}{_LIVE_HOST}/{path}"


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise CutOffError("weibo's answer is too large")
    return bytes(body)


def _interpret(status: int, body: bytes) -> Payload | Refusal:
    """Success is a JSON body without an error code; the status alone says nothing."""
    try:
        # Ids are integers above 2**53 at times, so no number may pass through a float.
        payload = json.loads(body, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise CutOffError(f"weibo answered {status} without JSON") from error
    if isinstance(payload, dict) and (code := payload.get("error_code")) not in (None, "", 0):
        return refusal(str(code)[:10], storable(str(payload.get("error", "")), 300))
    if status >= SERVER_ERROR:
        raise CutOffError(f"weibo answered {status}")
    if not isinstance(payload, dict | list):
        raise CutOffError(f"weibo answered {status} with neither object nor list")
    if status >= 400:  # noqa: PLR2004
        return Refusal(f"http_{status}", "refused without an error code", Trouble.OTHER)
    return payload
