"""The leader's word on the model: said once, made up for, and by nobody who knows less than the log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.respond.core.aggregates import Installed, ModelRegister
from services.respond.core.state import Changes
from services.respond.shell.chooser import LOOK_SECONDS, RETRY_SECONDS, Chooser
from services.respond.shell.standing import Standing
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import outgoing
from shared.contracts.facts import decode
from shared.contracts.system import LeaderElected, ModelChosen
from shared.store.port import Cursor
from tests.fakes.clock import START, FakeClock


class Place:
    """A log, what a leader's fold knows, and the chooser between them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.bus = MemoryBus(self.clock)
        self.standing = Standing(1, Cursor("", 1, "", 1))

    async def chose(self, seq: int, *models: str) -> None:
        """Let the fold come to a choice, with everything that is in the log by now."""
        installed = tuple(
            Installed(model_id=each, bundle="b", proposed_by="a", approved_by="b", since=START)
            for each in models
        )
        register = ModelRegister(installed=installed, changed_seq=seq)
        self.standing.state.apply(Changes({register.key: register}), START)
        await self.caught_up()

    async def caught_up(self) -> None:
        if not self.bus.away:
            end = (await self.bus.state()).last_seq
            self.standing.cursor = Cursor("", end, "", 1)
        self.standing.bell.ring()
        await self.clock.settle()

    async def told(self) -> list[str]:
        facts = [
            decode(each.data) for each in await self.bus.read(1, (await self.bus.state()).last_seq)
        ]
        return [each.model_id for each in facts if isinstance(each, ModelChosen)]


@asynccontextmanager
async def a_place() -> AsyncIterator[Place]:
    place = Place()
    await place.bus.publish([outgoing(LeaderElected(holder="h", previous_term=0))])
    async with asyncio.TaskGroup() as group:
        chooser = Chooser(place.bus, place.clock, place.standing)
        telling = group.create_task(chooser.run(asyncio.Event()))
        await place.clock.settle()
        yield place
        telling.cancel()


async def test_each_choice_is_said_once() -> None:
    async with a_place() as place:
        await place.chose(7, "m1")
        await place.caught_up()
        await place.clock.advance(3 * LOOK_SECONDS)
        await place.chose(9)
        assert await place.told() == ["m1", ""]


async def test_a_choice_waits_for_a_log_that_is_away() -> None:
    async with a_place() as place:
        place.bus.away = True
        await place.chose(7, "m1")
        place.bus.away = False
        await place.clock.advance(RETRY_SECONDS)
        assert await place.told() == ["m1"]


async def test_a_fold_that_is_behind_the_newest_word_says_nothing_older() -> None:
    async with a_place() as place:
        newer = ModelChosen(term=1, model_id="m2", bundle="b", decided_seq=9)
        await place.chose(0)
        await place.bus.publish([outgoing(newer)])
        register = ModelRegister(changed_seq=7)
        place.standing.state.apply(Changes({register.key: register}), START)
        place.standing.bell.ring()
        await place.clock.settle()
        assert await place.told() == ["m2"]
        await place.chose(9, "m1", "m2")
        assert await place.told() == ["m2"]


async def test_a_word_that_was_purged_from_the_log_is_said_again() -> None:
    async with a_place() as place:
        await place.chose(7, "m1")
        place.bus.lose_tail(1)
        assert await place.told() == []
        await place.clock.advance(2 * LOOK_SECONDS)
        assert await place.told() == ["m1"]
