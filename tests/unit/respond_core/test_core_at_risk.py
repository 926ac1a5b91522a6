"""Who may harm themselves is seen by a person at once, and no rule of a pack keeps anybody from it."""

import pytest

from services.respond.core.judging import judge
from shared.contracts.items import ItemKind
from shared.contracts.operators import PageAcknowledged
from shared.contracts.verdicts import Label, Reason, Verdict
from shared.policy.model import Pack
from tests.fakes.builders import a_claim, a_comment, a_draft, a_resolution, a_verdict, an_edit
from tests.fakes.core_story import Story

DEAF = Pack(name="company", case_labels=(), abstain_opens_case=False)
"""Rules by which nothing is ever a matter for people."""


def at_risk(story: Story, name: str, author: str = "") -> None:
    text = "今晚不想再撑下去了"
    item = a_comment(name, text, author=author or f"by-{name}", kind=ItemKind.COMMENT)
    story.tell(item, a_verdict(name, Label.SELF_HARM))


def test_a_person_is_told_at_once_and_not_when_a_clock_breaks() -> None:
    story = Story()
    at_risk(story, "c1")
    assert story.page.reasons == ("self_harm",)
    assert story.page.raised_at == story.state.now
    assert story.effect.body == "有人可能有轻生风险，请马上查看"
    assert "今晚" not in story.effect.body


def test_further_people_at_risk_are_one_call_until_it_is_taken() -> None:
    story = Story()
    at_risk(story, "c1")
    at_risk(story, "c2")
    assert (story.has("page"), story.page.count, len(story.page.case_ids)) == (1, 2, 2)
    story.tell(PageAcknowledged(op_id="a", person_id="li", page_id=story.page.page_id))
    at_risk(story, "c3")
    assert (story.page.acknowledged_at, story.page.count) == (None, 1)


def test_the_page_stands_until_everybody_in_it_is_looked_after() -> None:
    story = Story()
    at_risk(story, "c1")
    first = story.case.case_id
    at_risk(story, "c2")
    second = story.case.case_id
    story.tell(a_claim(first, op="o1"))
    assert story.page.acknowledged_at is None
    story.tell(a_claim(second, op="o2"))
    assert story.page.acknowledged_by == "li"


def test_who_begins_to_write_has_taken_the_case_as_if_they_had_claimed_it() -> None:
    story = Story()
    at_risk(story, "c1")
    case_id = story.case.case_id
    story.tell(a_draft(case_id, person="li"))
    assert (story.case.owner_id, story.page.acknowledged_by) == ("li", "li")
    assert [each["clock"] for each in story.decided("clock.met")] == ["acknowledge"]
    story.tell(a_draft(case_id, person="li", base=1, op="again"))
    assert len(story.decided("clock.met")) == 1


def test_a_case_that_is_closed_needs_nobody_any_more() -> None:
    story = Story()
    at_risk(story, "c1")
    story.tell(a_resolution(story.case.case_id, reason="已联系上本人"))
    assert story.page.acknowledged_at is not None


def test_a_further_word_in_the_same_case_calls_nobody_again_and_a_reopened_one_does() -> None:
    story = Story()
    at_risk(story, "c1", author="u1")
    at_risk(story, "c2", author="u1")
    assert (story.page.count, story.case.item_count) == (1, 2)
    story.tell(a_resolution(story.case.case_id, reason="已联系上本人"))
    at_risk(story, "c3", author="u1")
    assert story.page.acknowledged_at is None


def test_an_edit_that_shows_it_calls_somebody() -> None:
    story = Story()
    story.complain()
    assert story.has("page") == 0
    story.tell(an_edit("c1", "我不想活了"), a_verdict("c1", Label.SELF_HARM, version="v2"))
    assert story.page.reasons == ("self_harm",)


def test_no_rule_of_a_pack_keeps_people_from_it() -> None:
    story = Story(DEAF)
    at_risk(story, "c1")
    assert story.case.labels == (Label.SELF_HARM,)


def test_no_threshold_of_a_pack_raises_its_bar() -> None:
    strict = Pack(name="company", thresholds={Label.SELF_HARM: 999})
    verdict = Verdict.of({Label.SELF_HARM: 0.6}, decided=(Label.SELF_HARM,), model="m1")
    assert judge(verdict, strict).decided == (Label.SELF_HARM,)
    gentle = Pack(name="company", thresholds={Label.SELF_HARM: 100})
    trace = Verdict.of({Label.SELF_HARM: 0.2}, model="m1")
    assert judge(trace, gentle).decided == (Label.SELF_HARM,)


_LAW = Reason(
    label=Label.OTHER, start=0, end=2, source="lexicon", weight=1.0, rule="statutory_terror"
)

_DANGER = _LAW.model_copy(update={"rule": "hazard"})


@pytest.mark.parametrize(
    ("verdict", "opens"),
    [
        (Verdict.of({Label.SELF_HARM: 0.2}, model="m1", abstained=True), True),
        (Verdict.of({Label.SELF_HARM: 0.1}, model="m1", abstained=True), False),
        (Verdict.of({Label.ABUSE: 0.4}, model="m1", abstained=True, reasons=(_LAW,)), True),
        (Verdict.of({Label.OTHER: 0.9}, model="m1", abstained=True, reasons=(_DANGER,)), True),
        (Verdict.of({Label.ABUSE: 0.4}, model="m1", abstained=True), False),
        (Verdict.of({}, model="m1", abstained=True, degraded=("no_text",)), True),
    ],
)
def test_a_trace_of_it_and_what_the_law_asks_for_reach_people_whatever_the_rules(
    verdict: Verdict, *, opens: bool
) -> None:
    assert judge(verdict, DEAF).opens_case is opens


def test_the_short_way_of_calm_items_leads_to_people_too() -> None:
    story = Story(DEAF)
    for number, belief in enumerate((0.1, 0.2, 0.1)):
        name = f"c{number}"
        item = a_comment(name, author=f"by-{name}")
        verdict = a_verdict(name, Label.SELF_HARM, abstained=True, probability=belief)
        story.tell(item, verdict.model_copy(update={"held": ("",)}))
    assert [each["item_id"] for each in story.decided("case.opened")] == [a_comment("c1").item_id]
