"""The leader's word on the model waits for a log that is away, and is said once."""

import asyncio

from services.respond.core.aggregates import Installed, ModelRegister
from services.respond.core.state import Changes
from services.respond.shell.chooser import RETRY_SECONDS, Chooser
from services.respond.shell.standing import Standing
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import outgoing
from shared.contracts.facts import decode
from shared.contracts.system import LeaderElected, ModelChosen
from shared.store.port import Cursor
from tests.fakes.clock import START, FakeClock


def chose(standing: Standing, seq: int, *models: str) -> None:
    installed = tuple(
        Installed(model_id=each, bundle="b", proposed_by="a", approved_by="b", since=START)
        for each in models
    )
    register = ModelRegister(installed=installed, changed_seq=seq)
    standing.state.apply(Changes({register.key: register}), START)
    standing.bell.ring()


async def told(bus: MemoryBus) -> list[str]:
    facts = [decode(each.data) for each in await bus.read(1, (await bus.state()).last_seq)]
    return [each.model_id for each in facts if isinstance(each, ModelChosen)]


async def test_a_choice_waits_for_the_log_and_is_said_once() -> None:
    clock = FakeClock()
    bus, standing = MemoryBus(clock), Standing(1, Cursor("", 0, "", 1))
    await bus.publish([outgoing(LeaderElected(holder="h", previous_term=0))])
    async with asyncio.TaskGroup() as group:
        telling = group.create_task(Chooser(bus, clock, standing).run(asyncio.Event()))
        await clock.settle()
        bus.away = True
        chose(standing, 7, "m1")
        await clock.advance(RETRY_SECONDS)
        bus.away = False
        await clock.advance(RETRY_SECONDS)
        assert await told(bus) == ["m1"]
        standing.bell.ring()
        await clock.settle()
        assert await told(bus) == ["m1"]
        chose(standing, 9)
        await clock.settle()
        assert await told(bus) == ["m1", ""]
        telling.cancel()
