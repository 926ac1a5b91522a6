"""Tells the person on call, through one channel, until the channel has taken it."""

from collections.abc import Mapping

from services.respond.core.aggregates import Effect, Page
from services.respond.ports import Notice, Pager
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.office import Office
from services.respond.shell.standing import Standing
from shared.contracts.system import Receipt
from shared.errors import PermanentError, TransientError
from shared.runtime.clock import Clock

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


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
        pause = FIRST_PAUSE_SECONDS
        notice = self.notice(effect, page)
        while True:
            self._office.must_hold()
            try:
                receipt = await pager.page(page.address_ref, notice, key=effect.effect_id)
            except TransientError:
                await self._clock.sleep(pause)
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
