"""One approved reply, sent once: when nobody can tell whether it arrived, the platform is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.respond.core.aggregates import Effect
from services.respond.shell.door import PAUSE_SECONDS, Withheld, read_back
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.intent import objection
from services.respond.shell.office import Office
from services.respond.shell.send_port import SendPort
from services.respond.shell.standing import Standing
from shared.contracts.system import Receipt
from shared.platforms.port import SendRefused, SendResult, Sent
from shared.runtime.clock import Clock

MAX_ATTEMPTS = 5
MAX_BLIND_ATTEMPTS = 2
"""A text whose fate was unknown is sent at most once more, and only if it is certainly absent."""
NOT_SAID, SAID_OTHERWISE, CANNOT_TELL = "not_said", "said_otherwise", "cannot_tell"
"""Codes of what reading the platform back after a restore came to; the console has the words."""


@dataclass(frozen=True, slots=True)
class Next:
    """Try again with the identical text; `after_unknown`: the last attempt was read back."""

    after_unknown: bool


class ReplyCarrier:
    """Carries out `send_reply`."""

    def __init__(
        self,
        port: SendPort,
        effects: EffectLog,
        clock: Clock,
        office: Office,
        standing: Standing,
    ) -> None:
        self._port, self._effects, self._clock = port, effects, clock
        self._office, self._standing = office, standing

    async def carry_out(self, effect: Effect) -> None:
        """Send, at most `MAX_ATTEMPTS` times, with identical text."""
        if effect.look_since is None or await self._unsaid(effect, effect.look_since):
            await self._from(effect, effect.attempt + 1, blind=0)

    async def recover(self, effect: Effect) -> None:
        """Wait until an attempt of an older term must be visible, then look (invariant 2)."""
        horizon = self._port.horizon_seconds(effect.account_id)
        clear = self._office.ttl_seconds + self._port.deadline_seconds + horizon
        await self._until(self._office.taken_at + clear)
        if effect.look_since is not None:
            if await self._unsaid(effect, effect.look_since):
                await self._effects.finish(effect, effect.attempt, "returned", reason=NOT_SAID)
            return
        since = effect.started_at or effect.decided_at
        further = await self._settle(effect, effect.attempt, since, blind=effect.attempt - 1)
        if further is not None:
            await self._from(effect, effect.attempt + 1, blind=effect.attempt)

    async def _from(self, effect: Effect, attempt: int, blind: int) -> None:
        while True:
            if reason := self._held(effect):
                await self._effects.finish(effect, attempt, "returned", reason=reason)
                return
            since = self._clock.now()
            seq = await self._effects.start(effect, attempt)
            result = await self._send(effect, attempt, seq)
            further = await self._conclude(effect, attempt, result, since, blind)
            if further is None:
                return
            blind += further.after_unknown
            attempt += 1

    async def _send(self, effect: Effect, attempt: int, seq: int) -> SendResult | Withheld:
        """Send only what the fold, in log order, let start: a pause or a return may stand before."""
        reason = await objection(
            effect,
            attempt,
            seq,
            standing=self._standing,
            office=self._office,
            clock=self._clock,
        )
        if reason:
            return Withheld(reason)
        return await self._port.send(effect)

    def _held(self, effect: Effect) -> str:
        if effect.not_after is not None and self._clock.now() >= effect.not_after:
            return "not_after"
        return self._port.withheld(effect)

    async def _conclude(
        self,
        effect: Effect,
        attempt: int,
        result: SendResult | Withheld,
        since: datetime,
        blind: int,
    ) -> Next | None:
        match result:
            case Sent(receipt):
                await self._effects.finish(effect, attempt, "done", receipt=receipt)
            case Withheld(reason):
                await self._effects.finish(effect, attempt, "returned", reason=reason)
            case SendRefused(retry=True) if attempt < MAX_ATTEMPTS:
                await self._clock.sleep(PAUSE_SECONDS * attempt)
                return Next(after_unknown=False)
            case SendRefused(code, reason):
                await self._effects.finish(
                    effect, attempt, "refused", reason=f"platform_refused {code} {reason}".rstrip()
                )
            case _:
                horizon = self._port.horizon_seconds(effect.account_id)
                await self._until(self._clock.monotonic() + horizon)
                return await self._settle(effect, attempt, since, blind)
        return None

    async def _settle(
        self, effect: Effect, attempt: int, since: datetime, blind: int
    ) -> Next | None:
        """Read the platform back after the horizon; only certainty leads to another attempt."""
        found = await self._look(effect, since)
        if isinstance(found, Receipt):
            await self._effects.finish(effect, attempt, "done", receipt=found)
        elif found == "absent" and blind + 1 < MAX_BLIND_ATTEMPTS:
            return Next(after_unknown=True)
        else:
            await self._effects.finish(effect, attempt, "unknown", reason=f"read_back_{found}")
        return None

    async def _unsaid(self, effect: Effect, since: datetime) -> bool:
        """Read the platform before anything leaves; False if the effect has ended by that.

        The house that was lost may have answered with this text, or with another one: then, and
        when nobody can tell, this one does not leave by itself.
        """
        restored = self._standing.organisation.losses[-1].until
        horizon = self._port.horizon_seconds(effect.account_id)
        waited = (self._clock.now() - restored).total_seconds()
        await self._until(self._clock.monotonic() + horizon - waited)
        found = await self._look(effect, since)
        if isinstance(found, Receipt):
            await self._effects.finish(effect, effect.attempt + 1, "done", receipt=found)
            return False
        if found == "absent":
            found = await self._look(effect, since, anything=True)
        if found == "absent":
            return True
        reason = SAID_OTHERWISE if isinstance(found, Receipt) else CANNOT_TELL
        await self._effects.finish(effect, effect.attempt + 1, "unknown", reason=reason)
        return False

    async def _look(
        self, effect: Effect, since: datetime, *, anything: bool = False
    ) -> Receipt | Literal["absent", "unreadable"]:
        found = await read_back(
            lambda: self._port.find(effect, since, anything=anything), self._office, self._clock
        )
        return found or "absent"

    async def _until(self, moment: float) -> None:
        delay = moment - self._clock.monotonic()
        if delay > 0:
            await self._clock.sleep(delay)
        self._office.must_hold()
