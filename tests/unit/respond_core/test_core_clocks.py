"""Clocks and pages: promises break in their own time and somebody is told."""

from services.respond.core.state import Changes
from shared.contracts.operators import PageAcknowledged
from shared.contracts.system import FactQuarantined
from shared.contracts.verdicts import Label
from shared.policy.model import ClockRule, Pack, Paging
from tests.fakes.builders import (
    a_claim,
    a_comment,
    a_draft,
    a_leader,
    a_resolution,
    a_roster,
    a_tick,
    a_verdict,
    an_approval,
    an_end,
    at,
)
from tests.fakes.core_story import Story

FAST = Pack(name="company", clocks=(ClockRule(acknowledge_minutes=1, first_reply_minutes=2),))


def test_a_promise_breaks_at_its_own_time_however_late_it_is_noticed() -> None:
    story = Story(FAST)
    case = story.complain()
    due = case.clocks[0].due_at
    story.tell(a_claim(case.case_id), after=600)
    first = story.decided("clock.breached")[0]
    assert first["at"] == due.isoformat().replace("+00:00", "Z")
    met = story.decided("clock.met")[0]
    assert met["late"] is True
    assert story.organisation.breaches == 2
    assert story.case.queue_due() == case.clocks[1].due_at.timestamp()


def test_one_page_a_matter_counted_up_while_nobody_has_it() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=600)
    assert story.has("page") == 1
    assert story.page.count == 2
    assert story.page.reasons == ("acknowledge", "first_reply")
    assert story.effect.effect_kind == "page"
    assert story.effect.not_after is None
    story.tell(an_end(story.effect.effect_id, "done"))
    assert story.page.delivered_at is not None


def test_a_page_is_acknowledged_once_and_keeps_the_promise() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    page = story.page
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=page.page_id))
    story.tell(PageAcknowledged(op_id="a2", person_id="li", page_id=page.page_id))
    story.tell(PageAcknowledged(op_id="a3", person_id="li", page_id="none"))
    codes = [story.outcome(op).code for op in ("a1", "a2", "a3")]
    assert codes == ["ok", "already_acknowledged", "not_found"]
    assert story.page.acknowledged_by == "li"
    assert story.case.clocks[0].met_at is not None
    story.tell(a_tick(), after=600)
    assert story.has("page") == 2


def test_acknowledging_late_leaves_a_closed_case_alone() -> None:
    story = Story(FAST)
    case = story.complain()
    story.tell(a_tick(), after=70)
    story.tell(a_resolution(case.case_id, reason="重复"))
    before = story.case
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=story.page.page_id))
    assert story.case == before


def test_a_page_about_a_case_that_is_gone_is_acknowledged_all_the_same() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    page = story.page.model_copy(update={"case_ids": (*story.page.case_ids, "gone")})
    story.state.apply(Changes({page.key: page}), at(story.seconds))
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=page.page_id))
    assert story.outcome("a1").accepted
    assert story.case.clocks[0].met_at is not None


def test_with_nobody_on_duty_the_page_waits_visibly_and_goes_out_late() -> None:
    story = Story(FAST, duty=())
    story.complain()
    story.tell(a_tick(), after=70)
    assert story.page.failed == "nobody_on_duty"
    assert story.has("effect") == 0
    story.tell(a_roster())
    assert story.has("effect") == 0
    story.tell(a_roster("wang"))
    assert (story.page.person_id, story.page.late) == ("wang", True)
    assert story.effect.target == "log-wang"


def test_a_duty_without_a_way_to_reach_the_person_reaches_nobody() -> None:
    story = Story(FAST)
    roster = a_roster("li")
    mute = roster.duties[0].model_copy(update={"contacts": ()})
    story.tell(roster.model_copy(update={"duties": (mute,)}))
    story.complain()
    story.tell(a_tick(), after=70)
    assert story.page.failed == "nobody_on_duty"


def test_a_pager_that_refuses_is_remembered() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    story.tell(an_end(story.effect.effect_id, "refused", reason="no route"))
    assert story.page.failed == "no route"


