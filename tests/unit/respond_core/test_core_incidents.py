"""Staff incidents: noticed or reported, graded by the rule, entered once, and decided by people only."""

import pytest

from services.respond.core.aggregates import KEEP, Incident
from services.respond.core.incident import IncidentRegister
from shared.contracts.incidents import IncidentJudged, IncidentReported
from shared.contracts.org import Role
from shared.contracts.posts import PostSeen
from shared.contracts.verdicts import Label
from shared.policy.articles import PolicyRule, Source
from shared.policy.incidents import IncidentRule, IncidentTable, Sanction
from shared.policy.model import Pack, Taboo
from tests.fakes.builders import (
    START,
    a_claim,
    a_person,
    a_resolution,
    a_tick,
    an_own_post,
)
from tests.fakes.core_story import Story

TABLE = IncidentTable(
    rules=(
        IncidentRule(
            id="late",
            title="投诉没人回复",
            grade=1,
            triggers=("first_reply_breached", "closed_unanswered"),
            labels=(Label.COMPLAINT,),
        ),
        IncidentRule(id="slow", title="受理太慢", grade=3, triggers=("acknowledge_breached",)),
        IncidentRule(
            id="around",
            title="绕开检查",
            grade=2,
            alternatives=(1,),
            triggers=("posted_around_gate",),
            categories=("mockery",),
        ),
        IncidentRule(id="told", title="说话不礼貌", grade=3),
    ),
    sanctions=(Sanction(grade=3, says="提醒"), Sanction(grade=2, says="警告")),
)
PACK = Pack(
    name="company",
    incidents=TABLE,
    taboos=(
        Taboo(category="mockery", level="block", reason="嘲讽", phrases=("有病吧",)),
        Taboo(category="slang", level="block", reason="俗语", phrases=("绝绝子",)),
    ),
)


def a_house(pack: Pack = PACK) -> Story:
    story = Story(pack)
    story.tell(a_person("chen", Role.OPERATOR), a_person("lin", Role.LEAD))
    return story


def entries(story: Story) -> list[Incident]:
    found = story.state.get(IncidentRegister.KEY, IncidentRegister) or IncidentRegister()
    known = (story.state.get(f"incident:{each}", Incident) for each in found.incident_ids)
    return [each for each in known if each is not None]


def report(story: Story, rule: str = "told", *, by: str = "chen", what: str = "顶撞顾客") -> str:
    op = f"report-{story.seq}"
    story.tell(
        IncidentReported(op_id=op, person_id=by, account_id="weibo-mall", rule=rule, what=what)
    )
    return story.outcome(op).code


def judge(
    story: Story,
    *,
    by: str = "lin",
    upheld: bool = True,
    grade: int = 0,
    sanction: str = "提醒",
    reason: str = "",
) -> str:
    op, entry = f"judge-{story.seq}", entries(story)[0]
    story.tell(
        IncidentJudged(
            op_id=op,
            person_id=by,
            incident_id=entry.incident_id,
            upheld=upheld,
            grade=grade or entry.rule.grade,
            sanction=sanction,
            reason=reason,
        )
    )
    return story.outcome(op).code


def test_a_broken_promise_is_proposed_by_the_grade_of_its_rule() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id, "chen"))
    story.tell(a_tick(), after=25 * 3600)
    [late] = entries(story)
    assert (late.rule.id, late.grade, late.sanction, late.trigger) == (
        "late",
        1,
        "",
        "first_reply_breached",
    )
    assert (late.case_id, late.person_id, late.about) == (case_id, "chen", "")
    [told] = story.decided("incident.proposed")
    assert (told["rule"], told["case_id"]) == ("late", case_id)


def test_a_clock_that_nobody_met_is_proposed_though_nobody_had_the_case() -> None:
    story = a_house()
    story.complain()
    story.tell(a_tick(), after=2 * 3600)
    assert [(each.rule.id, each.person_id, each.sanction) for each in entries(story)] == [
        ("slow", "", "提醒")
    ]


def test_the_same_breach_of_the_same_case_is_entered_once() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_tick(), after=25 * 3600)
    story.tell(a_resolution(case_id, reason="电话里说了"))
    assert [each.rule.id for each in entries(story)] == ["late", "slow"]


def test_closing_a_complaint_without_an_answer_is_proposed() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_resolution(case_id, reason="电话里说了"))
    assert [(each.trigger, each.person_id) for each in entries(story)] == [
        ("closed_unanswered", "li")
    ]
    other = a_house()
    question = other.complain(Label.QUESTION).case_id
    other.tell(a_resolution(question, reason="电话里说了"))
    assert entries(other) == []


