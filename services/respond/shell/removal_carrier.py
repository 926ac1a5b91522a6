"""One agreed removal, done once or a few times: what is gone is gone, however often it is asked for."""

from typing import Literal

from services.respond.core.aggregates import Effect
from services.respond.shell.door import PAUSE_SECONDS, UNREADABLE, Withheld, read_back
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.intent import objection
from services.respond.shell.office import Office
from services.respond.shell.removal_port import RemovalPort
from services.respond.shell.standing import Standing
from shared.contracts.system import Receipt
from shared.platforms.port import SendRefused, SendResult, Sent
from shared.runtime.clock import Clock

MAX_ATTEMPTS = 3
READ_BACK = Receipt(detail="read back")


class RemovalCarrier:
    """Carries out `remove`."""

    def __init__(
        self,
        port: RemovalPort,
        effects: EffectLog,
        clock: Clock,
        office: Office,
        standing: Standing,
    ) -> None:
        self._port, self._effects, self._clock = port, effects, clock
        self._office, self._standing = office, standing

    async def carry_out(self, effect: Effect) -> None:
        """Do it, at most `MAX_ATTEMPTS` times."""
        await self._from(effect, effect.attempt + 1)

    async def recover(self, effect: Effect) -> None:
        """An attempt of an older term began: look first, for it may have been done."""
        if await self._look(effect) == "gone":
            await self._effects.finish(effect, effect.attempt, "done", receipt=READ_BACK)
        else:
            await self._from(effect, effect.attempt + 1)

    async def _from(self, effect: Effect, attempt: int) -> None:
        last = attempt + MAX_ATTEMPTS - 1
        while not await self._attempt(effect, attempt, final=attempt >= last):
            await self._clock.sleep(PAUSE_SECONDS * attempt)
            attempt += 1

    async def _attempt(self, effect: Effect, attempt: int, *, final: bool) -> bool:
        """Try once; return whether that was the end of it."""
        if reason := self._late(effect):
            await self._effects.finish(effect, attempt, "returned", reason=reason)
            return True
        seq = await self._effects.start(effect, attempt)
        result = await self._act(effect, attempt, seq)
        match result:
            case Sent(receipt):
                await self._effects.finish(effect, attempt, "done", receipt=receipt)
            case Withheld(reason):
                await self._effects.finish(effect, attempt, "returned", reason=reason)
            case SendRefused(retry=True) if not final:
                return False
            case SendRefused(code, reason):
                told = f"platform_refused {code} {reason}".rstrip()
                await self._effects.finish(effect, attempt, "refused", reason=told)
            case _:
                return await self._settle(effect, attempt, final=final)
        return True

    def _late(self, effect: Effect) -> str:
        late = effect.not_after is not None and self._clock.now() >= effect.not_after
        return "not_after" if late else ""

    async def _act(self, effect: Effect, attempt: int, seq: int) -> SendResult | Withheld:
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
        agreed = self._port.agreed(effect)
        return agreed if isinstance(agreed, Withheld) else await self._port.remove(effect, agreed)

    async def _settle(self, effect: Effect, attempt: int, *, final: bool) -> bool:
        """Nobody can tell: read the platform back. To ask for it again does no harm."""
        found = await self._look(effect)
        if found == "gone":
            await self._effects.finish(effect, attempt, "done", receipt=READ_BACK)
        elif final or found == "unreadable":
            await self._effects.finish(effect, attempt, "unknown", reason=f"read_back_{found}")
        else:
            return False
        return True

    async def _look(self, effect: Effect) -> Literal["gone", "there", "unreadable"]:
        found = await read_back(lambda: self._port.is_gone(effect), self._office, self._clock)
        if found == UNREADABLE:
            return found
        return "gone" if found else "there"
