"""Brings the log in line with the configuration: what differs is appended as facts (invariant 6)."""

import asyncio

from services.respond.core.aggregates import Account, Person, PolicyRegister
from services.respond.shell.configuration import Configuration
from services.respond.shell.packs import store_pack
from services.respond.shell.standing import Standing
from shared.bus.port import Bus, outgoing
from shared.bus.timing import wait_or
from shared.contracts.facts import Fact
from shared.contracts.org import PolicyActivated
from shared.contracts.subjects import ROOT
from shared.errors import TransientError
from shared.runtime.clock import Clock
from shared.store.port import Cursor

ACTIVATED_BY = "configuration"
RETRY_SECONDS = 1.0


class Registrar:
    """Run by the leader once it has caught up, so that it compares with the newest state."""

    def __init__(self, bus: Bus, clock: Clock, configuration: Configuration) -> None:
        self._bus, self._clock, self._configuration = bus, clock, configuration

    async def seed(self) -> None:
        """Let a fresh log begin with the rules, so that no item is judged without them.

        Not fenced, since nobody leads yet; two processes doing it write the same messages. A body
        that the object store has lost is put back: without it nobody could fold.
        Raises: TransientError.
        """
        for pack in self._configuration.packs:
            await store_pack(self._bus, pack)
        if await self._bus.last_on(f"{ROOT}.policy.activated") is None:
            facts = await self._missing(Standing(0, Cursor("", 0, "", 1)))
            await self._bus.publish([outgoing(each) for each in facts])

    async def run(self, standing: Standing, stop: asyncio.Event) -> None:
        """Append what differs, once."""
        while not stop.is_set():
            try:
                await self._once(standing)
            except TransientError:
                await wait_or(stop, RETRY_SECONDS, self._clock)
            else:
                return

    async def _once(self, standing: Standing) -> None:
        end = (await self._bus.state()).last_seq
        while standing.cursor.seq < end:
            bell = standing.bell.next
            if standing.cursor.seq < end:
                await bell.wait()
        if facts := await self._missing(standing):
            term = standing.term
            await self._bus.publish([outgoing(each, term=term) for each in facts])

    async def _missing(self, standing: Standing) -> list[Fact]:
        """Packs come first: an account must never be judged by rules that are not there yet."""
        facts: list[Fact] = [*await self._packs(standing)]
        for account in self._configuration.accounts_registered():
            known = standing.state.get(f"account:{account.account_id}", Account)
            if known is None or known.registered != account:
                facts.append(account)
        for person in self._configuration.people_registered():
            knows = standing.state.get(f"person:{person.person_id}", Person)
            if knows is None or knows.registered != person:
                facts.append(person)
        roster = self._configuration.roster()
        if roster is not None and roster.duties != standing.organisation.duties:
            facts.append(roster)
        return facts

    async def _packs(self, standing: Standing) -> list[PolicyActivated]:
        """What people put in force is not compared: files are only noted beside it."""
        facts: list[PolicyActivated] = []
        register = standing.state.get(PolicyRegister.KEY, PolicyRegister) or PolicyRegister()
        known = {**standing.organisation.packs, **register.configured}
        for pack in self._configuration.packs:
            pack_hash = await store_pack(self._bus, pack)
            if known.get(pack.name) != pack_hash:
                facts.append(
                    PolicyActivated(pack=pack.name, pack_hash=pack_hash, activated_by=ACTIVATED_BY)
                )
        return facts
