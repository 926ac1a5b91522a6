"""A pager over HTTP: a signed JSON body, and the page's key so that the receiver can deduplicate."""

import aiohttp
from pydantic import SecretStr

from services.respond.ports import Notice
from shared.runtime.clock import Clock
from shared.runtime.signed_post import post_signed


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
        return await post_signed(
            self._session, self._url, self._secret, body, key=key, now=self._clock.now()
        )


class _Body(Notice):
    key: str
    to: str