def a_post(text: str, post: str = "p9") -> PostSeen:
    return PostSeen(
        platform="weibo", account_id="weibo-mall", post_id=post, text=text, published_at=START
    )


def test_what_was_published_around_the_gate_is_proposed_with_our_own_words() -> None:
    story = a_house()
    story.tell(an_own_post(), a_post("绝绝子", "p2"), a_post("你有病吧"), a_post("你有病吧"))
    [around] = entries(story)
    assert (around.rule.id, around.about, around.trigger) == (
        "around",
        "你有病吧",
        "posted_around_gate",
    )


def test_without_a_table_nothing_is_an_incident() -> None:
    story = a_house(PACK.model_copy(update={"incidents": IncidentTable()}))
    case_id = story.complain().case_id
    story.tell(a_post("你有病吧"), a_tick(), after=25 * 3600)
    story.tell(a_resolution(case_id, reason="电话里说了"))
    assert entries(story) == []
    assert report(story) == "not_found"


def test_a_person_reports_by_a_line_of_the_table() -> None:
    story = a_house()
    assert report(story, "no-such") == "not_found"
    assert report(story, what=" ") == "bad_text"
    assert report(story) == "ok"
    assert report(story) == "ok"
    assert [(each.trigger, each.reported_by) for each in entries(story)] == [
        ("reported", "chen"),
        ("reported", "chen"),
    ]


def test_every_rule_with_a_grade_is_a_line_and_its_grade_counts() -> None:
    rules = (
        PolicyRule(
            id="polite",
            title="礼貌",
            type="prohibition",
            by_people="x",
            grade=2,
            grade_alternatives=(1,),
            sources=(Source(rule="told"), Source(rule="other")),
        ),
        PolicyRule(id="plain", title="平实", type="limit", by_people="x"),
    )
    story = a_house(PACK.model_copy(update={"rules": rules}))
    assert report(story, "other") == "ok"
    assert report(story) == "ok"
    assert report(story, "plain") == "not_found"
    assert [(each.rule.title, each.grade) for each in entries(story)] == [
        ("说话不礼貌", 2),
        ("礼貌", 2),
    ]
    assert judge(story, grade=1) == "ok"


def test_a_person_decides_once_and_the_decision_stays() -> None:
    story = a_house()
    report(story)
    assert judge(story) == "ok"
    entry = entries(story)[0]
    assert (entry.status, entry.sanction, entry.decided_by) == ("upheld", "提醒", "lin")
    assert judge(story) == "already_decided"
    assert story.decided("incident.decided")[0]["upheld"] is True


def test_what_is_dismissed_has_no_sanction_and_a_reason() -> None:
    story = a_house()
    report(story)
    assert judge(story, upheld=False) == "needs_reason"
    assert judge(story, upheld=False, reason="顾客先动手") == "ok"
    entry = entries(story)[0]
    assert (entry.status, entry.sanction, entry.reason) == ("dismissed", "", "顾客先动手")


@pytest.mark.parametrize(
    ("grade", "sanction", "code"),
    [(3, "提醒", "grade_not_in_rule"), (2, " ", "needs_sanction"), (1, "提醒", "ok")],
)
def test_grade_and_sanction_fit_the_rule(grade: int, sanction: str, code: str) -> None:
    story = a_house()
    story.tell(a_post("你有病吧"))
    assert judge(story, grade=grade, sanction=sanction) == code


def test_nobody_decides_on_what_they_were_part_of() -> None:
    story = a_house()
    report(story, by="lin")
    assert judge(story, by="lin") == "two_person"
    case_id = story.complain().case_id
    story.tell(a_claim(case_id, "lin"))
    story.tell(a_tick(), after=25 * 3600)
    assert judge(story, by="lin") == "two_person"
    assert judge(story, by="li") == "ok"


def test_who_may_decide_is_in_the_table_and_what_is_gone_is_not_found() -> None:
    story = a_house()
    report(story)
    assert judge(story, by="chen") == "not_allowed"
    gone = IncidentJudged(
        op_id="gone", person_id="lin", incident_id="none", upheld=True, grade=1, sanction="x"
    )
    story.tell(gone)
    assert story.outcome("gone").code == "not_found"


def test_the_register_is_bounded() -> None:
    story = a_house()
    for _ in range(KEEP + 3):
        report(story)
    assert (len(entries(story)), story.has("incident")) == (KEEP, KEEP)
