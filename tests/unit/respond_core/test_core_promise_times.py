"""When a promise is over, and how many a case can owe."""

from datetime import UTC, datetime, timedelta

import pytest

from services.respond.core.aggregates import Case
from services.respond.core.promise import KEEP_PROMISES, PromiseClock
from services.respond.core.promises import promised
from services.respond.core.state import Changes
from tests.fakes.builders import a_draft, a_resolution, a_send, a_tick, an_end, at
from tests.fakes.core_story import BARE, Story
from tests.fakes.promise_story import DUE, HOUR, TEXT, WORDS, approval, clock, say, until


def test_minutes_count_from_when_the_text_leaves() -> None:
    words = "两小时内回复您"
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, f"您好，{words}。"))
    story.tell(approval(case_id, words).model_copy(update={"send": False}))
    story.tell(a_send(case_id), after=HOUR)
    left = at(story.seconds + 15)
    story.tell(a_tick(), after=16)
    story.tell(an_end(story.effect.effect_id), after=60)
    assert clock(story).due_at == left + timedelta(hours=2)


def test_a_day_that_is_another_one_by_now_is_confirmed_again() -> None:
    words = "明天下班前答复您"
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, f"您好，{words}。"))
    story.tell(approval(case_id, words).model_copy(update={"send": False}))
    story.tell(a_send(case_id), after=24 * HOUR)
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].note == "promise_moved"
    kinds = {each["effect_kind"] for each in story.decided("effect.decided")}
    assert kinds == {"page"}, "only that nothing was answered is told"


def test_what_is_hoped_for_needs_no_confirmation_and_has_a_clock() -> None:
    story = Story()
    say(story, "您好，我们争取今天15:00前答复您。")
    assert clock(story).due_at == DUE


def test_a_day_no_calendar_knows_is_not_promised() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, "您好，端午节前给您答复。"), approval(case_id, "端午节前给您答复"))
    assert story.outcome("op-approve").code == "promise_undated"
    soft = "您好，我们争取端午节前给您答复。"
    story.tell(a_draft(case_id, soft, base=1, op="2"), approval(case_id, op="3", revision=2))
    assert story.outcome("3").code == "ok"


@pytest.mark.parametrize(("offset", "hour"), [(480, 7), (0, 15)])
def test_days_and_hours_are_those_of_the_organisation(offset: int, hour: int) -> None:
    said = BARE.suggesting.model_copy(update={"utc_offset_minutes": offset})
    pack = BARE.model_copy(update={"suggesting": said})
    [found] = promised(TEXT, pack, datetime(2026, 5, 1, 1, 0, tzinfo=UTC))
    assert found.due_at == datetime(2026, 5, 1, hour, 0, tzinfo=UTC)


def full(case: Case, owed: int) -> Case:
    one = PromiseClock(
        promise_id="p",
        text=WORDS,
        what="答复",
        slot="answer",
        due_at=DUE,
        opened_at=at(0),
        remind_at=at(0),
    )
    kept = one.settled("kept", at(1), "li")
    clocks = [
        (one if place < owed else kept).model_copy(update={"promise_id": f"p{place}"})
        for place in range(KEEP_PROMISES)
    ]
    return case.model_copy(update={"promises": tuple(clocks)})


@pytest.mark.parametrize(
    ("owed", "code"), [(KEEP_PROMISES - 1, "ok"), (KEEP_PROMISES, "too_many")]
)
def test_what_is_owed_is_never_forgotten(owed: int, code: str) -> None:
    story = Story()
    case = full(story.complain(), owed)
    story.state.apply(Changes({case.key: case}), at(story.seconds))
    story.tell(a_draft(case.case_id, TEXT), approval(case.case_id, WORDS))
    assert story.outcome("op-approve").code == code
    if code == "ok":
        story.tell(a_tick(), after=16)
        story.tell(an_end(story.effect.effect_id))
        assert len(story.case.promises) == KEEP_PROMISES
        assert all(each.is_owed for each in story.case.promises)


def test_a_late_receipt_for_a_closed_case_still_starts_the_clock() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, TEXT), approval(case_id, WORDS))
    story.tell(a_tick(), after=16)
    effect_id = story.effect.effect_id
    story.tell(a_tick(), after=31 * 60)
    story.tell(a_resolution(case_id, reason="重复"))
    story.tell(an_end(effect_id))
    until(story, DUE)
    assert (story.case.status, clock(story).status) == ("resolved", "broken")
    assert story.page.reasons == ("promise",)
