"""A fresh leader that has much to read again keeps its lease meanwhile."""

import asyncio

from tests.fakes.respond_house import a_house


async def test_an_office_is_not_lost_while_its_leader_reads_what_it_missed() -> None:
    async with a_house() as house:
        first = await house.lead("one")
        await house.complaint(1)
        await house.kill(first)
        house.bus.reading_seconds = 10.0
        await house.clock.advance(4)
        await house.lead("two")
        for _ in range(40):
            await house.clock.advance(0.5)
            await asyncio.sleep(0)
        await house.complaint(2)
        assert len(await house.facts("leader.elected")) == 2
