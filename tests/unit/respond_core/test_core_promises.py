"""What a reply promises: confirmed, a clock once it is sent, reminded of, kept, broken, given up."""

from datetime import timedelta

from shared.contracts.operators import CaseReleased, PromiseSettled
from shared.contracts.org import Role
from shared.policy.incidents import IncidentRule, IncidentTable
from shared.policy.model import Paging
from tests.fakes.builders import (
    a_draft,
    a_person,
    a_resolution,
    a_tick,
    an_end,
)
from tests.fakes.core_story import BARE, Story
from tests.fakes.promise_story import (
    DEED,
    DUE,
    HOUR,
    TEXT,
    WORDS,
    approval,
    clock,
    say,
    sent,
    settled,
    steps,
    until,
)


def test_a_promise_nobody_confirmed_is_not_approved_and_is_named() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(
        a_draft(case_id, TEXT), approval(case_id, op="1"), approval(case_id, "别的", op="2")
    )
    story.tell(approval(case_id, WORDS, op="3"))
    refused, other, granted = (story.outcome(each) for each in "123")
    assert (refused.code, other.code, granted.code) == (
        "promise_unconfirmed",
        "promise_unconfirmed",
        "ok",
    )
    assert refused.detail["what"] == f"“{WORDS}” (05-01 15:00)"


def test_a_sent_promise_opens_a_clock_of_its_own() -> None:
    story = sent()
    found = clock(story)
    assert (found.due_at, found.text, found.confirmed_by) == (DUE, WORDS, "li")
    assert found.remind_at == DUE - timedelta(minutes=30)
    assert steps(story) == ["open"]
    assert story.case.queue_due() == DUE.timestamp()
    assert all(each.met_at for each in story.case.clocks)


def test_nothing_runs_while_a_text_has_not_left() -> None:
    story = Story()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, TEXT), approval(case_id, WORDS))
    story.tell(a_tick(), after=16)
    assert story.case.promises == ()
    story.tell(an_end(story.effect.effect_id, "refused"))
    assert story.case.promises == ()


def test_it_is_reminded_of_then_broken_in_its_own_time_and_somebody_is_told() -> None:
    story = sent()
    until(story, DUE - timedelta(minutes=29))
    assert clock(story).status == "reminded"
    assert story.has("page") == 0, "who has the case sees it"
    until(story, DUE + timedelta(hours=3))
    broken = story.decided("promise.moved")[-1]
    assert (broken["status"], broken["at"]) == ("broken", "2026-05-01T07:00:00Z")
    assert [each["clock"] for each in story.decided("clock.breached")] == ["promise"]
    assert story.page.reasons == ("promise",)
    assert story.organisation.breaches == 1


def test_a_reminder_reaches_whoever_is_on_duty_when_nobody_has_the_case() -> None:
    story = sent()
    story.tell(CaseReleased(op_id="r", person_id="li", case_id=story.case.case_id))
    until(story, DUE - timedelta(minutes=1))
    assert list(story.page.reasons) == ["promise_soon"]
    until(story, DUE)
    assert story.page.reasons == ("promise_soon", "promise")


def test_a_pack_may_leave_broken_promises_to_the_queue() -> None:
    story = sent(pack=BARE.model_copy(update={"paging": Paging(on_breach=("acknowledge",))}))
    until(story, DUE)
    assert clock(story).status == "broken"
    assert story.has("page") == 0


def test_a_person_records_it_as_kept_once() -> None:
    story = sent()
    assert [settled(story, op="1"), settled(story, op="2")] == ["ok", "promise_settled"]
    assert (clock(story).status, clock(story).settled_by) == ("kept", "li")
    until(story, DUE + timedelta(hours=1))
    assert steps(story) == ["open", "kept"]


def test_what_was_kept_late_was_broken_all_the_same_and_takes_its_page_down() -> None:
    story = sent()
    until(story, DUE)
    assert settled(story) == "ok"
    assert story.page.acknowledged_by == "li"
    assert story.decided("clock.met")[-1]["late"] is True
    assert steps(story) == ["open", "reminded", "broken", "kept"]


def test_a_further_word_keeps_what_was_to_be_said() -> None:
    story = sent()
    say(story, "核实好了，是系统延迟，给您添麻烦了。", slot="update", name="more")
    assert clock(story).status == "kept"


def test_a_further_word_is_no_deed_but_a_last_one_says_that_all_is_done() -> None:
    story = sent(DEED, "三个工作日内退款到账")
    say(story, "还在办理，请您耐心等待。", slot="update", name="more")
    say(story, "已经收到您的来信。", slot="receipt", name="receipt")
    assert clock(story).status == "open"
    say(story, "款已退回，请查收。", slot="closing", name="last")
    assert clock(story).status == "kept"


def test_giving_up_needs_a_reason_and_somebody_who_may() -> None:
    story = sent()
    story.tell(a_person("wang", Role.OPERATOR))
    codes = [
        settled(story, kept=False, reason="换人办", person="wang", op="1"),
        settled(story, kept=False, op="2"),
        settled(story, kept=False, reason="顾客撤回了要求", op="3"),
    ]
    assert codes == ["not_allowed", "needs_reason", "ok"]
    assert clock(story).reason == "顾客撤回了要求"
    assert story.decided("clock.met")[-1]["clock"] != "promise"


def test_a_promise_of_another_case_is_not_found() -> None:
    story = sent()
    case_id = story.case.case_id
    story.tell(
        PromiseSettled(op_id="1", person_id="li", case_id=case_id, promise_id="none", kept=True)
    )
    assert story.outcome("1").code == "not_found"


def test_a_case_is_not_closed_while_a_promise_is_owed() -> None:
    story = sent()
    story.tell(a_resolution(story.case.case_id, op="1"))
    assert story.outcome("1").code == "promise_owed"
    assert WORDS in story.outcome("1").detail["what"]
    settled(story)
    story.tell(a_resolution(story.case.case_id, op="2"))
    assert story.outcome("2").code == "ok"


def test_a_page_stays_while_what_was_promised_is_still_owed() -> None:
    story = sent("您好，两小时内退款到账。", "两小时内退款到账")
    story.tell(a_tick(), after=2 * HOUR)
    assert story.page.reasons == ("promise",)
    say(story, "还在办理，请您耐心等待。", slot="update", name="more")
    assert story.page.acknowledged_at is None
    settled(story)
    assert story.page.acknowledged_by == "li"


def test_the_table_of_incidents_may_name_a_promise_that_was_not_kept() -> None:
    rule = IncidentRule(id="H-9", title="承诺没有兑现", grade=2, triggers=("promise_breached",))
    story = sent(pack=BARE.model_copy(update={"incidents": IncidentTable(rules=(rule,))}))
    until(story, DUE)
    [proposed] = story.decided("incident.proposed")
    assert (proposed["rule"], proposed["trigger"]) == ("H-9", "promise_breached")
