"""What platforms push to us: signature, then size and time, then the log or the disk, then 200."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from services.ingest.core.health import State
from services.ingest.shell.intake import Intake
from services.ingest.shell.watch import SourceWatch
from shared.contracts.ids import token
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.platforms.account import Account
from shared.platforms.port import Webhook
from shared.runtime.clock import Clock
from shared.store.port import SharedRecords, StoreAwayError

MAX_BODY_BYTES = 64 << 10
BODY_SECONDS = 2.0
NONCE_SECONDS = 900.0
"""Longer than the window of a signature, so a nonce outlives its own usefulness."""
LOCAL_NONCES = 10_000


@dataclass(frozen=True, slots=True)
class Hook:
    """One account's address for pushes."""

    account: Account
    webhook: Webhook
    watch: SourceWatch


def hook_path(account: Account) -> str:
    """Return the path to register with the platform; nobody without the secret can guess it."""
    secret = account.app_secret.get_secret_value()
    return f"/hooks/{account.platform}/{token('hook', account.account_id, secret)}"


class NonceBook:
    """Each nonce admits one body. The platform's own retry of that body is let in again."""

    def __init__(self, records: SharedRecords) -> None:
        self._records = records
        self._local: dict[str, bytes] = {}

    async def admits(self, nonce: str, body: bytes) -> bool:
        """Tell whether this nonce is new, or was used for exactly this body."""
        digest = hashlib.sha256(body).digest()
        key = f"nonce/{token('nonce', nonce)}"
        known = self._local.setdefault(key, digest)
        if len(self._local) > LOCAL_NONCES:
            del self._local[next(iter(self._local))]
        try:
            if not await self._records.put_once(key, digest, NONCE_SECONDS):
                known = await self._records.fetch(key) or known
        except StoreAwayError:
            return known == digest  # what this process remembers has to do
        return known == digest


class WebhookDoor:
    """The HTTP side of all accounts that can be pushed to."""

    def __init__(
        self,
        hooks: Mapping[str, Hook],
        intake: Intake,
        nonces: NonceBook,
        clock: Clock,
        metrics: Metrics,
        *,
        body_seconds: float,
    ) -> None:
        self._hooks = hooks
        self._intake = intake
        self._nonces = nonces
        self._clock = clock
        self._metrics = metrics
        self._body_seconds = body_seconds
        self._log = Log("ingest")

    def add_routes(self, app: web.Application) -> None:
        """Put every account's address on the application."""
        app.router.add_get("/hooks/{platform}/{key}", self._challenge, allow_head=False)
        app.router.add_post("/hooks/{platform}/{key}", self._push)

    async def _challenge(self, request: web.Request) -> web.Response:
        hook = self._hook(request)
        echo = hook.webhook.challenge(request.query)
        if echo is None:
            return self._answer(hook, 403, "bad_signature")
        self._metrics.count(Metric.WEBHOOKS, platform=hook.account.platform, result="challenge")
        return web.Response(text=echo)

    async def _push(self, request: web.Request) -> web.Response:
        hook = self._hook(request)
        nonce = hook.webhook.verify(request.query, self._clock.now())
        if nonce is None:
            return self._answer(hook, 403, "bad_signature")
        body = await _body(request, self._body_seconds)
        if isinstance(body, int):
            return self._answer(hook, body, "too_large" if body == 413 else "too_slow")  # noqa: PLR2004
        if not await self._nonces.admits(f"{hook.account.account_id} {nonce}", body):
            return self._answer(hook, 403, "replayed")
        return await self._take(hook, body)

    async def _take(self, hook: Hook, body: bytes) -> web.Response:
        incoming, rejected = hook.webhook.parse(body)
        for one in rejected:
            self._metrics.count(Metric.ITEMS_REJECTED, platform=hook.account.platform)
            self._log.info(Event.ITEM_REJECTED, reason=one.reason)
        try:
            stored = await self._intake.accept(incoming)
        except OSError as error:
            self._log.failed(Event.ITEMS_SPOOLED, error)
            return self._answer(hook, 503, "nowhere_to_put_it")
        state: State = "ok" if stored else "spooling"
        if incoming:
            await hook.watch.saw(state, len(incoming), self._clock.now())
        return self._answer(hook, 200, state)

    def _hook(self, request: web.Request) -> Hook:
        hook = self._hooks.get(request.path)
        if hook is None:
            raise web.HTTPNotFound
        return hook

    def _answer(self, hook: Hook, status: int, result: str) -> web.Response:
        """An empty body is what Weibo takes as "accepted, no reply, do not try again"."""
        self._metrics.count(Metric.WEBHOOKS, platform=hook.account.platform, result=result)
        if status != 200:  # noqa: PLR2004
            account = hook.account.account_id
            self._log.warning(Event.WEBHOOK_REFUSED, account=account, why=result)
        return web.Response(status=status)


async def _body(request: web.Request, seconds: float) -> bytes | int:
    """Return the body, or the status that says why it was not read."""
    if (request.content_length or 0) > MAX_BODY_BYTES:
        return 413
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_chunked(8 << 10):
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    return 413
    except TimeoutError:
        return 408
    return bytes(body)
