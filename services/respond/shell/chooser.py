"""Tells classify, by a fact, which model people put in office: the fold has decided it already."""

import asyncio

from services.respond.core.aggregates import ModelRegister
from services.respond.shell.standing import Standing
from shared.bus.port import Bus, outgoing
from shared.bus.timing import wait_or
from shared.contracts.facts import decode
from shared.contracts.subjects import subject_for
from shared.contracts.system import ModelChosen
from shared.errors import TransientError
from shared.runtime.clock import Clock

RETRY_SECONDS = 1.0


class Chooser:
    """Compares what the fold says with the newest word in the log, after every commit."""

    def __init__(self, bus: Bus, clock: Clock, standing: Standing) -> None:
        self._bus, self._clock, self._standing = bus, clock, standing
        self._told_seq = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Tell until told to stop; FencedError ends the reign."""
        while not stop.is_set():
            bell = self._standing.bell.next
            try:
                await self._tell()
            except TransientError:
                await wait_or(stop, RETRY_SECONDS, self._clock)
            else:
                await bell.wait()

    async def _tell(self) -> None:
        """Append the choice unless the log has it, or one that a fold still behind will come to."""
        register = self._standing.state.get(ModelRegister.KEY, ModelRegister) or ModelRegister()
        if register.changed_seq <= self._told_seq:
            return
        current, term = register.in_office, self._standing.term
        fact = ModelChosen(
            term=term,
            model_id=current.model_id if current else "",
            bundle=current.bundle if current else "",
            decided_seq=register.changed_seq,
        )
        newest = await self._bus.last_on(subject_for(fact))
        known = None if newest is None else decode(newest.data)
        if not isinstance(known, ModelChosen) or known.decided_seq < fact.decided_seq:
            await self._bus.publish([outgoing(fact, term=term)])
        self._told_seq = register.changed_seq
