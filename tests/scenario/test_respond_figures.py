"""What a reign stands at is published every few seconds, and forgotten when it ends."""

import asyncio

from shared.observability.metrics import Metric
from tests.fakes.respond_house import a_comment, a_house


async def test_figures_tell_the_backlog_the_clocks_and_what_is_overdue() -> None:
    async with a_house() as house:
        await house.lead()
        await house.complaint()
        came = house.clock.now()
        await house.put(a_comment(2, came))
        await house.clock.advance(2)
        value = house.metrics.value
        assert value(Metric.CASES_OPEN) == 1
        assert value(Metric.CASES_OVERDUE) == 0
        assert value(Metric.OLDEST_UNCLASSIFIED) == came.timestamp()
        assert value(Metric.NEXT_CLOCK) > came.timestamp()
        assert value(Metric.STREAM_END) >= value(Metric.CURSOR) > 0
        await house.clock.advance(130)
        assert value(Metric.OLDEST_UNCLASSIFIED) == 0, "it became a case without a verdict"
        assert value(Metric.CASES_OVERDUE) == 2
        assert value(Metric.PAGES_WAITING) >= 1


async def test_an_effect_in_flight_is_seen_and_gone_once_it_is_finished() -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        await house.approve(case_id)
        answered = asyncio.Event()

        async def hang() -> None:
            await answered.wait()

        house.speaker.after_write = hang
        await house.clock.advance(18)
        started = {"kind": "send_reply", "status": "started"}
        assert house.metrics.value(Metric.EFFECTS_OPEN, **started) == 1
        answered.set()
        await house.clock.advance(120)
        assert house.metrics.value(Metric.EFFECTS_OPEN, **started) == 0


async def test_one_that_leads_no_longer_alarms_nobody_with_what_it_knew() -> None:
    async with a_house() as house:
        await house.lead()
        await house.complaint()
        await house.clock.advance(130)
        assert house.metrics.value(Metric.CASES_OVERDUE) == 1
        house.stops["one"].set()
        await house.clock.advance(10)
        assert house.metrics.value(Metric.LEADER) == 0
        assert house.metrics.value(Metric.CASES_OVERDUE) == 0


async def test_a_store_that_is_away_is_looked_at_again() -> None:
    async with a_house() as house:
        await house.lead()
        await house.complaint()
        house.store.lost_queues = 2
        await house.clock.advance(7)
        assert house.metrics.value(Metric.CASES_OPEN) == 1
