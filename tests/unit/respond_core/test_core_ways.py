"""Whom a page reaches when the first way does not: the next contact, the next duty, and again later."""

from datetime import timedelta

from services.respond.core.aggregates import Effect
from services.respond.core.pages import RING_AGAIN, SILENT, TAKEN, other_ways
from shared.contracts.operators import PageAcknowledged
from shared.contracts.org import Contact, Duty, RosterSet
from shared.contracts.verdicts import Label
from shared.policy.model import ClockRule, Pack
from tests.fakes.builders import START, a_comment, a_roster, a_tick, a_verdict, an_end, at
from tests.fakes.core_story import Story

FAST = Pack(name="company", clocks=(ClockRule(acknowledge_minutes=1, first_reply_minutes=600),))
NIGHT = timedelta(hours=5)


def contacts(person: str, *channels: str) -> tuple[Contact, ...]:
    return tuple(Contact(channel=each, address_ref=f"{each}-{person}") for each in channels)


def at_risk(story: Story, name: str) -> None:
    story.tell(
        a_comment(name, "今晚不想再撑下去了", author=name), a_verdict(name, Label.SELF_HARM)
    )


def a_duty(person: str, *channels: str, begins: timedelta = timedelta(hours=-1)) -> Duty:
    return Duty(
        person_id=person,
        start=START + begins,
        end=START + timedelta(days=30),
        contacts=contacts(person, *channels),
    )


def late_case(*duties: Duty) -> Story:
    story = Story(FAST, duty=())
    story.tell(RosterSet(revision="r1", duties=duties))
    story.complain()
    story.tell(a_tick(), after=70)
    return story


def effects(story: Story) -> list[Effect]:
    found = (each for each in story.state.under("effect") if isinstance(each, Effect))
    return sorted(found, key=lambda each: each.decided_seq)


def refuse(story: Story, reason: str = "pager_refused 401") -> None:
    story.tell(an_end(effects(story)[-1].effect_id, "refused", reason=reason))


def test_a_contact_that_refuses_does_not_keep_the_others_from_being_told() -> None:
    story = late_case(a_duty("li", "webhook", "console_log"), a_duty("wang", "webhook"))
    told = [story.page.address_ref]
    for _ in range(2):
        refuse(story)
        told.append(story.page.address_ref)
    assert told == ["webhook-li", "console_log-li", "webhook-wang"]
    assert [each["person_id"] for each in story.decided("page.raised")] == ["li", "li", "wang"]
    assert (story.page.failed, story.page.count, story.has("page")) == ("", 1, 1)
    assert {each.body for each in effects(story)} == {"受理超时"}
    refuse(story, SILENT)
    assert (story.page.failed, len(effects(story))) == (SILENT, 3), "each way once"
    story.tell(a_roster("zhao"))
    assert (story.page.person_id, story.page.late, story.page.tried) == ("zhao", True, ())


def test_what_somebody_has_taken_is_passed_to_nobody() -> None:
    story = late_case(a_duty("li", "webhook"), a_duty("wang", "webhook"))
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=story.page.page_id))
    refuse(story)
    assert len(effects(story)) == 1
    assert story.page.again_at is None
    story.tell(an_end(story.effect.effect_id, "returned", reason=TAKEN))
    assert story.page.failed == "pager_refused 401"


def test_an_attempt_that_ended_because_somebody_has_it_is_no_failure() -> None:
    story = late_case(a_duty("li", "webhook"))
    story.tell(PageAcknowledged(op_id="a1", person_id="li", page_id=story.page.page_id))
    story.tell(an_end(story.effect.effect_id, "returned", reason=TAKEN))
    assert story.page.failed == ""


def test_a_gap_in_the_roster_ends_with_the_next_duty_not_with_the_next_roster() -> None:
    story = late_case(a_duty("wang", "webhook", begins=NIGHT))
    assert (story.page.failed, story.page.again_at) == ("nobody_on_duty", START + NIGHT)
    story.tell(a_tick(), after=6 * 3600)
    assert (story.page.person_id, story.page.late) == ("wang", True)
    assert story.effect.decided_at == START + NIGHT
    assert story.page.again_at is None


def test_a_new_roster_that_again_has_nobody_now_moves_the_time_of_the_next_try() -> None:
    story = late_case()
    assert story.page.again_at is None
    later = (a_duty("wang", "webhook", begins=NIGHT), a_duty("mute", begins=timedelta(hours=2)))
    story.tell(RosterSet(revision="r2", duties=later))
    assert story.page.again_at == START + NIGHT
    story.tell(RosterSet(revision="r3", duties=()))
    assert story.page.again_at is None


def test_a_duty_that_begins_and_ends_at_once_leaves_the_page_waiting_for_the_one_after() -> None:
    short = a_duty("wang", "webhook", begins=NIGHT).model_copy(update={"end": START + NIGHT})
    story = late_case(short, a_duty("zhao", "webhook", begins=2 * NIGHT))
    story.tell(a_tick(), after=6 * 3600)
    assert story.page.again_at == START + 2 * NIGHT
    story.tell(a_tick(), after=6 * 3600)
    assert story.page.person_id == "zhao"


def test_another_person_at_risk_is_not_swallowed_by_a_page_that_was_slept_through() -> None:
    story = Story()
    at_risk(story, "c1")
    at_risk(story, "c2")
    assert (story.page.count, len(effects(story))) == (2, 1)
    story.tell(a_tick(), after=RING_AGAIN.total_seconds())
    rung = []
    for name in ("c3", "c4"):
        at_risk(story, name)
        rung.append([each.body for each in effects(story)].count("有人可能有轻生风险，请马上查看"))
    assert rung == [2, 2], "once in a quarter of an hour"
    refuse(story)
    story.tell(a_tick(), after=RING_AGAIN.total_seconds())
    at_risk(story, "c5")
    assert [each.body for each in effects(story)].count("有人可能有轻生风险，请马上查看") == 2


def test_another_way_is_one_of_somebody_on_duty_that_was_not_tried() -> None:
    two = (a_duty("li", "webhook", "console_log"), a_duty("later", "webhook", begins=NIGHT))
    page = late_case(*two).page
    assert other_ways(two, page, at(0))
    tried = page.model_copy(update={"tried": ("li console_log console_log-li",)})
    assert not other_ways(two, tried, at(0))
    assert other_ways(two, tried, START + NIGHT)
