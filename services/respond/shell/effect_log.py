"""Intent before act, outcome after: the two facts around everything that leaves (invariant 1)."""

from services.respond.core.aggregates import Effect
from services.respond.core.decisions import CORE_VERSION
from services.respond.shell.office import Office
from shared.bus.port import Bus, outgoing
from shared.contracts.system import EffectFinished, EffectStarted, EffectStatus, Receipt
from shared.errors import TransientError
from shared.runtime.clock import Clock

RETRY_SECONDS = 0.25
NOTHING = Receipt()


class EffectLog:
    """Appends `effect.started` and `effect.finished`, fenced, until the log has them.

    Both are the same message when tried again, so a lost answer cannot make two of them.
    FencedError and OfficeLostError end the reign.
    """

    def __init__(self, bus: Bus, clock: Clock, office: Office) -> None:
        self._bus, self._clock, self._office = bus, clock, office

    async def start(self, effect: Effect, attempt: int) -> int:
        """Return, once the intent stands in the log, a sequence at or after its place."""
        return await self._append(
            EffectStarted(
                effect_id=effect.effect_id,
                attempt=attempt,
                term=self._office.term,
                body=effect.body,
                target=effect.target,
                pack_hash=effect.pack_hash,
                core_version=CORE_VERSION,
            )
        )

    async def finish(
        self,
        effect: Effect,
        attempt: int,
        status: EffectStatus,
        *,
        receipt: Receipt = NOTHING,
        reason: str = "",
    ) -> None:
        """Return once the outcome stands in the log."""
        await self._append(
            EffectFinished(
                effect_id=effect.effect_id,
                attempt=attempt,
                term=self._office.term,
                status=status,
                receipt=receipt,
                reason=reason,
            )
        )

    async def _append(self, fact: EffectStarted | EffectFinished) -> int:
        while True:
            try:
                (ack,) = await self._bus.publish([outgoing(fact, term=self._office.term)])
                return ack.seq or (await self._bus.state()).last_seq
            except TransientError:
                await self._clock.sleep(RETRY_SECONDS)
                self._office.must_hold()
