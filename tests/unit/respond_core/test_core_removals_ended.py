"""What became of a wish to take something away: its end, who settles it, and what turns out later."""

import pytest

from services.respond.core.dues import KEEP_REMOVALS
from services.respond.core.state import Changes
from shared.contracts.operators import OutgoingPaused, ReplySettled
from shared.contracts.verdicts import Label
from tests.fakes.builders import a_resolution, a_tick, an_end, at
from tests.fakes.removal_story import (
    a_house,
    approve,
    arrive,
    ask,
    correct,
    decline,
    entries,
    wish,
)


@pytest.mark.parametrize("status", ["simulated", "refused", "returned", "unknown"])
def test_an_attempt_that_took_nothing_away_says_so(status: str) -> None:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    story.tell(an_end(story.effect.effect_id, status, reason="why"))
    assert (wish(story).status, wish(story).note) == (status, "why")
    assert not story.case.items[0].deleted


def test_what_nobody_can_tell_is_settled_by_who_looked() -> None:
    story = a_house()
    case_id = arrive(story)
    ask(story)
    approve(story)
    effect_id = story.effect.effect_id
    story.tell(an_end(effect_id, "unknown"))
    assert ask(story) == "already_asked"
    story.tell(
        ReplySettled(
            op_id="seen", person_id="zhou", case_id=case_id, effect_id=effect_id, arrived=True
        )
    )
    assert wish(story).status == "done"


def test_a_stop_and_the_end_of_its_time_call_it_back() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    story.tell(OutgoingPaused(op_id="stop", person_id="chen", paused=True, reason="危机"))
    assert (wish(story).status, wish(story).note) == ("returned", "paused")
    late = a_house()
    arrive(late)
    ask(late)
    approve(late)
    late.tell(a_tick(), after=3600)
    assert (wish(late).status, wish(late).note) == ("expired", "not_after")


def test_criticism_that_was_taken_away_is_proposed_when_that_turns_out() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    story.tell(an_end(story.effect.effect_id))
    correct(story, Label.FRAUD)
    assert entries(story) == []
    correct(story, Label.COMPLAINT)
    found = sorted((each.rule.id, each.grade, each.person_id) for each in entries(story))
    assert found == [("M6c", 3, "zhou"), ("T1-06", 1, "zhou")]
    assert {each.trigger for each in entries(story)} == {"criticism_removed"}


def test_it_is_proposed_too_when_it_turned_out_while_the_effect_was_on_its_way() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    correct(story, Label.COMPLAINT)
    assert entries(story) == []
    story.tell(an_end(story.effect.effect_id))
    assert {each.trigger for each in entries(story)} == {"criticism_removed"}


def test_the_end_of_an_attempt_for_a_case_that_is_gone_changes_nothing() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    effect_id = story.effect.effect_id
    story.state.apply(Changes({story.case.key: None}), at(story.seconds))
    story.tell(an_end(effect_id))
    assert story.has("case") == 0


def test_an_item_that_left_its_case_is_not_looked_at_again() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    story.tell(an_end(story.effect.effect_id))
    kept = story.case.items[0].model_copy(update={"item_id": "another"})
    story.state.apply(
        Changes({story.case.key: story.case.model_copy(update={"items": (kept,)})}),
        at(story.seconds),
    )
    correct(story, Label.COMPLAINT)
    assert entries(story) == []


def test_wishes_are_bounded_and_their_effects_with_them() -> None:
    story = a_house()
    arrive(story)
    ask(story)
    approve(story)
    story.tell(an_end(story.effect.effect_id, "refused"))
    for _ in range(KEEP_REMOVALS):
        assert story.has("effect") == 1
        ask(story)
        decline(story)
    assert len(story.case.dues.removals) == KEEP_REMOVALS
    assert story.has("effect") == 0


def test_a_case_is_not_closed_over_a_wish_and_leaves_nothing_behind() -> None:
    story = a_house()
    case_id = arrive(story)
    ask(story)
    story.tell(a_resolution(case_id, reason="广告", op="early"))
    assert story.outcome("early").code == "removal_open"
    approve(story)
    story.tell(a_resolution(case_id, reason="广告", op="still"))
    assert story.outcome("still").code == "removal_open"
    story.tell(an_end(story.effect.effect_id))
    story.tell(a_resolution(case_id, reason="广告", op="done"))
    assert story.outcome("done").accepted
    story.tell(a_tick(), after=8 * 24 * 3600)
    assert (story.has("case"), story.has("effect")) == (0, 0)
