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
LOOK_SECONDS = 10.0
"""How often it is made sure that the word is still in the log: old ranges of it are purged."""


class Chooser:
    """Compares what the fold says with the newest word in the log, after every commit."""

    def __init__(self, bus: Bus, clock: Clock, standing: Standing) -> None:
        self._bus, self._clock, self._standing = bus, clock, standing
        self._told_seq, self._look_at = 0, 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Tell until told to stop; FencedError ends the reign."""
        while not stop.is_set():
            bell = self._standing.bell.next
            try:
                await self._tell()
            except TransientError:
                await self._clock.sleep(RETRY_SECONDS)
            else:
                await wait_or(bell, LOOK_SECONDS, self._clock)

    async def _tell(self) -> None:
        """Append what is in office if the log's newest word is another.

        A fold that has not come by that word yet knows less than whoever said it, and waits.
        """
        register = self._standing.state.get(ModelRegister.KEY, ModelRegister) or ModelRegister()
        changed, now = register.changed_seq, self._clock.monotonic()
        if not changed or (changed == self._told_seq and now < self._look_at):
            return
        current, term = register.in_office, self._standing.term
        fact = ModelChosen(
            term=term,
            model_id=current.model_id if current else "",
            bundle=current.bundle if current else "",
            decided_seq=changed,
        )
        newest = await self._bus.last_on(subject_for(fact))
        if newest is not None and self._standing.cursor.seq < newest.seq:
            return
        known = None if newest is None else decode(newest.data)
        if not isinstance(known, ModelChosen) or _said(known) != _said(fact):
            await self._bus.publish([outgoing(fact, term=term)])
        self._told_seq, self._look_at = changed, now + LOOK_SECONDS


def _said(fact: ModelChosen) -> tuple[str, str]:
    return (fact.model_id, fact.bundle)
