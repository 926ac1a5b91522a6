"""Texts that broke a rule all the same: sent by hand against a hold, or found wrong afterwards."""

from services.respond.core.aggregates import Incident
from services.respond.core.incident import IncidentRegister
from services.respond.core.state import Changes
from shared.contracts.org import Role
from shared.contracts.posts import PostSeen
from shared.contracts.verdicts import Label
from shared.policy.articles import PolicyRule, Source
from shared.policy.gate.section import Family, GateRules
from shared.policy.incidents import IncidentRule, IncidentTable, Sanction
from shared.policy.model import Pack, Taboo
from tests.fakes.builders import (
    START,
    a_claim,
    a_draft,
    a_person,
    a_submission,
    a_tick,
    an_approval,
    an_end,
)
from tests.fakes.core_story import Story
from tests.fakes.corrections import a_correction

RUDE = PolicyRule(
    id="no-rude-words",
    title="不讲礼貌",
    type="prohibition",
    by_people="x",
    grade=2,
    sources=(Source(rule="T3-02"),),
)
PACK = Pack(
    name="company",
    rules=(RUDE,),
    taboos=(
        Taboo(
            category="mockery", level="hold", reason="嘲讽", rules=("T3-02",), phrases=("有病吧",)
        ),
        Taboo(category="slang", level="block", reason="俗语", phrases=("绝绝子",)),
    ),
)
HELD = "您有病吧,自己看说明。"


def a_house(pack: Pack = PACK) -> Story:
    story = Story(pack)
    story.tell(a_person("chen", Role.OPERATOR), a_person("lin", Role.LEAD))
    return story


def entries(story: Story) -> list[Incident]:
    found = story.state.get(IncidentRegister.KEY, IncidentRegister) or IncidentRegister()
    known = (story.state.get(f"incident:{each}", Incident) for each in found.incident_ids)
    return [each for each in known if each is not None]


def a_post(text: str, post: str = "p9") -> PostSeen:
    return PostSeen(
        platform="weibo", account_id="weibo-mall", post_id=post, text=text, published_at=START
    )


def held(story: Story, text: str = HELD) -> str:
    case_id = story.complain().case_id
    story.tell(a_draft(case_id, text, person="chen"))
    return case_id


def test_a_held_text_that_is_sent_by_hand_names_who_wrote_it_and_the_rule() -> None:
    story = a_house()
    case_id = held(story)
    story.tell(a_post(HELD))
    [entry] = entries(story)
    assert (entry.rule.id, entry.grade, entry.trigger) == ("T3-02", 2, "sent_against_hold")
    assert (entry.person_id, entry.case_id, entry.about) == ("chen", case_id, HELD)
    assert entry.evidence == ("post:weibo-mall:p9",)
    assert story.decided("incident.proposed")[0]["trigger"] == "sent_against_hold"


def test_the_name_a_platform_puts_in_front_hides_nothing() -> None:
    story = a_house()
    held(story)
    story.tell(a_post(f"回复@顾客u1:{HELD}"))
    assert [each.trigger for each in entries(story)] == ["sent_against_hold"]


def test_a_rule_without_a_grade_is_proposed_as_the_least() -> None:
    story = a_house()
    held(story, "绝绝子")
    story.tell(a_post("绝绝子"))
    [entry] = entries(story)
    assert (entry.rule.id, entry.rule.title, entry.grade) == ("slang", "俗语", 3)


def test_lines_of_the_table_that_mean_it_come_first() -> None:
    lines = (
        IncidentRule(id="all", title="顶着发", grade=2, triggers=("sent_against_hold",)),
        IncidentRule(
            id="other",
            title="别的",
            grade=1,
            triggers=("sent_against_hold",),
            categories=("denial",),
        ),
        IncidentRule(
            id="mocked",
            title="嘲讽投诉人",
            grade=1,
            triggers=("sent_against_hold",),
            labels=(Label.COMPLAINT,),
            categories=("mockery",),
        ),
        IncidentRule(
            id="asked",
            title="嘲讽提问",
            grade=1,
            triggers=("sent_against_hold",),
            labels=(Label.QUESTION,),
        ),
    )
    table = IncidentTable(rules=lines, sanctions=(Sanction(grade=2, says="警告"),))
    story = a_house(PACK.model_copy(update={"incidents": table}))
    held(story)
    story.tell(a_post(HELD))
    assert sorted(each.rule.id for each in entries(story)) == ["T3-02", "all", "mocked"]


def test_other_words_and_texts_that_passed_are_none() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_draft(case_id), a_post("今天有新品", "p1"))
    assert story.has("held") == 0
    held(story)
    story.tell(a_post("今天有新品", "p2"))
    assert entries(story) == []


def test_what_somebody_with_the_right_approves_is_held_no_more() -> None:
    story = a_house()
    case_id = held(story)
    story.adopt(PACK.model_copy(update={"version": "2", "taboos": ()}))
    story.tell(a_submission(case_id), an_approval(case_id, person="lin"))
    assert story.has("held") == 0
    story.tell(a_post(HELD))
    assert entries(story) == []


def test_a_held_text_is_forgotten_after_a_week() -> None:
    story = a_house()
    held(story)
    story.tell(a_tick(), after=8 * 24 * 3600)
    assert story.has("held") == 0


def test_a_held_text_of_a_case_that_is_gone_still_counts() -> None:
    story = a_house()
    held(story)
    story.state.apply(Changes({story.case.key: None}), story.state.now or START)
    story.tell(a_post(HELD))
    assert [each.rule.id for each in entries(story)] == ["T3-02"]


JOLLY = Family(level="hold", reason="太轻佻", only_in=("complaint",), wordings=("哈哈哈",))
LIGHT = Pack(name="company", gate=GateRules(families={"jolly": JOLLY}))
LAUGH = "哈哈哈,我们马上看看。"


def answered(story: Story, text: str) -> str:
    case_id = story.complain(Label.QUESTION).case_id
    story.tell(
        a_claim(case_id, "chen"),
        a_draft(case_id, text, person="chen"),
        a_submission(case_id),
        an_approval(case_id, person="lin"),
    )
    story.tell(a_tick(), after=60)
    story.tell(an_end(story.effect.effect_id))
    return case_id


def correct(story: Story, label: Label) -> None:
    story.tell(a_correction(story.case, label, op=f"fix-{story.seq}", person="chen"))


def test_a_reply_that_was_wrong_for_what_the_case_turns_out_to_be_is_proposed() -> None:
    story = a_house(LIGHT)
    case_id = answered(story, LAUGH)
    correct(story, Label.COMPLAINT)
    [entry] = entries(story)
    assert (entry.rule.id, entry.rule.title, entry.trigger) == (
        "jolly",
        "太轻佻",
        "reply_broke_rule",
    )
    assert (entry.person_id, entry.case_id, entry.about) == ("lin", case_id, LAUGH)
    assert entry.evidence == (f"said:answer:{story.case.items[0].item_id}", "native:r1")


def test_a_reply_that_is_right_for_it_too_is_none() -> None:
    story = a_house(LIGHT)
    answered(story, "您好,我们马上看看。")
    correct(story, Label.COMPLAINT)
    correct(story, Label.COMPLAINT)
    assert entries(story) == []
