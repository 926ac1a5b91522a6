"""Rumours by the pack's own policy: clarified, reported up without a word, or held for a person."""

import pytest

from services.respond.core.aggregates import Page
from services.respond.core.flow import Hold
from shared.contracts.operators import ClaimJudged, ClaimOpened, ClaimStatus
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.switches import Switches
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import (
    a_comment,
    a_draft,
    a_person,
    a_resolution,
    a_submission,
    a_tick,
    a_verdict,
    an_approval,
)
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction
from tests.fakes.flows import a_hold_decision, of_department
from tests.fakes.guided_story import holds

PACKS = read_packs(default_policies_dir())
INSURER, AUTHORITY, COMPANY = (
    PACKS[name] for name in ("finance-insurance", "education", "company")
)
HEAD_OFFICE = "总公司综合管理部"


def _rumour(pack: Pack, *duty: str) -> Story:
    """Tell of a rumour with a reply that li wrote; wang may approve."""
    story = Story(pack.model_copy(update={"name": "company"}), duty=duty or ("li",))
    story.tell(a_person("wang"), of_department("zong", HEAD_OFFICE, "宣传负责人", role=Role.LEAD))
    story.tell(a_comment(text="听说蛋糕要停产了"), a_verdict("c1", Label.RUMOUR))
    case_id = story.case.case_id
    story.tell(a_draft(case_id, "您好，正在核实。"), a_submission(case_id))
    return story


def _approve(story: Story, person: str = "wang", *, slot: str = "answer") -> str:
    op = f"approve-{story.seq}"
    approval = an_approval(story.case.case_id, person=person, op=op)
    story.tell(approval.model_copy(update={"slot": slot}))
    return story.outcome(op).code


def _decide(story: Story, decision: str, person: str = "zong", reason: str = "总部来电") -> str:
    op = f"hold-{story.seq}"
    fact = a_hold_decision(story.case.case_id, decision, person=person, reason=reason, op=op)  # type: ignore[arg-type]
    story.tell(fact)
    return story.outcome(op).code


def _judge_claim(story: Story, status: ClaimStatus) -> None:
    case_id = story.case.case_id
    story.tell(
        ClaimOpened(op_id="op-claim-open", person_id="li", case_id=case_id, matter="停产"),
        ClaimJudged(
            op_id="op-claim-judge",
            person_id="li",
            case_id=case_id,
            status=status,
            evidence="厂方说明",
        ),
    )


def _held(story: Story) -> Hold:
    held = story.case.flow.hold
    assert held is not None
    return held


def _page(story: Story, reason: str) -> Page:
    pages = (each for each in story.state.under("page") if isinstance(each, Page))
    return next(each for each in pages if each.reasons == (reason,))


def test_where_rumours_are_reported_up_nothing_is_offered_and_nothing_may_be_approved() -> None:
    story = _rumour(INSURER)
    assert story.shown().suggestions == ()
    assert _approve(story) == "held"
    refused = story.outcome(f"approve-{story.seq - 1}")
    assert refused.detail == {"what": "finance-insurance.no-comment-on-rumours"}
    assert "finance-insurance.no-comment-on-rumours" in refused.reason


def test_who_is_named_is_told_of_a_rumour_at_once() -> None:
    story = _rumour(INSURER, "li", "zong")
    page = _page(story, "held")
    assert (page.person_id, page.address_ref) == ("zong", "log-zong")
    [moved] = story.decided("hold.moved")
    assert (moved["policy"], moved["status"], moved["to"]) == ("report_up", "open", HEAD_OFFICE)


def test_a_report_alone_releases_nothing_and_a_release_comes_after_the_report() -> None:
    story = _rumour(INSURER)
    assert _decide(story, "proceed") == "report_first"
    assert _decide(story, "reported_up", reason=" ") == "needs_reason"
    assert _decide(story, "reported_up", person="wang") == "wrong_post"
    assert _decide(story, "reported_up") == "ok"
    assert _page(story, "held").acknowledged_by == "zong"
    assert _approve(story) == "held"
    assert _decide(story, "reported_up") == "already_decided"
    assert _decide(story, "proceed") == "ok"
    assert _held(story).decided_by == "zong"
    assert _approve(story) == "unclarified"
    _judge_claim(story, "untrue")
    assert _approve(story) == "ok"


def test_a_report_in_time_has_no_clock_any_more_and_one_that_is_late_is_said_louder() -> None:
    story = _rumour(INSURER)
    _decide(story, "reported_up")
    story.tell(a_tick(), after=3600)
    assert not _held(story).late
    story = _rumour(INSURER)
    story.tell(a_tick(), after=1800)
    assert _held(story).late
    assert _page(story, "held_late").person_id == "li"
    [_, late] = story.decided("hold.moved")
    assert late["status"] == "late"
    story.tell(a_tick(), after=1800)
    assert len(story.decided("hold.moved")) == 2


def test_held_replies_wait_for_the_post_the_rules_name() -> None:
    story = _rumour(COMPANY)
    assert all(each.source != "knowledge" for each in story.shown().suggestions)
    assert _approve(story) == "held"
    assert story.outcome(f"approve-{story.seq - 1}").detail == {"what": "rumour-flow"}
    assert _decide(story, "reported_up") == "not_reported_up"
    assert _decide(story, "proceed", person="li") == "wrong_post"
    assert _decide(story, "proceed") == "ok"
    assert {each.template_id for each in story.shown().suggestions} <= {
        each.id for each in COMPANY.templates if each.holding
    }
    holds(story, must_say=(), words=("蛋糕",))
    assert _approve(story, "wang") == "ok"


