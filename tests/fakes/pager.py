"""A pager that remembers whom it told, and fails on request."""

from collections import deque

from services.respond.ports import Notice
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.office import Office
from services.respond.shell.page_carrier import PageCarrier
from services.respond.shell.standing import Standing
from shared.runtime.clock import Clock


class FakePager:
    """The same key is the same page, as with a receiver that deduplicates."""

    def __init__(self) -> None:
        self.failures: deque[Exception] = deque()
        self.pages: dict[str, tuple[str, Notice]] = {}
        self.calls = 0

    async def page(self, address_ref: str, notice: Notice, *, key: str) -> str:
        self.calls += 1
        if self.failures:
            raise self.failures.popleft()
        self.pages[key] = (address_ref, notice)
        return "taken"

    def carrier(
        self, standing: Standing, office: Office, effects: EffectLog, clock: Clock
    ) -> PageCarrier:
        """Return what carries the pages of a reign to this pager."""
        return PageCarrier(
            pagers={"fake": self},
            effects=effects,
            clock=clock,
            office=office,
            standing=standing,
            public_url="http://console",
        )
