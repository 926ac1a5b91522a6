"""Bans and requests in the fold: live at once, over in their time, bounded."""

import pytest

from services.respond.core.guidance import MOST
from shared.contracts.guidance import BanLifted
from shared.contracts.verdicts import Label
from tests.fakes.builders import (
    a_comment,
    a_draft,
    a_resolution,
    a_tick,
    a_verdict,
    an_approval,
)
from tests.fakes.guidance import a_ban
from tests.fakes.guided_story import PACK, asked, code, guidance, holds, house, reply, waiting


def test_a_ban_stops_what_has_not_left_and_is_over_in_its_time() -> None:
    story = house()
    case_id = waiting(story)
    story.tell(a_ban("下架", hours=1))
    assert reply(story) == ("returned", "banned")
    assert story.case.replies[0].revision == 1
    story.tell(
        a_draft(case_id, "您好，已经下 架。", base=1, op="d2"),
        an_approval(case_id, revision=2, op="a2"),
    )
    assert code(story, "a2") == "gate_failed"
    story.tell(a_tick(), after=3600)
    assert guidance(story).bans == ()
    story.tell(an_approval(case_id, revision=2, op="a3"))
    assert code(story, "a3") == "ok"


def test_a_receipt_need_not_say_what_an_answer_must() -> None:
    story = house()
    holds(story)
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, "您好，收到了。").model_copy(update={"slot": "receipt"}))
    assert story.case.replies[0].findings == ()


def test_a_ban_on_other_words_leaves_what_is_written_alone() -> None:
    story = house()
    waiting(story)
    story.tell(a_ban("别的词"))
    assert reply(story)[0] == "waiting"


def test_no_suggestion_speaks_of_what_is_banned() -> None:
    story = house()
    story.tell(a_ban("核实"), a_ban("相关部门", op="op-ban2"))
    texts = [each.text for each in story.shown(story.complain()).suggestions]
    assert all("核实" not in each and "相关部门" not in each for each in texts)


@pytest.mark.parametrize(
    ("text", "hours", "said"),
    [("", 1, "bad_text"), ("词", 0, "bad_time"), ("词", 24 * 8, "bad_time")],
)
def test_a_ban_that_cannot_hold_is_refused(text: str, hours: float, said: str) -> None:
    story = house()
    story.tell(a_ban(text, hours=hours))
    assert code(story, "op-ban") == said


def test_a_ban_is_lifted_by_name_and_with_a_reason_and_they_are_bounded() -> None:
    story = house()
    for number in range(MOST + 1):
        story.tell(a_ban(f"词{number}", op=f"b{number}"), after=0.01)
    assert code(story, f"b{MOST}") == "too_many"
    ban_id = guidance(story).bans[0].ban_id
    for op, name, reason, said in (
        ("x", ban_id, " ", "needs_reason"),
        ("y", "none", "r", "not_found"),
        ("z", ban_id, "误设", "ok"),
    ):
        story.tell(BanLifted(op_id=op, person_id="li", ban_id=name, reason=reason))
        assert code(story, op) == said
    assert len(guidance(story).bans) == MOST - 1


def test_a_rumour_without_a_position_has_only_holding_replies_and_says_so() -> None:
    story = house()
    case = story.complain(Label.RUMOUR)
    holding = {each.id for each in PACK.templates if each.holding}
    assert {each.template_id for each in story.shown(case).suggestions} <= holding
    story.tell(a_draft(case.case_id, "您好，正在核实。"))
    assert [each.category for each in story.case.replies[0].findings] == ["no_position"]
    holds(story, must_say=())
    assert "no_position" not in [each.category for each in story.case.replies[0].findings][1:]


def test_a_request_runs_against_a_clock_pages_when_late_and_ends_with_the_position() -> None:
    story = house()
    case_id = story.complain(Label.RUMOUR).case_id
    for op, matter, said in (
        ("a", " ", "bad_text"),
        ("b", "蛋糕", "ok"),
        ("c", "蛋糕", "already_asked"),
    ):
        story.tell(asked(case_id, op, matter))
        assert code(story, op) == said
    assert story.case.history[-1].what == "position_asked"
    story.tell(a_tick(), after=3590)
    before = story.has("page")  # the acknowledgement and a decision on the rumour were owed sooner
    story.tell(a_tick(), after=10)
    assert guidance(story).requests[0].late
    assert story.has("page") == before + 1
    holds(story)
    assert guidance(story).requests == ()
    story.tell(asked(case_id, "d"))
    assert code(story, "d") == "has_position"


def test_a_request_for_a_case_that_was_closed_wakes_nobody_and_requests_are_bounded() -> None:
    story = house()
    case_id = story.complain(Label.QUESTION).case_id
    story.tell(asked(case_id), a_resolution(case_id, reason="电话说过了"))
    story.tell(a_tick(), after=4000)
    assert guidance(story).requests == ()
    assert story.has("page") == 0
    story = house()
    for number in range(MOST + 1):
        name = f"c{number}"
        story.tell(a_comment(name, author=name), a_verdict(name, Label.QUESTION), after=0.01)
    ids = sorted(each.key.removeprefix("case:") for each in story.state.under("case"))
    for number, case_id in enumerate(ids):
        story.tell(asked(case_id, f"r{number}"), after=0.01)
    assert code(story, f"r{MOST}") == "too_many"
