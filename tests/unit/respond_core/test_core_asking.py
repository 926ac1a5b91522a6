"""Questions inside the house: asked with a time, brought to mind, late to a person, answered by name."""

from services.respond.core.aggregates import Page
from services.respond.core.flow import ASKS_KEPT, Ask
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.switches import Route, Switches
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import (
    a_comment,
    a_draft,
    a_person,
    a_resolution,
    a_tick,
    a_verdict,
    an_approval,
)
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction
from tests.fakes.flows import a_question, an_information, of_department

PACKS = read_packs(default_policies_dir())
OPINION = Pack(
    name="company",
    switches=Switches(
        routes=(
            Route(label="complaint", queue="业务司局", reply_opinion_from="业务司局"),
            Route(label="question", queue="宣教办", reply_opinion_from="宣教办"),
            Route(label="praise", queue="宣教办"),
        )
    ),
)


def _story(pack: Pack | None = None, *duty: str) -> Story:
    story = Story(pack, duty=duty or ("li",))
    story.tell(a_person("wang", Role.OPERATOR), of_department("chen", "三号柜台"))
    story.complain()
    return story


def _asked(story: Story, **more: object) -> Ask:
    story.tell(a_question(story.case.case_id, **more))  # type: ignore[arg-type]
    return story.case.flow.asks[-1]


def _statuses(story: Story) -> list[object]:
    return [each["status"] for each in story.decided("ask.moved")]


def _pages(story: Story, reason: str) -> list[Page]:
    pages = [each for each in story.state.under("page") if isinstance(each, Page)]
    return [each for each in pages if each.reasons == (reason,)]


def _code(story: Story, op: str) -> str:
    return story.outcome(op).code


def _correct(story: Story, label: Label, op: str) -> None:
    story.tell(a_correction(story.case, label, op=op))


def test_a_question_has_the_time_of_the_pack_and_is_answered_by_name() -> None:
    story = _story()
    asked = _asked(story)
    assert (asked.due_at - asked.asked_at).total_seconds() == 120 * 60
    assert (asked.of, asked.asked_by) == ("三号柜台", "li")
    story.tell(an_information(story.case.case_id, asked.ask_id, person="chen"))
    [answered] = story.case.flow.asks
    assert (answered.answer, answered.answered_by) == ("当时系统故障。", "chen")
    assert not story.case.flow.open_asks
    assert _statuses(story) == ["asked", "answered"]
    story.tell(a_tick(), after=3 * 3600)
    assert _statuses(story) == ["asked", "answered"]


def test_at_half_its_time_it_is_brought_to_mind_and_who_is_on_duty_is_paged() -> None:
    story = _story(None, "li", "chen")
    _asked(story, minutes=60)
    story.tell(a_tick(), after=30 * 60)
    assert _statuses(story) == ["asked", "reminded"]
    [page] = _pages(story, "remind")
    assert page.person_id == "chen"


def test_who_is_asked_is_told_at_once_if_on_duty_and_many_questions_are_one_page() -> None:
    story = _story(None, "li", "chen")
    first = _asked(story, op="op-1")
    second = _asked(story, op="op-2")
    [page] = _pages(story, "asked")
    assert (page.person_id, page.count) == ("chen", 2)
    story.tell(an_information(story.case.case_id, first.ask_id, op="op-3"))
    assert _pages(story, "asked")[0].acknowledged_at is None
    story.tell(an_information(story.case.case_id, second.ask_id, person="chen", op="op-4"))
    assert _pages(story, "asked")[0].acknowledged_by == "chen"


def test_a_page_of_late_questions_stays_until_the_last_is_answered() -> None:
    story = _story()
    first = _asked(story, minutes=60, op="op-1")
    second = _asked(story, minutes=60, op="op-2")
    story.tell(a_tick(), after=7200)
    story.tell(an_information(story.case.case_id, first.ask_id, op="op-3"))
    assert _pages(story, "unanswered")[0].acknowledged_at is None
    story.tell(an_information(story.case.case_id, second.ask_id, op="op-4"))
    assert _pages(story, "unanswered")[0].acknowledged_by == "li"


def test_nobody_is_woken_by_a_reminder_that_is_not_for_them() -> None:
    story = _story()
    _asked(story, minutes=60)
    story.tell(a_tick(), after=30 * 60)
    assert _statuses(story) == ["asked", "reminded"]
    assert _pages(story, "remind") == []


def test_one_colleague_can_be_asked_by_name() -> None:
    story = _story(None, "li", "wang")
    asked = _asked(story, of="", of_person="wang", minutes=60)
    assert (asked.of, asked.of_person) == ("wang", "wang")
    story.tell(a_tick(), after=30 * 60)
    assert _pages(story, "remind")[0].person_id == "wang"


def test_what_nobody_answers_in_time_goes_to_a_person_in_its_own_time() -> None:
    story = _story()
    asked = _asked(story, minutes=60)
    story.tell(a_tick(), after=7200)
    assert _statuses(story) == ["asked", "reminded", "late"]
    [late] = [each for each in story.decided("ask.moved") if each["status"] == "late"]
    assert late["at"] == asked.due_at.isoformat().replace("+00:00", "Z")
    assert _pages(story, "unanswered")[0].person_id == "li"
    story.tell(an_information(story.case.case_id, asked.ask_id))
    assert _pages(story, "unanswered")[0].acknowledged_by == "li"


