"""Shares are published while somebody leads; one of too few verdicts is none, and never odd."""

from dataclasses import replace

from services.respond.core.rates import Rate
from services.respond.shell.telemetry import NOTHING, Telemetry
from shared.observability.metrics import Metric, Metrics
from tests.fakes.respond_house import a_house


def test_a_share_is_published_and_forgotten_with_the_reign() -> None:
    metrics = Metrics()
    telemetry = Telemetry(metrics)
    rate = Rate("complaint", 84, 210, 900, 7200, odd=True)
    telemetry.stands(replace(NOTHING, rates=[rate]))
    assert metrics.value(Metric.RATE_ODD, what="complaint") == 1
    assert metrics.value(Metric.RATE_RECENT, what="complaint") == 0.4
    assert metrics.value(Metric.RATE_BEFORE, what="complaint") == 0.125
    assert metrics.value(Metric.RATE_ODD, what="praise") == 0
    telemetry.stepped_down(1, "asked to stop")
    assert metrics.value(Metric.RATE_ODD, what="complaint") == 0
    assert metrics.value(Metric.RATE_RECENT, what="complaint") == 0


async def test_the_hours_are_kept_where_every_console_finds_them() -> None:
    async with a_house() as house:
        await house.lead()
        await house.complaint()
        [hour] = await house.read.hours()
        assert hour.counts == {"verdicts": 1, "complaint": 1}
        assert await house.read.rates() == ()
