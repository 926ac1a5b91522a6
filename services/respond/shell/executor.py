"""Carries out what was decided: claimed once a term, only when caught up (invariant 4)."""

import asyncio
from collections import Counter
from typing import Protocol

from services.respond.core.aggregates import Account, Effect
from services.respond.shell.effect_log import EffectLog, effect_trace
from services.respond.shell.office import Office, OfficeLostError
from services.respond.shell.standing import Standing
from shared.bus.port import Bus
from shared.bus.timing import wait_or
from shared.errors import TransientError
from shared.observability.logging import log_context
from shared.runtime.clock import Clock
from shared.store.port import HotStore, StoreAwayError

LOOK_SECONDS = 0.5
AGAIN_SECONDS = 0.2
MAX_IN_HAND = 16
MAX_PAGES_IN_HAND = 256
"""Pages are counted apart: a platform that does not answer must not keep people from being told."""


class Carrier(Protocol):
    """Knows how to carry out one kind of effect."""

    async def carry_out(self, effect: Effect) -> None:
        """Start, act, finish; the effect was decided and is claimed."""
        ...

    async def recover(self, effect: Effect) -> None:
        """Find out what became of an attempt whose outcome nobody wrote down."""
        ...


class Executor:
    """Hands every open effect to its carrier, once a term."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: HotStore,
        clock: Clock,
        office: Office,
        standing: Standing,
        effects: EffectLog,
        carriers: dict[str, Carrier],
    ) -> None:
        self._bus, self._store, self._clock = bus, store, clock
        self._office, self._standing, self._effects = office, standing, effects
        self._carriers = carriers
        self._taken: set[str] = set()
        self._in_hand: Counter[bool] = Counter()
        """By whether it is a page."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; what is in hand is finished by the caller's grace."""
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                bell = self._standing.bell.next
                self._taken &= self._standing.open_effects.keys()
                for key, effect in list(self._standing.open_effects.items()):
                    if key not in self._taken and self._may_begin(effect):
                        self._taken.add(key)
                        self._in_hand[_is_page(effect)] += 1
                        group.create_task(self._handle(effect, stop), name=key)
                await wait_or(bell, LOOK_SECONDS, self._clock)

    def _may_begin(self, effect: Effect) -> bool:
        """Tell whether there is a hand free for it, and nothing holds it back just now."""
        page = _is_page(effect)
        free = self._in_hand[page] < (MAX_PAGES_IN_HAND if page else MAX_IN_HAND)
        return free and (effect.status == "started" or self._may_leave(effect))

    async def _handle(self, decided: Effect, stop: asyncio.Event) -> None:
        try:
            effect = await self._ready(decided.key, stop)
            if effect is None:
                self._taken.discard(decided.key)
                return
            with log_context(trace_id=effect_trace(effect), effect_id=effect.effect_id):
                await self._carry(effect)
        finally:
            self._in_hand[_is_page(decided)] -= 1
            if decided.key in self._standing.open_effects and stop.is_set():
                self._taken.discard(decided.key)

    async def _carry(self, effect: Effect) -> None:
        carrier = self._carriers[effect.effect_kind]
        if effect.status == "started":
            await carrier.recover(effect)
        elif effect.mode == "observe":
            await self._effects.finish(effect, 0, "simulated", reason="observe")
        else:
            await carrier.carry_out(effect)

    async def _ready(self, key: str, stop: asyncio.Event) -> Effect | None:
        """Return the effect once it may be carried out by us.

        None if there is nothing to do, or something has come to hold it back: it waits outside,
        where it takes no hand from others.
        """
        while not stop.is_set():
            bell = self._standing.bell.next
            end = await self._caught_up(stop)
            effect = self._standing.open_effects.get(key)
            if effect is None:
                return None
            if effect.status == "started":
                return effect
            if not self._may_leave(effect):
                return None
            if await self._claim(key, end):
                return effect
            await wait_or(bell, AGAIN_SECONDS, self._clock)
        return None

    async def _caught_up(self, stop: asyncio.Event) -> int:
        """Return the stream's end as it was when asked, once the fold has reached it."""
        end = await self._stream_end()
        while self._standing.cursor.seq < end and not stop.is_set():
            bell = self._standing.bell.next
            if self._standing.cursor.seq < end:
                await wait_or(bell, AGAIN_SECONDS, self._clock)
        return end

    async def _stream_end(self) -> int:
        while True:
            try:
                return (await self._bus.state()).last_seq
            except TransientError:
                await self._clock.sleep(AGAIN_SECONDS)
                self._office.must_hold()

    async def _claim(self, key: str, end: int) -> bool:
        freeze = self._standing.organisation.freeze_epoch
        try:
            return await self._store.claim(self._standing.term, key, stream_end=end, freeze=freeze)
        except StoreAwayError as error:
            # The claim may stand without our knowing; a new term clears it.
            raise OfficeLostError("the store did not answer a claim") from error

    def _may_leave(self, effect: Effect) -> bool:
        """Tell whether nothing holds it back now; a reply past its time is left to the fold."""
        if _is_page(effect):
            return True
        late = effect.not_after is not None and self._clock.now() >= effect.not_after
        return not late and not paused(self._standing, effect.account_id)


def _is_page(effect: Effect) -> bool:
    return effect.effect_kind == "page"


def paused(standing: Standing, account_id: str) -> bool:
    """Tell whether a person has stopped what leaves for this account."""
    account = standing.state.get(f"account:{account_id}", Account)
    return standing.organisation.paused or (account is not None and account.paused)
