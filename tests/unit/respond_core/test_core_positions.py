"""Positions and bans in the fold: two people, a time, and nothing that rests on them is stale."""

from datetime import timedelta

import pytest

from services.respond.core.guidance import ENDED_KEPT, MOST, content_of_position
from shared.contracts.guidance import (
    PositionEnded,
)
from shared.contracts.verdicts import Label
from shared.policy.model import Pack, Taboo
from tests.fakes.builders import (
    START,
    a_draft,
    a_resolution,
    a_submission,
    a_tick,
    an_approval,
)
from tests.fakes.guidance import POSITION, a_ban, a_position, agreed
from tests.fakes.guided_story import (
    FITTING,
    asked,
    code,
    guidance,
    holds,
    house,
    reply,
    statuses,
    waiting,
)


def test_a_position_holds_once_a_second_person_has_approved_exactly_it() -> None:
    story = house()
    position = a_position()
    story.tell(position)
    content = content_of_position(position)
    for op, person, named, said in (
        ("a", "li", content, "two_person"),
        ("b", "zhao", content, "not_allowed"),
        ("c", "wang", "other", "not_found"),
        ("d", "wang", content, "ok"),
        ("e", "wang", content, "not_found"),
    ):
        story.tell(agreed(position, named, person=person).model_copy(update={"op_id": op}))
        assert code(story, op) == said
    assert statuses(story) == ["in_force"]


def test_its_texts_stand_first_and_it_says_what_must_and_must_not_be_said() -> None:
    story = house()
    holds(story)
    case = story.shown(story.complain())
    assert (case.suggestions[0].source, case.suggestions[0].cites) == ("position", POSITION)
    assert "下架" in case.suggestions[0].text
    assert [each.source for each in case.suggestions] == ["position"]
    story.tell(a_draft(case.case_id, "您好，个别门店的事正在查。"))
    found = {each.category: each for each in story.case.replies[0].findings}
    assert found["against_position"].level == "block"
    assert found["beside_position"].level == "hold"
    spanned = found["against_position"]
    assert "您好，个别门店的事正在查。"[spanned.start : spanned.end] == "个别门店"
    story.tell(an_approval(case.case_id))
    assert code(story, "op-approve") == "gate_failed"
    story.tell(
        a_draft(case.case_id, FITTING, base=1, op="d2"),
        an_approval(case.case_id, revision=2, op="a2"),
    )
    assert code(story, "a2") == "ok"


def test_an_internal_one_guides_and_is_never_offered() -> None:
    story = house()
    holds(story, internal=True, must_say=())
    assert {each.source for each in story.shown(story.complain()).suggestions} == {"wording"}


def test_it_speaks_only_of_its_matter_its_labels_and_its_accounts() -> None:
    for more in ({"words": ("面包",)}, {"labels": (Label.RUMOUR,)}, {"account_ids": ("other",)}):
        story = house()
        holds(story, **more)
        assert {each.source for each in story.shown(story.complain()).suggestions} == {"wording"}


def test_a_change_gives_back_what_has_not_left_and_makes_suggestions_anew() -> None:
    story = house()
    waiting(story)
    before = story.shown().suggestions
    holds(story)
    assert reply(story) == ("returned", "position_changed")
    assert story.shown().suggestions != before
    assert story.shown().suggestions[0].source == "position"


def test_so_does_its_end_in_time_and_what_was_decided_and_not_begun() -> None:
    story = house()
    holds(story, valid_until=START + timedelta(seconds=60))
    waiting(story)
    story.tell(a_tick(), after=20)
    assert story.effect.guided
    story.tell(a_tick(), after=60)
    assert statuses(story) == ["ended"]
    assert story.effect.status == "returned"
    assert reply(story) == ("returned", "position_changed")


def test_a_draft_and_what_waits_for_review_come_back_too_and_a_closed_case_is_left_alone() -> None:
    story = house()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, FITTING))
    holds(story)
    assert reply(story) == ("returned", "position_changed")
    story.tell(a_draft(case_id, FITTING, base=1, op="d2"), a_submission(case_id, revision=2))
    story.tell(PositionEnded(op_id="end", person_id="zhao", position_id=POSITION, reason="查清了"))
    assert reply(story) == ("returned", "position_changed")
    story.tell(a_resolution(case_id, reason="电话说过了"))
    shown = story.case
    holds(story, "op-again")
    assert story.case == shown


def test_a_later_beginning_is_waited_for_and_replaces_the_one_before() -> None:
    story = house()
    holds(story)
    holds(story, "op-later", text="新口径。", valid_from=START + timedelta(hours=1))
    assert statuses(story) == ["in_force", "approved"]
    story.tell(a_tick(), after=3600)
    assert statuses(story) == ["ended", "in_force"]
    holds(story, "op-now", text="再新一些。")
    assert statuses(story)[-2:] == ["ended", "in_force"]


def test_a_proposal_written_again_replaces_itself() -> None:
    story = house()
    story.tell(a_position("one"), a_position("two", text="另一种说法。"))
    assert [each.written.op_id for each in guidance(story).positions] == ["two"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"text": " "}, "bad_text"),
        ({"matter": "长" * 41}, "bad_text"),
        ({"words": ("词",) * 21}, "too_many"),
        ({"valid_until": START}, "bad_time"),
        ({"valid_from": START + timedelta(days=2)}, "bad_time"),
    ],
)
def test_a_position_that_cannot_hold_is_refused(more: dict[str, object], said: str) -> None:
    story = house()
    story.tell(a_position(**more))  # type: ignore[arg-type]
    assert code(story, "op-position") == said


def test_what_is_over_or_what_the_gate_would_stop_is_not_approved() -> None:
    taboo = Taboo(category="t", level="block", reason="r", phrases=("下架",))
    story = house(Pack(name="company", taboos=(taboo,)))
    holds(story)
    assert code(story, "op-position-ok") == "gate_failed"
    late = a_position("late", valid_until=START + timedelta(seconds=30))
    story.tell(late)
    story.tell(agreed(late, content_of_position(late)), after=40)
    assert code(story, "late-ok") == "bad_time"


def test_it_ends_by_a_person_with_a_reason() -> None:
    story = house()
    holds(story)
    for op, name, reason, said in (
        ("x", POSITION, "", "needs_reason"),
        ("y", "nothing", "r", "not_found"),
        ("z", POSITION, "过时了", "ok"),
    ):
        story.tell(PositionEnded(op_id=op, person_id="zhao", position_id=name, reason=reason))
        assert code(story, op) == said


def test_positions_are_bounded() -> None:
    story = house()
    for number in range(MOST + 1):
        story.tell(a_position(f"op{number}", position_id=f"p{number}"), after=0.01)
    assert code(story, f"op{MOST}") == "too_many"
    for number in range(ENDED_KEPT + 5):
        gone = PositionEnded(
            op_id=f"x{number}", person_id="li", position_id=f"p{number}", reason="r"
        )
        story.tell(gone, after=0.01)
    assert statuses(story).count("ended") == ENDED_KEPT


def test_replaying_the_same_facts_gives_the_same_lines() -> None:
    def told() -> list[str]:
        story = house()
        waiting(story)
        holds(story)
        story.tell(a_ban("下架"))
        story.tell(asked(story.case.case_id))
        story.tell(a_tick(), after=7200)
        return story.lines

    assert told() == told()
