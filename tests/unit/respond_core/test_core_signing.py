"""Whoever approves next is told, and somebody else if they sleep while an answer is owed."""

from services.respond.core.aggregates import Page, Person
from services.respond.core.signing import mine
from services.respond.core.unsigned import Signatures, Unsigned
from shared.contracts.operators import ReplyDrafted, ReplyReturned, ReplySubmitted
from shared.contracts.org import PersonRegistered, Role
from shared.contracts.verdicts import Label
from shared.policy.model import ClockRule, Pack
from shared.policy.switches import Route, Switches
from tests.fakes.builders import (
    a_draft,
    a_person,
    a_resolution,
    a_start,
    a_submission,
    a_tick,
    an_approval,
    an_end,
    at,
)
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction
from tests.fakes.flows import of_department

CHAIN = ("部门负责人", "保密员")
RULES = Pack(
    name="company",
    clocks=(ClockRule(acknowledge_minutes=60, first_reply_minutes=60),),
    switches=Switches(
        routes=(Route(label="complaint", queue="客服", second_person=True),),
        approval_chain=CHAIN,
    ),
)
BOUND = RULES.model_copy(
    update={"switches": RULES.switches.model_copy(update={"chain_binds": "replies"})}
)
WANG, ZHAO = of_department("wang", "部门负责人"), of_department("zhao", "保密员")


def _house(*people: PersonRegistered, duty: tuple[str, ...], pack: Pack = RULES) -> Story:
    """Tell of a case whose answer is owed within the hour, and a reply that li handed in."""
    story = Story(pack, duty=duty)
    story.tell(*people)
    case_id = story.complain().case_id
    story.tell(a_draft(case_id), a_submission(case_id))
    return story


def _update(case_id: str) -> tuple[ReplyDrafted, ReplySubmitted]:
    """Return a further text of the same case, written and handed in."""
    slot = {"slot": "update"}
    written = a_draft(case_id, "您好，正在核实。", op="draft-2").model_copy(update=slot)
    return written, a_submission(case_id, op="submit-2").model_copy(update=slot)


def _waits(story: Story) -> tuple[Unsigned, ...]:
    return (story.state.get(Signatures.KEY, Signatures) or Signatures()).waits


def _pages(story: Story) -> list[tuple[str, tuple[str, ...]]]:
    found = (each for each in story.state.under("page") if isinstance(each, Page))
    return [(each.person_id, each.reasons) for each in found if each.acknowledged_at is None]


def _mine(story: Story, person_id: str) -> list[str]:
    people = [each for each in story.state.under("person") if isinstance(each, Person)]
    me = next(each for each in people if each.registered.person_id == person_id)
    return [each.post for each in mine(_waits(story), me, people)]


def test_the_next_of_the_chain_is_told_once_it_is_their_turn() -> None:
    story = _house(WANG, ZHAO, duty=("li", "wang", "zhao"))
    assert _pages(story) == [("wang", ("sign",))]
    story.tell(an_approval(story.case.case_id, person="wang", op="first"))
    assert _pages(story) == [("zhao", ("sign",))]
    story.tell(an_approval(story.case.case_id, person="zhao", op="second"))
    assert _pages(story) == []
    assert _waits(story) == ()


def test_nobody_is_woken_for_it_who_is_not_on_duty_but_they_find_it_in_their_list() -> None:
    story = _house(WANG, ZHAO, duty=("li",))
    assert _pages(story) == []
    assert (_mine(story, "wang"), _mine(story, "zhao"), _mine(story, "li")) == (
        ["部门负责人"],
        [],
        [],
    )


def test_once_half_of_the_time_is_over_whoever_leads_on_duty_must_know() -> None:
    lead = a_person("chen", Role.LEAD)
    writer = a_person("li", Role.OPERATOR)
    story = _house(writer, WANG, ZHAO, lead, duty=("li", "chen"))
    handed_in = story.seconds
    [waits] = _waits(story)
    due = next(due_at for due_at, what in story.case.owed() if what == "first_reply")
    assert waits.late_at == at(handed_in) + (due - at(handed_in)) // 2
    story.tell(a_tick(), after=(waits.late_at - at(handed_in)).total_seconds() - 1)
    assert _pages(story) == []
    story.tell(a_tick(), after=2)
    assert _pages(story) == [("chen", ("unsigned",))]
    assert [each.late_at for each in _waits(story)] == [None]
    story.tell(an_approval(story.case.case_id, person="wang", op="first"))
    assert ("chen", ("unsigned",)) not in _pages(story)


