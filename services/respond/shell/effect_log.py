"""Intent before act, outcome after: the two facts around everything that leaves (invariant 1)."""

from services.respond.core.aggregates import Effect
from services.respond.core.decisions import CORE_VERSION
from services.respond.shell.office import Office
from shared.bus.port import Bus, outgoing
from shared.contracts.system import EffectFinished, EffectStarted, EffectStatus, Receipt
from shared.errors import TransientError
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.traces import trace_id
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
        self._log = Log("respond")

    async def start(self, effect: Effect, attempt: int) -> int:
        """Return, once the intent stands in the log, a sequence at or after its place."""
        self._log.info(Event.EFFECT_STARTED, **_about(effect), attempt=attempt)
        return await self._append(
            effect,
            EffectStarted(
                effect_id=effect.effect_id,
                attempt=attempt,
                term=self._office.term,
                body=effect.body,
                target=effect.target,
                pack_hash=effect.pack_hash,
                core_version=CORE_VERSION,
            ),
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
            effect,
            EffectFinished(
                effect_id=effect.effect_id,
                attempt=attempt,
                term=self._office.term,
                status=status,
                receipt=receipt,
                reason=reason,
            ),
        )
        self._log.info(
            Event.EFFECT_FINISHED, **_about(effect), attempt=attempt, status=status, reason=reason
        )

    async def _append(self, effect: Effect, fact: EffectStarted | EffectFinished) -> int:
        message = outgoing(fact, term=self._office.term, trace=effect_trace(effect))
        while True:
            try:
                (ack,) = await self._bus.publish([message])
                return ack.seq or (await self._bus.state()).last_seq
            except TransientError:
                await self._clock.sleep(RETRY_SECONDS)
                self._office.must_hold()


def effect_trace(effect: Effect) -> str:
    """Return the trace of what an effect is for: the item a reply answers, the case of a page."""
    return trace_id(effect.item_id or effect.case_id)


def _about(effect: Effect) -> dict[str, str]:
    return {
        "trace_id": effect_trace(effect),
        "effect_id": effect.effect_id,
        "case_id": effect.case_id,
        "kind": effect.effect_kind,
    }
