"""What other on-call and service desks got wrong, each told once; docs/known-failures.md has the list."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.respond.core.aggregates import Effect
from services.respond.core.pages import at_hand
from shared.contracts.operators import OutgoingPaused, PageAcknowledged
from shared.contracts.org import Contact, Duty, RosterSet
from shared.policy.model import ClockRule, Pack
from tests.fakes.builders import START, a_roster, a_tick, an_end
from tests.fakes.core_story import Story

DAY = 24 * 3600


def promising(acknowledge: int, first_reply: int) -> Pack:
    rule = ClockRule(acknowledge_minutes=acknowledge, first_reply_minutes=first_reply)
    return Pack(name="company", clocks=(rule,))


def a_duty(person: str, start: datetime, end: datetime, *, reachable: bool = True) -> Duty:
    contacts = (Contact(channel="webhook", address_ref=person),) if reachable else ()
    return Duty(person_id=person, start=start, end=end, contacts=contacts)


def rings(story: Story) -> int:
    return sum(1 for each in story.state.under("effect") if isinstance(each, Effect))


def test_a_page_that_was_taken_never_rings_by_itself_again() -> None:
    story = Story(promising(1, 89 * 24 * 60))
    story.complain()
    story.tell(a_tick(), after=70)
    story.tell(an_end(story.effect.effect_id, "done"))
    story.tell(PageAcknowledged(op_id="a", person_id="li", page_id=story.page.page_id))
    for _ in range(60):
        story.tell(a_tick(), after=DAY)
    story.tell(a_roster("wang"))
    assert (rings(story), story.has("page")) == (1, 1)


def test_rules_that_come_later_break_no_promise_after_the_fact() -> None:
    story = Story(promising(60, 600))
    before = story.complain().clocks
    story.tell(a_tick(), after=1800)
    story.adopt(promising(1, 2))
    story.tell(a_tick(), after=60)
    assert story.case.clocks == before
    assert story.decided("clock.breached") == []


def test_a_pause_of_all_that_leaves_stops_no_clock() -> None:
    story = Story(promising(10, 20))
    story.complain()
    story.tell(OutgoingPaused(op_id="p", person_id="li", paused=True, reason="核实中"))
    story.tell(a_tick(), after=3600)
    told = [each["at"] for each in story.decided("clock.breached")]
    due = [each.due_at for each in story.case.clocks]
    assert told == [each.isoformat().replace("+00:00", "Z") for each in due]


def test_who_cannot_be_reached_is_passed_over_for_who_can() -> None:
    end = START + timedelta(days=1)
    mute, able = a_duty("mute", START, end, reachable=False), a_duty("wang", START, end)
    story = Story(promising(1, 600), duty=())
    story.tell(RosterSet(revision="r", duties=(mute, able)))
    story.complain()
    story.tell(a_tick(), after=70)
    shown = at_hand(story.organisation.duties, START + timedelta(hours=1))
    assert shown is not None
    assert story.page.person_id == shown.person_id == "wang"


def test_a_duty_begins_at_its_start_and_is_over_at_its_end() -> None:
    change, end = START + timedelta(hours=8), START + timedelta(hours=16)
    duties = (a_duty("li", START, change), a_duty("wang", change, end))
    second = timedelta(seconds=1)
    found = [at_hand(duties, each) for each in (START, change - second, change, end - second, end)]
    assert [each.person_id if each else "" for each in found] == ["li", "li", "wang", "wang", ""]
    assert at_hand(duties, START - second) is None


def test_a_night_in_which_the_clocks_change_has_no_gap_and_no_overlap() -> None:
    for day, hours in ((datetime(2026, 3, 28, 21), 11), (datetime(2026, 10, 24, 21), 13)):  # noqa: DTZ001
        begins = day.replace(tzinfo=ZoneInfo("Europe/Berlin"))
        ends = (day + timedelta(hours=12)).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        spelt = [
            Duty.model_validate_json(each.model_dump_json())
            for each in (
                a_duty("li", begins - timedelta(hours=12), begins),
                a_duty("wang", begins, ends),
                a_duty("zhao", ends, ends + timedelta(hours=12)),
            )
        ]
        assert spelt[1].end - spelt[1].start == timedelta(hours=hours)
        moment, seen = spelt[0].start, list[str]()
        while moment < spelt[2].end:
            able = [each.person_id for each in spelt if each.start <= moment < each.end]
            assert len(able) == 1
            seen += able
            moment += timedelta(minutes=30)
        assert seen.count("wang") == hours * 2


def test_whoever_takes_a_page_late_takes_it_even_when_it_went_on_to_somebody_else() -> None:
    end = START + timedelta(days=1)
    story = Story(promising(1, 600), duty=())
    duties = (a_duty("li", START, end), a_duty("wang", START, end))
    story.tell(RosterSet(revision="r", duties=duties))
    story.complain()
    story.tell(a_tick(), after=70)
    story.tell(an_end(story.effect.effect_id, "refused", reason="pager_refused 503"))
    assert story.page.person_id == "wang"
    story.tell(PageAcknowledged(op_id="a", person_id="li", page_id=story.page.page_id))
    assert story.outcome("a").accepted
    assert story.page.acknowledged_by == "li"