def test_without_a_lead_on_duty_whoever_is_on_duty_is_told() -> None:
    story = _house(WANG, ZHAO, duty=("li",))
    story.tell(a_tick(), after=1_800)
    assert _pages(story) == [("li", ("unsigned",))]


def test_what_is_late_already_is_told_at_once() -> None:
    story = Story(RULES)
    story.tell(WANG, ZHAO)
    case_id = story.complain().case_id
    story.tell(a_tick(), after=4_000)
    story.tell(a_draft(case_id), a_submission(case_id))
    assert ("li", ("unsigned",)) in _pages(story)
    assert [each.late_at for each in _waits(story)] == [None]


def test_where_anybody_may_approve_nobody_is_singled_out() -> None:
    plain = RULES.model_copy(update={"switches": Switches()})
    story = _house(a_person("wang"), a_person("zhao"), duty=("li", "wang"), pack=plain)
    assert _pages(story) == []
    assert (_mine(story, "wang"), _mine(story, "zhao"), _mine(story, "li")) == (
        ["anybody"],
        ["anybody"],
        ["anybody"],
    )
    story.tell(a_tick(), after=1_800)
    assert _pages(story) == [("li", ("unsigned",))]


def test_a_second_person_is_somebody_else_and_may_approve() -> None:
    marked = RULES.switches.model_copy(update={"approval_chain": ()})
    pack = RULES.model_copy(update={"switches": marked})
    viewer = a_person("xu", Role.VIEWER)
    story = _house(a_person("wang"), viewer, duty=("li",), pack=pack)
    assert (_mine(story, "wang"), _mine(story, "li"), _mine(story, "xu")) == (["another"], [], [])


def test_a_post_nobody_holds_is_in_everybodys_list_but_the_writers() -> None:
    story = _house(a_person("wang"), duty=("li",))
    assert (_mine(story, "wang"), _mine(story, "li")) == (["部门负责人"], [])
    story.tell(an_approval(story.case.case_id, person="wang", op="first"))
    assert _mine(story, "wang") == []


def test_who_holds_the_post_and_wrote_it_is_not_told() -> None:
    writer = of_department("li", "部门负责人")
    story = _house(writer, WANG, ZHAO, duty=("li", "wang"))
    assert _pages(story) == [("wang", ("sign",))]


def test_a_text_that_comes_back_waits_for_nobody() -> None:
    story = _house(WANG, ZHAO, duty=("li", "wang"))
    story.tell(
        ReplyReturned(
            op_id="back", person_id="wang", case_id=story.case.case_id, revision=1, reason="太长"
        )
    )
    assert (_pages(story), _waits(story)) == ([], ())


def test_a_case_that_is_closed_waits_for_nobody() -> None:
    story = _house(WANG, ZHAO, duty=("li", "wang"))
    story.tell(a_resolution(story.case.case_id, reason="电话说过了"))
    assert (_pages(story), _waits(story)) == ([], ())


def test_a_label_that_asks_for_more_asks_somebody() -> None:
    routes = (Route(label="fraud", queue="宣传部", second_person=True),)
    pack = RULES.model_copy(update={"switches": Switches(routes=routes)})
    story = _house(a_person("wang"), duty=("li",), pack=pack)
    story.tell(an_approval(story.case.case_id, person="li", send=False, op="own"))
    assert _waits(story) == ()
    story.tell(a_correction(story.case, Label.FRAUD))
    assert [each.post for each in _waits(story)] == ["another"]


def test_two_texts_of_a_case_for_one_post_are_one_page_until_both_are_signed() -> None:
    story = _house(WANG, ZHAO, duty=("li", "wang"), pack=BOUND)
    case_id = story.case.case_id
    story.tell(*_update(case_id))
    assert _pages(story) == [("wang", ("sign",))]
    story.tell(an_approval(case_id, person="wang", op="first"))
    assert _pages(story) == [("wang", ("sign",))]


def test_where_nothing_is_owed_it_only_stands_in_the_list() -> None:
    story = _house(WANG, ZHAO, duty=("li", "wang"), pack=BOUND)
    case_id = story.case.case_id
    for person in ("wang", "zhao"):
        story.tell(an_approval(case_id, person=person, op=f"by-{person}"))
    story.tell(a_tick(), after=16)
    effect_id = story.effect.effect_id
    story.tell(a_start(effect_id), an_end(effect_id))
    assert story.case.owed() == []
    story.tell(*_update(case_id))
    assert [each.late_at for each in _waits(story)] == [None]
    assert _pages(story) == []