def test_a_pack_may_page_for_some_breaches_only() -> None:
    quiet = FAST.model_copy(update={"paging": Paging(on_breach=())})
    story = Story(quiet)
    story.complain()
    story.tell(a_tick(), after=600)
    assert story.organisation.breaches == 2
    assert story.has("page") == 0


def test_a_page_that_was_retired_takes_no_more_news() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    assert story.state.now is not None
    story.state.apply(Changes({story.page.key: None}), story.state.now)
    story.tell(an_end(story.effect.effect_id, "done"))
    assert story.has("page") == 0


def test_a_roster_moves_only_pages_that_reached_nobody() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    before = story.page
    story.tell(a_roster("wang"))
    assert story.page == before


def test_a_rebuild_does_not_repeat_what_somebody_already_has() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    page = story.page
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=page.page_id))
    story.tell(a_leader(rebuilt_to=story.seq))
    assert story.page.page_id == page.page_id
    assert story.page.failed == "coalesced"


def test_a_page_names_the_promise_that_was_broken() -> None:
    story = Story(FAST.model_copy(update={"paging": Paging(on_breach=("first_reply",))}))
    story.complain()
    story.tell(a_tick(), after=600)
    assert story.page.reasons == ("first_reply",)


def test_the_case_remembers_what_was_late_and_who_was_told_and_took_it() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=story.page.page_id))
    told = [(each.what, each.person_id, each.detail) for each in story.case.history[1:]]
    assert told == [
        ("breached", None, "acknowledge"),
        ("paged", "li", ""),
        ("acknowledged", "li", ""),
    ]


def test_poison_wakes_somebody_once_until_it_is_taken() -> None:
    story = Story()
    for seq in (1, 2):
        story.tell(FactQuarantined(seq=seq, where="decode", error="x"))
    assert (story.has("page"), story.page.count, story.page.case_ids) == (1, 2, ())
    assert story.effect.body == "有数据处理不了，已隔离"
    taken = story.page.page_id
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=taken))
    story.tell(FactQuarantined(seq=3, where="respond", error="x"))
    assert (story.has("page"), story.page.count) == (1, 1)
    assert story.page.page_id != taken


def test_poison_with_nobody_on_duty_goes_out_once_there_is_a_roster() -> None:
    story = Story(FAST, duty=())
    story.complain()
    story.tell(a_tick(), after=70)
    story.tell(FactQuarantined(seq=1, where="decode", error="x"))
    assert story.page.failed == "nobody_on_duty"
    story.tell(a_roster("wang"))
    assert {each.key for each in story.state.under("effect")} != set()
    assert (story.page.person_id, story.page.late, story.page.case_ids) == ("wang", True, ())


def test_a_rebuild_tells_of_poison_and_breaches_in_one_page() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_tick(), after=70)
    story.tell(FactQuarantined(seq=1, where="decode", error="x"))
    story.tell(a_leader(rebuilt_to=story.seq))
    assert (story.has("page"), story.page.late) == (1, True)
    assert story.page.reasons == ("acknowledge", "quarantined")


def test_a_page_comes_down_when_what_it_told_of_was_done() -> None:
    story = Story(FAST)
    case_id = story.complain().case_id
    story.tell(a_tick(), after=600)
    story.tell(a_claim(case_id))
    assert story.page.acknowledged_at is None
    story.tell(a_draft(case_id), an_approval(case_id), a_tick(), after=20)
    story.tell(an_end(story.effect.effect_id))
    assert story.page.acknowledged_by == "li"


def test_closing_a_case_takes_its_page_down_unless_it_tells_of_another() -> None:
    story = Story(FAST)
    story.complain()
    story.tell(a_comment("c2", author="u2"), a_verdict("c2", Label.COMPLAINT))
    story.tell(a_tick(), after=600)
    story.tell(a_leader(rebuilt_to=story.seq))
    first, second = story.page.case_ids
    story.tell(a_resolution(first, reason="重复", op="r1"))
    assert story.page.acknowledged_at is None
    story.tell(a_resolution(second, reason="重复", op="r2"))
    assert story.page.acknowledged_by == "li"