def test_what_cannot_be_asked_is_refused_with_the_reason() -> None:
    story = _story()
    case_id = story.case.case_id
    for op, more, said in (
        ("a", {"of": " "}, "bad_text"),
        ("b", {"question": ""}, "bad_text"),
        ("c", {"minutes": 0}, "bad_time"),
        ("d", {"of_person": "nobody"}, "not_found"),
    ):
        story.tell(a_question(case_id, op=op, **more))
        assert _code(story, op) == said
    asked = _asked(story)
    for op, ask_id, text, said in (
        ("e", "other", "有", "not_found"),
        ("f", asked.ask_id, " ", "bad_text"),
        ("g", asked.ask_id, "有", "ok"),
        ("h", asked.ask_id, "有", "already_answered"),
    ):
        story.tell(an_information(case_id, ask_id, text, op=op))
        assert _code(story, op) == said


def test_questions_are_bounded_and_no_open_one_is_forgotten() -> None:
    story = _story()
    for number in range(ASKS_KEPT + 1):
        story.tell(a_question(story.case.case_id, op=f"op-{number}"))
    assert _code(story, f"op-{ASKS_KEPT}") == "too_many"
    first = story.case.flow.asks[0]
    story.tell(an_information(story.case.case_id, first.ask_id))
    _asked(story, op="op-next")
    assert len(story.case.flow.asks) == ASKS_KEPT
    assert first.ask_id not in {each.ask_id for each in story.case.flow.asks}


def test_a_closed_case_asks_nobody_any_more() -> None:
    story = _story(None, "li", "chen")
    _asked(story, minutes=60)
    story.tell(a_resolution(story.case.case_id, reason="电话说过了"))
    assert _pages(story, "asked")[0].acknowledged_by == "li"
    story.tell(a_tick(), after=7200)
    assert _statuses(story) == ["asked"]
    assert not story.case.flow.open_asks


def test_the_department_that_proposes_the_words_is_asked_when_the_case_comes() -> None:
    story = _story(OPINION)
    story.tell(of_department("ju", "业务司局", role=Role.OPERATOR))
    [asked] = story.case.flow.asks
    assert (asked.kind, asked.of, asked.asked_by) == ("opinion", "业务司局", "")
    case_id = story.case.case_id
    story.tell(a_draft(case_id), an_approval(case_id, op="too-soon"))
    refused = story.outcome("too-soon")
    assert (refused.code, refused.detail) == ("opinion_missing", {"what": "业务司局"})
    story.tell(an_information(case_id, asked.ask_id, "您好，已下架。", op="other"))
    assert _code(story, "other") == "wrong_post"
    story.tell(an_information(case_id, asked.ask_id, "您好，蛋糕已下架。", person="ju"))
    assert story.shown().suggestions[0].source == "opinion"
    assert story.shown().suggestions[0].cites == "业务司局"
    story.tell(an_approval(case_id, op="in-time"))
    assert _code(story, "in-time") == "ok"


def test_where_nobody_speaks_for_the_department_a_colleague_proposes_its_words() -> None:
    story = _story(OPINION)
    [asked] = story.case.flow.asks
    story.tell(an_information(story.case.case_id, asked.ask_id, "您好，蛋糕已下架。"))
    assert _code(story, "op-told") == "ok"


def test_a_receipt_waits_for_nobodys_opinion() -> None:
    story = _story(OPINION)
    case_id = story.case.case_id
    draft = a_draft(case_id).model_copy(update={"slot": "receipt"})
    story.tell(draft, an_approval(case_id).model_copy(update={"slot": "receipt"}))
    assert _code(story, "op-approve") == "ok"


def test_a_case_that_goes_elsewhere_asks_there_and_no_longer_here() -> None:
    story = _story(OPINION)
    _correct(story, Label.QUESTION, "op-1")
    here, there = story.case.flow.asks
    assert (here.over, there.over, there.of) == (True, False, "宣教办")
    _correct(story, Label.PRAISE, "op-2")
    assert not story.case.flow.open_asks
    _correct(story, Label.COMPLAINT, "op-3")
    assert [each.of for each in story.case.flow.open_asks] == ["业务司局"]
    assert _statuses(story) == ["asked", "over", "asked", "over", "asked"]


def test_a_case_that_is_opened_again_asks_again_unless_the_words_are_there() -> None:
    story = _story(OPINION)
    story.tell(a_resolution(story.case.case_id, reason="电话说过了"))
    assert not story.case.flow.open_asks
    story.tell(a_comment("c2", "还是没人管"), a_verdict("c2", Label.COMPLAINT))
    assert [each.of for each in story.case.flow.open_asks] == ["业务司局"]


def test_a_holding_reply_names_what_is_checked_and_by_whom() -> None:
    story = _story(PACKS["company"])
    assert not any("三号柜台" in each.text for each in story.shown().suggestions)
    _asked(story)
    named = [each for each in story.shown().suggestions if "三号柜台" in each.text]
    assert named
    assert any(story.shown().matter and story.shown().matter in each.text for each in named)


def test_a_department_whose_name_may_not_be_said_is_not_named_in_public() -> None:
    story = _story(PACKS["company"])
    _asked(story, of="概不负责办公室")
    assert not any("概不负责" in each.text for each in story.shown().suggestions)