def test_who_stays_silent_has_decided_too_and_may_speak_later() -> None:
    story = _rumour(COMPANY)
    assert _decide(story, "stay_silent") == "ok"
    assert story.shown().suggestions == ()
    assert _approve(story) == "kept_silent"
    story.tell(a_resolution(story.case.case_id, reason="按决定不回应"))
    assert story.case.status == "resolved"
    story = _rumour(COMPANY)
    _decide(story, "stay_silent")
    assert _decide(story, "stay_silent") == "already_decided"
    assert _decide(story, "proceed") == "ok"


def test_an_answer_that_nobody_is_to_give_is_owed_to_nobody_until_it_is_again() -> None:
    story = _rumour(COMPANY)
    _decide(story, "stay_silent")
    assert [each["clock"] for each in story.decided("clock.dropped")] == ["first_reply"]
    story.tell(a_tick(), after=5 * 3600)
    assert story.decided("clock.breached") == []
    _decide(story, "proceed")
    [started] = story.decided("clock.started")
    assert started["clock"] == "first_reply"
    _decide(story, "stay_silent")
    story.tell(a_resolution(story.case.case_id))
    assert story.decided("case.resolved")[0]["answered"] is False
    story.tell(a_comment("c2", "听说真的要停产"), a_verdict("c2", Label.RUMOUR))
    assert story.case.status == "open"
    assert [each.clock for each in story.case.clocks] == ["acknowledge"]
    assert _held(story).status == "silent", "a decision stands until somebody decides otherwise"


def test_a_case_on_which_nobody_has_decided_is_not_closed() -> None:
    story = _rumour(COMPANY)
    story.tell(a_resolution(story.case.case_id, reason="不回了"))
    refused = story.outcome("op-resolve")
    assert (refused.code, refused.detail) == ("undecided", {"what": "宣传负责人"})


def test_where_nobody_holds_the_post_a_lead_decides() -> None:
    story = Story(COMPANY)
    story.tell(a_person("wang", Role.REVIEWER))
    story.complain(Label.RUMOUR)
    assert _decide(story, "proceed", person="wang") == "wrong_post"
    assert _decide(story, "proceed", person="li") == "ok"


def test_nothing_is_decided_where_nothing_is_held() -> None:
    story = Story(COMPANY)
    story.complain()
    assert _decide(story, "proceed", person="li") == "not_held"


def test_where_rumours_are_clarified_an_answer_needs_what_the_house_says_is_true() -> None:
    story = _rumour(AUTHORITY)
    assert story.case.flow.hold is None
    assert _approve(story) == "unclarified"
    _judge_claim(story, "checking")
    assert _approve(story) == "unclarified"
    story.tell(
        ClaimJudged(
            op_id="op-judge-2",
            person_id="li",
            case_id=story.case.case_id,
            status="untrue",
            evidence="公告",
        )
    )
    assert _approve(story) == "ok"


def test_what_only_says_that_something_is_being_checked_needs_no_clarification() -> None:
    story = _rumour(AUTHORITY)
    draft = a_draft(story.case.case_id, "您好，已收到，正在核实。", op="op-receipt")
    story.tell(draft.model_copy(update={"slot": "receipt"}))
    assert _approve(story, slot="receipt") == "ok"


def test_what_was_approved_before_it_was_a_rumour_comes_back_before_it_leaves() -> None:
    story = Story(COMPANY)
    story.tell(a_person("wang"))
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, "您好，我们正在核实。"), an_approval(case_id))
    story.tell(a_correction(story.case, Label.RUMOUR))
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].note == "held rumour-flow"
    assert story.has("effect") == 1, "the page alone"


def test_what_is_no_rumour_after_all_is_held_no_longer() -> None:
    story = _rumour(COMPANY)
    story.tell(a_correction(story.case, Label.QUESTION))
    assert story.case.flow.hold is None
    assert _page(story, "held").acknowledged_at is not None
    assert story.decided("hold.moved")[-1]["status"] == "over"
    assert _approve(story) == "ok"


def test_what_was_kept_silent_and_is_no_rumour_is_owed_an_answer_again() -> None:
    story = _rumour(COMPANY)
    _decide(story, "stay_silent")
    story.tell(a_correction(story.case, Label.QUESTION))
    assert {each.clock for each in story.case.clocks} == {"acknowledge", "first_reply"}


@pytest.mark.parametrize("name", ["company", "retail-mall"])
def test_a_stricter_policy_asks_again(name: str) -> None:
    story = _rumour(PACKS[name])
    _decide(story, "proceed")
    stricter = Switches.model_validate({**INSURER.switches.model_dump()})
    story.adopt(PACKS[name].model_copy(update={"name": "company", "switches": stricter}))
    assert _approve(story) in {"held", "confirm_first"}
    story.tell(a_comment("c2", "真的吗"), a_verdict("c2", Label.RUMOUR))
    assert (_held(story).policy, _held(story).status) == ("report_up", "open")


def test_a_page_nobody_of_the_post_can_get_goes_to_whoever_is_on_duty() -> None:
    story = _rumour(INSURER, "wang")
    assert _page(story, "held").person_id == "wang"
