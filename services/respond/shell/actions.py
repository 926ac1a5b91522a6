"""A person's wish becomes a fact in the log; the fold answers, and the answer is waited for."""

import asyncio
from collections.abc import AsyncIterator

from services.respond.core.aggregates import StoredOutcome
from services.respond.core.operators import case_of
from services.respond.ports import Committed
from shared.bus.port import Bus, outgoing
from shared.contracts.facts import OperatorFact
from shared.contracts.operators import Outcome
from shared.contracts.subjects import LIVE_COMMITTED
from shared.store.port import HotStore, StoreAwayError

LOOK_SECONDS = 0.5
"""An announcement may be lost; then the store is asked."""


class BusActions:
    """Works in the leader's process and in a standby's: outcomes come by the store."""

    def __init__(self, bus: Bus, store: HotStore) -> None:
        self._bus, self._store = bus, store

    async def perform(self, fact: OperatorFact, *, wait_seconds: float = 3.0) -> Outcome | None:
        """Append the fact and return its outcome; the same operation id has one outcome only.

        Under an id that stands for something else already, nothing is done and that is said.
        """
        key = f"outcome:{fact.op_id}"
        known = await self._outcome(key)
        if known is not None:
            return _own(known, fact)
        async with self._bus.listen(LIVE_COMMITTED) as commits, asyncio.TaskGroup() as group:
            changed = asyncio.Event()
            watcher = group.create_task(_watch(commits, key, changed), name="outcome")
            await self._bus.publish([outgoing(fact)])
            known = await self._wait(key, changed, wait_seconds)
            watcher.cancel()
        return None if known is None else _own(known, fact)

    async def _wait(
        self, key: str, changed: asyncio.Event, wait_seconds: float
    ) -> StoredOutcome | None:
        try:
            async with asyncio.timeout(wait_seconds):
                while (known := await self._outcome_if_there(key)) is None:
                    await _either(changed, LOOK_SECONDS)
                return known
        except TimeoutError:
            return None

    async def _outcome_if_there(self, key: str) -> StoredOutcome | None:
        """Return it, also None while the store is away: what was asked stands in the log by now."""
        try:
            return await self._outcome(key)
        except StoreAwayError:
            return None

    async def _outcome(self, key: str) -> StoredOutcome | None:
        [stored] = await self._store.get([key])
        return None if stored is None else StoredOutcome.model_validate_json(stored)


def _own(known: StoredOutcome, fact: OperatorFact) -> Outcome:
    """Return the outcome if it is of this operation by this person, else that the id is taken."""
    asked = (known.operation, known.person_id, known.case_id)
    if not known.person_id or asked == (fact.kind, fact.person_id, case_of(fact)):
        return known.outcome
    reason = "this operation id stands for something else; take a fresh one"
    return Outcome(op_id=fact.op_id, accepted=False, code="op_id_taken", reason=reason)


async def _watch(commits: AsyncIterator[bytes], key: str, changed: asyncio.Event) -> None:
    async for data in commits:
        if key in Committed.model_validate_json(data).keys:
            changed.set()
            return


async def _either(changed: asyncio.Event, seconds: float) -> None:
    """Return when the outcome was announced, or after a while in case it was not heard."""
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        return
    changed.clear()
