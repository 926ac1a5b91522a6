"""Return visits: owed after the answer, reminded of, asked for at closing, and able to open a case again."""

from datetime import timedelta

from services.respond.core.dues import KEEP_VISITS, VisitReminder
from services.respond.core.state import Changes
from shared.contracts.operators import CaseReopened, LabelsCorrected, ReplyDrafted
from shared.contracts.verdicts import Label
from shared.policy.switches import ReturnVisits, Switches
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import (
    START,
    a_comment,
    a_deletion,
    a_draft,
    a_submission,
    a_tick,
    a_verdict,
    an_approval,
    an_end,
    at,
)
from tests.fakes.visited_story import (
    DAY,
    HOUR,
    PACK,
    ROUTES,
    STEPS,
    a_house,
    answer,
    answered,
    close,
    owed,
    visit,
)


def test_a_case_of_that_route_is_not_closed_without_a_visit_and_the_rule_is_named() -> None:
    story = a_house()
    answered(story)
    assert close(story) == "needs_return_visit"
    outcome = story.outcome(f"close-{story.seq - 1}")
    assert outcome.detail == {"rules": "complaint-steps, H-4"}
    assert outcome.reason.startswith("投诉要受理、答复、回访: record the return visit")
    assert story.case.status == "claimed"
    assert visit(story, note="说已解决") == "ok"
    assert close(story) == "ok"
    [made] = story.case.dues.visits
    assert (made.person_id, made.how, made.outcome, made.note) == (
        "chen",
        "phone",
        "satisfied",
        "说已解决",
    )
    assert [each.what for each in story.case.history if each.what.startswith("visit")] == [
        "visit_satisfied"
    ]


def test_the_shipped_hotel_asks_for_visits_by_its_own_rule() -> None:
    story = a_house(read_pack(default_policies_dir(), "hotel"))
    answered(story)
    assert close(story) == "needs_return_visit"
    told = story.outcome(f"close-{story.seq - 1}").detail
    assert told == {"rules": "hotel.complaint-steps, HOTEL-4-3"}
    story.tell(a_tick(), after=4 * DAY)
    late = [each for each in story.decided("incident.proposed") if each["rule"] == "HOTEL-4-3"]
    assert [(each["trigger"], each["grade"]) for each in late] == [("return_visit_breached", 3)]


def test_without_a_rule_the_route_itself_is_named() -> None:
    other = STEPS.model_copy(
        update={"params": {"labels": ["complaint"], "steps": ["accepted", "outcome"]}}
    )
    for pack in (
        PACK.model_copy(update={"rules": ()}),
        PACK.model_copy(update={"rules": (other,)}),
    ):
        story = a_house(pack)
        answered(story)
        assert close(story) == "needs_return_visit"
        assert story.outcome(f"close-{story.seq - 1}").detail == {"rules": "switches.routes"}


def test_other_routes_owe_no_visit() -> None:
    story = a_house()
    answered(story, Label.QUESTION)
    assert owed(story) is None
    assert close(story) == "ok"


def test_the_clock_starts_with_the_answer_and_a_visit_meets_it() -> None:
    story = a_house()
    story.complain()
    assert owed(story) is None
    answer(story, story.case.case_id)
    clock = owed(story)
    assert clock is not None
    assert clock.due_at - clock.started_at == timedelta(days=3)
    assert story.case.queue_due() == clock.due_at.timestamp()
    assert visit(story) == "ok"
    assert [each["clock"] for each in story.decided("clock.met")][-1] == "return_visit"
    assert story.has("visit") == 0


def test_whoever_is_on_duty_is_reminded_a_day_before_and_told_when_it_is_late() -> None:
    story = a_house()
    answered(story)
    story.tell(a_tick(), after=2 * DAY)
    assert list(story.page.reasons) == ["return_visit_soon"]
    assert story.decided("page.raised")[-1]["reason"] == "回访快到期了"
    story.tell(a_tick(), after=DAY)
    assert list(story.page.reasons) == ["return_visit_soon", "return_visit"]
    assert story.page.count == 2
    assert story.decided("clock.breached")[-1]["clock"] == "return_visit"
    assert [each["trigger"] for each in story.decided("incident.proposed")] == [
        "return_visit_breached"
    ]
    visit(story)
    assert story.page.acknowledged_by == "chen"
    assert story.decided("clock.met")[-1]["late"] is True


def test_a_visit_in_time_is_not_reminded_of() -> None:
    story = a_house()
    answered(story)
    visit(story)
    story.tell(a_tick(), after=5 * DAY)
    assert story.has("page") == 0


def test_no_reminder_where_the_time_is_shorter_than_its_notice() -> None:
    short = ReturnVisits(within_minutes=60, remind_minutes=60)
    story = a_house(
        PACK.model_copy(update={"switches": Switches(routes=ROUTES, return_visits=short)})
    )
    answered(story)
    assert story.has("visit") == 0
    story.tell(a_tick(), after=2 * HOUR)
    assert story.page.reasons == ("return_visit",)


