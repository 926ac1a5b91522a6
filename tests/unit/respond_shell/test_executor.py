"""What waits before a closed door stands in nobody's way, least of all in a page's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Literal

import pytest

from services.respond.core.aggregates import Effect, Organisation
from services.respond.core.state import Changes
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.executor import MAX_IN_HAND, Executor
from services.respond.shell.office import Office
from services.respond.shell.standing import Standing
from shared.bus.memory_bus import MemoryBus
from shared.store.memory_store import MemoryStore
from shared.store.port import Commit, Cursor
from tests.fakes.clock import START, FakeClock


class Hanging:
    """A carrier whose other side takes what it is given and never answers."""

    def __init__(self) -> None:
        self.given: list[str] = []

    async def carry_out(self, effect: Effect) -> None:
        self.given.append(effect.effect_id)
        await asyncio.Event().wait()

    async def recover(self, effect: Effect) -> None:
        await self.carry_out(effect)


class Desk:
    """An executor and what it is told of."""

    def __init__(self) -> None:
        self.clock, self.replies, self.pages = FakeClock(), Hanging(), Hanging()
        self.store = MemoryStore(self.clock)
        self.standing = Standing(1, Cursor("", 0, "", 1))
        office = Office(self.store, self.clock, "me", 3.0)
        bus = MemoryBus(self.clock)
        self._executor = Executor(
            bus=bus,
            store=self.store,
            clock=self.clock,
            office=office,
            standing=self.standing,
            effects=EffectLog(bus, self.clock, office),
            carriers={"send_reply": self.replies, "page": self.pages, "remove": self.replies},
        )

    def decide(
        self, name: str, kind: Literal["send_reply", "page"], *, seconds: float | None = None
    ) -> None:
        late = None if seconds is None else START + timedelta(seconds=seconds)
        effect = Effect(
            effect_id=name,
            effect_kind=kind,
            status="decided",
            decided_at=START,
            decided_seq=1,
            not_after=late,
        )
        self.standing.open_effects[effect.key] = effect

    def press_the_red_button(self, *, paused: bool = True) -> None:
        organisation = Organisation(paused=paused)
        self.standing.state.apply(Changes(puts={organisation.key: organisation}), START)
        self.standing.bell.ring()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        await self.store.take_office(1)
        await self.store.commit(Commit(1, 0, self.standing.cursor))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self._executor.run(asyncio.Event()), name="executor")
            yield
            running.cancel()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_page_leaves_however_many_replies_stand_before_the_red_button(desk: Desk) -> None:
    desk.press_the_red_button()
    for n in range(3 * MAX_IN_HAND):
        desk.decide(f"reply{n}", "send_reply")
    desk.decide("page", "page")
    async with desk.working():
        await desk.clock.advance(1)
        assert (desk.replies.given, desk.pages.given) == ([], ["page"])
        desk.press_the_red_button(paused=False)
        await desk.clock.advance(1)
        assert len(desk.replies.given) == MAX_IN_HAND


async def test_a_page_leaves_though_the_platform_answers_nobody(desk: Desk) -> None:
    for n in range(3 * MAX_IN_HAND):
        desk.decide(f"reply{n}", "send_reply")
    async with desk.working():
        await desk.clock.advance(1)
        assert len(desk.replies.given) == MAX_IN_HAND
        desk.decide("page", "page")
        await desk.clock.advance(1)
        assert desk.pages.given == ["page"]


async def test_what_is_past_its_time_stands_in_no_others_way(desk: Desk) -> None:
    for n in range(3 * MAX_IN_HAND):
        desk.decide(f"late{n}", "send_reply", seconds=0)
    desk.decide("reply", "send_reply", seconds=60)
    async with desk.working():
        await desk.clock.advance(1)
        assert desk.replies.given == ["reply"]
