"""Tells the person on call, through one channel, until the channel has taken it."""

from collections.abc import Mapping
from typing import Literal

from services.respond.core.aggregates import Effect, Page
from services.respond.core.pages import SILENT, TAKEN, other_ways
from services.respond.ports import Notice, Pager
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.office import Office
from services.respond.shell.standing import Standing
from shared.contracts.system import Receipt
from shared.errors import PermanentError, TransientError
from shared.runtime.clock import Clock

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
PATIENCE = 7
"""Tries, a minute in all, after which another way to somebody on duty is better than waiting."""


class PageCarrier:
    """A page has no end of validity; the page id is its key, so trying again is the same page."""

    def __init__(
        self,
        *,
        pagers: Mapping[str, Pager],
        effects: EffectLog,
        clock: Clock,
        office: Office,
        standing: Standing,
        public_url: str,
    ) -> None:
        self._pagers, self._effects, self._clock = pagers, effects, clock
        self._office, self._standing, self._public_url = office, standing, public_url

    async def carry_out(self, effect: Effect) -> None:
        """Page until the channel answers."""
        attempt = effect.attempt + 1
        page = self._standing.state.get(f"page:{effect.page_id}", Page)
        pager = None if page is None else self._pagers.get(page.channel)
        if page is None or pager is None:
            channel = "" if page is None else page.channel
            await self._effects.finish(
                effect, attempt, "refused", reason=f"no_pager {channel}".rstrip()
            )
            return
        await self._effects.start(effect, attempt)
        await self._deliver(effect, attempt, page, pager)

    async def recover(self, effect: Effect) -> None:
        """Page again under the same key: a page twice is better than none."""
        await self.carry_out(effect)

    async def _deliver(self, effect: Effect, attempt: int, page: Page, pager: Pager) -> None:
        pause, tries = FIRST_PAUSE_SECONDS, 0
        notice = self.notice(effect, page)
        while True:
            self._office.must_hold()
            try:
                receipt = await pager.page(page.address_ref, notice, key=effect.effect_id)
            except TransientError as error:
                tries += 1
                if (ended := self._no_longer(page, tries)) is not None:
                    await self._effects.finish(effect, attempt, ended[0], reason=ended[1])
                    return
                await self._clock.sleep(max(pause, error.retry_after_seconds or 0.0))
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            except PermanentError as error:
                await self._effects.finish(
                    effect, attempt, "refused", reason=f"pager_refused {error}"
                )
                return
            else:
                await self._effects.finish(
                    effect, attempt, "done", receipt=Receipt(detail=receipt)
                )
                return

    def _no_longer(
        self, page: Page, tries: int
    ) -> tuple[Literal["returned", "refused"], str] | None:
        """Return why this way is tried no longer: somebody has it, or another way is left."""
        standing = self._standing.state.get(page.key, Page)
        if standing is None or standing.acknowledged_at is not None:
            return "returned", TAKEN
        duties = self._standing.organisation.duties
        if tries >= PATIENCE and other_ways(duties, page, self._clock.now()):
            return "refused", SILENT
        return None

    def notice(self, effect: Effect, page: Page) -> Notice:
        """Return what the pager says: our own words and numbers, never a text of the public."""
        late = "【补发】" if page.late else ""
        return Notice(
            page_id=page.page_id,
            title=f"{late}值守告警：{len(page.case_ids)} 件工单",
            text=effect.body,
            link=f"{self._public_url}/page/{page.page_id}",
            late=page.late,
        )
