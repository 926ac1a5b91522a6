"""Shares by the hour: counted in the log's time, bounded, and odd only when chance is no reason."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.respond.core.fold import fold
from services.respond.core.rates import (
    ABSTAINED,
    DEGRADED,
    HOURS_KEPT,
    LEAST_BEFORE,
    LEAST_RECENT,
    OTHER_MODEL,
    VERDICTS,
    HourRates,
    Rate,
    is_odd,
    of_state,
    rates,
)
from services.respond.core.state import State
from shared.contracts.facts import Stored
from shared.contracts.org import ModelActivated
from shared.contracts.verdicts import Label
from tests.fakes.builders import START, a_comment, a_tick, a_verdict
from tests.fakes.core_story import Story


def hours(recent: dict[str, int], before: dict[str, int], *, count: int = 10) -> list[HourRates]:
    """Return one hour of now and some of earlier this week."""
    lately = HourRates(hour=1_000, counts={VERDICTS: LEAST_RECENT, **recent})
    earlier = {VERDICTS: LEAST_BEFORE // count, **before}
    return [lately, *(HourRates(hour=990 - each, counts=earlier) for each in range(count))]


def one(found: tuple[Rate, ...], what: str) -> Rate:
    return next(each for each in found if each.what == what)


def test_each_verdict_is_counted_in_its_hour() -> None:
    story = Story()
    story.tell(ModelActivated(model="m1", activated_by="classify"))
    story.tell(ModelActivated(model="m2", activated_by="classify"))
    story.tell(a_comment("c1"), a_verdict("c1", Label.PRAISE, model="m2"))
    story.tell(a_comment("c2"), a_verdict("c2", Label.PRAISE, model="m1", abstained=True))
    story.tell(a_comment("c3"))
    story.tell(a_tick(), after=3600)
    counted = {each.hour: each.counts for each in of_state(story.state)}
    [hour] = counted
    assert counted[hour] == {
        VERDICTS: 3,
        "praise": 2,
        ABSTAINED: 2,
        OTHER_MODEL: 1,
        DEGRADED: 1,
    }
    assert hour == int(START.timestamp()) // 3600


def test_hours_older_than_a_week_and_a_day_are_forgotten() -> None:
    story = Story()
    for number in range(HOURS_KEPT + 20):
        name = f"c{number}"
        story.tell(a_comment(name, post=f"p{number}"), after=3600 - 1)
        story.tell(a_verdict(name, Label.PRAISE), after=1)
    assert story.has("hour") == HOURS_KEPT


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 400)), max_size=30), st.data())
def test_hours_do_not_depend_on_how_facts_are_batched(
    parts: list[tuple[int, int]], data: st.DataObject
) -> None:
    log, now = list[Stored](), START
    for place, (minutes, days_in_hours) in enumerate(parts):
        now += timedelta(minutes=minutes, hours=days_in_hours if days_in_hours > 390 else 0)
        for fact in (a_comment(f"c{place}"), a_verdict(f"c{place}", Label.PRAISE)):
            log.append(Stored(seq=len(log) + 1, time=now, fact=fact))
    whole, parted = State(), State()
    fold(whole, log, {})
    cut = data.draw(st.integers(0, len(log)))
    for part in (log[:cut], log[cut:]):
        fold(parted, part, {})
    kept = {each.hour: each.counts for each in of_state(whole)}
    assert kept == {each.hour: each.counts for each in of_state(parted)}


def test_few_verdicts_say_nothing() -> None:
    assert rates([]) == ()
    assert rates(hours({}, {})[:1]) == ()
    lately_few = HourRates(hour=100, counts={VERDICTS: LEAST_RECENT - 1})
    assert rates([lately_few, HourRates(hour=0, counts={VERDICTS: LEAST_BEFORE})]) == ()


def test_a_share_as_in_the_week_before_is_not_odd() -> None:
    found = rates(hours({"complaint": 20}, {"complaint": 10}))
    rate = one(found, "complaint")
    assert (rate.share, rate.share_before, rate.odd) == (0.1, 0.1, False)
    assert [each.what for each in found] == ["complaint"]


def test_a_share_that_doubles_is_odd_and_so_is_one_that_vanishes() -> None:
    assert one(rates(hours({"complaint": 80}, {"complaint": 10})), "complaint").odd
    assert one(rates(hours({}, {"complaint": 30})), "complaint").odd
    assert one(rates(hours({ABSTAINED: 100}, {})), ABSTAINED).odd


def test_what_chance_alone_may_do_is_not_odd() -> None:
    assert not is_odd("rumour", 3, 200, 5, 1_000)
    assert not is_odd("rumour", 1, 200, 0, 1_000)
    assert not is_odd("rumour", 30, 10_000, 10, 10_000), "less than a point"
    assert not is_odd("complaint", 3_000, 10_000, 2_000, 10_000), "less than double"


def test_a_few_verdicts_by_the_model_before_are_usual_and_most_are_not() -> None:
    assert not is_odd(OTHER_MODEL, 90, 200, 0, 1_000)
    assert is_odd(OTHER_MODEL, 101, 200, 0, 1_000)


def test_the_newest_hours_are_as_many_as_hold_enough_verdicts() -> None:
    quiet = [HourRates(hour=1_000 - each, counts={VERDICTS: 100}) for each in range(30)]
    [rate] = rates([*quiet[:-1], HourRates(hour=970, counts={VERDICTS: 100, "praise": 1})])
    assert (rate.of_recent, rate.of_before) == (200, 2_800)
    old = HourRates(hour=1_000 - HOURS_KEPT, counts={VERDICTS: 9_999})
    assert rates([*quiet, old]) == ()
