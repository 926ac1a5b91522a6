"""The watchdog's own way to people: its log always, and a signed webhook where one is named."""

from collections.abc import Awaitable, Callable

import aiohttp
from pydantic import SecretStr
from pydantic_core import to_json

from services.watchdog.core.alarms import Alarm
from shared.contracts.base import stamp
from shared.contracts.ids import token
from shared.errors import PermanentError, TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.runtime.clock import Clock
from shared.runtime.signed_post import post_signed

Tell = Callable[[Alarm], Awaitable[bool]]
TITLE = "值守看门狗"


class Channel:
    """Tells alarms. A webhook that fails is tried again with the next turn."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, secret: SecretStr, clock: Clock
    ) -> None:
        self._session, self._url, self._secret, self._clock = session, url, secret, clock
        self._log = Log("watchdog")

    async def tell(self, alarm: Alarm) -> bool:
        """Return whether it was told; the log counts only where no webhook is named."""
        self._log.warning(Event.WATCHDOG_ALARM, key=alarm.key, state=alarm.kind, said=alarm.text)
        if not self._url:
            return True
        since = stamp(alarm.since)
        key = token("watchdog", alarm.key, alarm.kind, since, str(alarm.times))
        body = to_json({"key": key, "title": TITLE, "since": since, **alarm._asdict()})
        try:
            await post_signed(
                self._session, self._url, self._secret, body, key=key, now=self._clock.now()
            )
        except (TransientError, PermanentError) as error:
            self._log.failed(Event.PAGE_FAILED, error)
            return False
        return True