def test_who_is_no_complainant_after_all_is_owed_no_visit() -> None:
    story = a_house()
    case_id = answered(story)
    story.tell(
        LabelsCorrected(
            op_id="fix",
            person_id="chen",
            case_id=case_id,
            item_id=story.case.items[0].item_id,
            item_version="v1",
            labels=(Label.QUESTION,),
        )
    )
    assert owed(story) is None
    assert story.has("visit") == 0
    assert close(story) == "ok"


def test_a_corrected_label_that_asks_for_a_visit_starts_its_clock() -> None:
    story = a_house()
    case_id = answered(story, Label.QUESTION)
    fix = LabelsCorrected(
        op_id="fix",
        person_id="chen",
        case_id=case_id,
        item_id=story.case.items[0].item_id,
        item_version="v1",
        labels=(Label.COMPLAINT,),
    )
    story.tell(fix, fix.model_copy(update={"op_id": "again"}))
    assert owed(story) is not None
    assert close(story) == "needs_return_visit"


def test_nobody_reached_counts_as_a_try_and_enough_of_them_are_enough() -> None:
    story = a_house()
    answered(story)
    assert visit(story, "not_reached") == "ok"
    assert close(story) == "needs_return_visit"
    assert visit(story, "not_reached") == "ok"
    clock = owed(story)
    assert clock is not None
    assert clock.met_at is not None
    assert close(story) == "ok"


def test_who_is_not_satisfied_has_the_case_open_again_with_a_fresh_promise() -> None:
    story = a_house()
    case_id = answered(story)
    assert visit(story, "unsatisfied", note="还没修") == "ok"
    case = story.case
    assert (case.status, case.owner_id, case.reopened) == ("open", None, 1)
    assert [each.clock for each in case.clocks if each.met_at is None] == [
        "acknowledge",
        "first_reply",
    ]
    assert story.has("visit") == 0
    assert close(story) == "needs_reason"
    assert close(story, reason="当面说过") == "needs_return_visit"
    story.tell(
        ReplyDrafted(
            op_id="again",
            person_id="li",
            case_id=case_id,
            slot="correction",
            base_revision=0,
            text="已经修好了,请您查看。",
        )
    )
    assert visit(story) == "ok"
    assert close(story) == "ok"
    assert {each["clock"] for each in story.decided("clock.met")} >= {"first_reply"}


def test_a_closed_case_is_opened_by_who_is_not_satisfied_after_all() -> None:
    story = a_house()
    answered(story)
    visit(story)
    close(story)
    assert visit(story) == "ok"
    assert story.case.status == "resolved"
    assert visit(story, "unsatisfied") == "ok"
    assert (story.case.status, story.case.reopened) == ("open", 1)


def test_opened_again_by_hand_a_case_owes_a_visit_anew() -> None:
    story = a_house()
    case_id = answered(story)
    visit(story)
    close(story)
    story.tell(CaseReopened(op_id="re", person_id="li", case_id=case_id, reason="又坏了"))
    assert close(story, reason="电话里说了") == "needs_return_visit"


def test_a_visit_follows_the_answer_and_lies_in_its_time() -> None:
    story = a_house()
    case_id = story.complain().case_id
    assert visit(story) == "not_answered"
    answer(story, case_id)
    assert visit(story, when=START - timedelta(days=1)) == "bad_time"
    assert visit(story, when=at(story.seconds + HOUR)) == "bad_time"
    assert visit(story, note="长" * 2001) == "bad_text"
    assert visit(story, case_id="none") == "not_found"
    assert visit(story, when=at(story.seconds - 1)) == "ok"
    assert story.case.dues.visits[0].visited_at == at(story.seconds - 2)


def test_where_there_is_nothing_left_to_answer_a_visit_alone_closes_it() -> None:
    story = a_house()
    story.complain()
    story.tell(a_deletion())
    assert close(story, reason="已删除") == "needs_return_visit"
    assert visit(story, "not_reached") == "ok"
    assert visit(story) == "ok"
    assert close(story) == "ok"


def test_a_second_answer_does_not_start_a_second_clock() -> None:
    story = a_house()
    case_id = answered(story)
    first = owed(story)
    story.tell(a_comment("c2"), a_verdict("c2", Label.COMPLAINT))
    assert story.case.case_id == case_id
    story.tell(
        a_draft(case_id, base=1, op="d2"),
        a_submission(case_id, revision=2, op="s2"),
        an_approval(case_id, revision=2, op="a2"),
    )
    story.tell(a_tick(), after=60)
    story.tell(an_end(story.effect.effect_id))
    assert owed(story) == first


def test_visits_are_bounded() -> None:
    story = a_house()
    answered(story)
    for _ in range(KEEP_VISITS + 3):
        visit(story)
    assert len(story.case.dues.visits) == KEEP_VISITS


def test_a_reminder_that_outlives_its_case_is_let_go() -> None:
    story = a_house()
    reminder = VisitReminder(case_id="gone", remind_at=at(HOUR))
    story.state.apply(Changes({reminder.key: reminder}), at(story.seconds))
    story.tell(a_tick(), after=2 * HOUR)
    assert (story.has("visit"), story.has("page")) == (0, 0)
