"""What the gate is told in the live house: each check that looks beyond the text fires there."""

import pytest

from services.respond.core.aggregates import Case, Voiced
from services.respond.core.around import NOTHING_AROUND, Beside, around, surrounding
from services.respond.core.checking import check_text
from services.respond.core.voiced import KEEP_VOICED
from shared.contracts.items import ItemKind
from shared.contracts.operators import ClaimJudged, ClaimOpened, ClaimStatus
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.gate.findings import GateFinding
from shared.policy.gate.section import Crisis, Fatigue
from shared.policy.model import Pack
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from tests.fakes.builders import (
    a_comment,
    a_draft,
    a_person,
    a_submission,
    a_tick,
    a_verdict,
    an_account,
    an_approval,
    an_end,
    an_own_post,
    at,
)
from tests.fakes.core_story import Story
from tests.unit.respond_core.test_core_clusters import a_signed, flood

SHIPPED = read_pack(default_policies_dir(), "company")
CAKE = "你们二楼的蛋糕发霉了还在卖,食品安全谁来管,大家都别去了"
SORRY = "您好，很抱歉让您遇到这样的事，门店的负责人会尽快与您联系。"


def rules(**changes: object) -> Pack:
    return SHIPPED.model_copy(update={"gate": SHIPPED.gate.model_copy(update=changes)})


LOW = Crisis(severity=10, people=3, causes={"food_safety": "preventable"})
"""So that three people make a crisis of the story."""


def cases(story: Story) -> list[Case]:
    found = [each for each in story.state.under("case") if isinstance(each, Case)]
    return sorted(found, key=lambda each: each.number)


def complain(story: Story, name: str, text: str = "空调太热了没人管", *labels: Label) -> Case:
    """Let one more person complain; return the case."""
    verdict = a_verdict(name, *(labels or (Label.COMPLAINT,)))
    story.tell(a_comment(name, text, author=name), verdict)
    return cases(story)[-1]


def say(story: Story, case: Case, text: str) -> str:
    """Answer a case and let it leave; return what became of the approval."""
    op = f"say-{case.number}"
    story.tell(a_draft(case.case_id, text, op=f"draft-{case.number}"))
    story.tell(an_approval(case.case_id, op=op))
    story.tell(a_tick(), after=16)
    if story.outcome(op).accepted:
        story.tell(an_end(story.effect.effect_id))
    return story.outcome(op).code


def found(story: Story, case: Case, text: str) -> list[GateFinding]:
    """Return what the gate says of a draft, as the case keeps it."""
    story.tell(a_draft(case.case_id, text, op=f"found-{story.seq}"))
    [reply] = next(each for each in cases(story) if each.case_id == case.case_id).replies
    return list(reply.findings)


def levels(findings: list[GateFinding], category: str) -> list[str]:
    return [each.level for each in findings if each.category == category]


def test_the_same_words_to_many_are_warned_of_and_then_held() -> None:
    story = Story(rules(fatigue=Fatigue(warn_after=2, hold_after=3)))
    codes = [say(story, complain(story, f"u{number}"), SORRY) for number in range(5)]
    assert codes == ["ok", "ok", "ok", "gate_failed", "gate_failed"]
    third = cases(story)[2].replies[0].findings
    assert levels(list(third), "copy_paste") == ["warn"]


def test_what_left_while_this_text_waited_counts_too() -> None:
    story = Story(rules(fatigue=Fatigue(warn_after=1, hold_after=1)))
    first, second = complain(story, "u1"), complain(story, "u2")
    for case in (first, second):
        story.tell(a_draft(case.case_id, SORRY, op=f"d-{case.number}"))
        story.tell(an_approval(case.case_id, op=f"a-{case.number}"), after=10)
    story.tell(a_tick(), after=6)
    story.tell(an_end(story.effect.effect_id))
    story.tell(a_tick(), after=16)
    assert [each.replies[0].status for each in cases(story)] == ["sent", "returned"]
    assert cases(story)[1].replies[0].note == "gate_failed"


def test_after_a_day_nobody_remembers_and_the_newest_fifty_are_kept() -> None:
    story = Story(rules(fatigue=Fatigue(warn_after=1, hold_after=1)))
    assert say(story, complain(story, "u1"), SORRY) == "ok"
    again = complain(story, "u2")
    story.tell(a_tick(), after=24 * 3600)
    assert say(story, again, SORRY) == "ok"
    [voiced] = [each for each in story.state.under("voiced") if isinstance(each, Voiced)]
    for _ in range(KEEP_VOICED):
        voiced = voiced.with_newest(voiced.said[0])
    assert len(voiced.said) == KEEP_VOICED


def test_another_number_than_somebody_else_of_the_same_matter_was_told_is_held() -> None:
    story = Story(SHIPPED)
    flood(story, 2, text=CAKE)
    first, second = cases(story)
    assert say(story, first, "门店今天一共下架了12盒同批次蛋糕。") == "ok"
    assert levels(found(story, second, "门店今天一共下架了30盒同批次蛋糕。"), "contradiction") == [
        "hold"
    ]
    other = complain(story, "u9")
    assert levels(found(story, other, "门店今天一共下架了30盒同批次蛋糕。"), "contradiction") == []


def test_our_own_post_is_what_we_said_before() -> None:
    story = Story(SHIPPED)
    post = an_own_post().model_copy(update={"text": "商场今晚营业到22点，欢迎您来。"})
    story.tell(post)
    case = complain(story, "u1")
    assert levels(found(story, case, "商场今晚营业到20点。"), "contradiction") == ["hold"]


def test_who_speaks_by_another_account_s_name_is_held() -> None:
    story = Story(SHIPPED)
    story.tell(an_account("weibo-hotel").model_copy(update={"name": "锦绣清城酒店"}))
    case = complain(story, "u1")
    text = "您好，这里是锦绣清城酒店客服，我们正在核实。"
    assert levels(found(story, case, text), "wrong_account") == ["hold"]


def test_a_crisis_is_seen_and_what_does_not_fit_its_cause_is_hinted_at() -> None:
    story = Story(rules(crisis=LOW))
    flood(story, 3, text=CAKE)
    case = cases(story)[-1]
    text = "这次是供应商的原因，我们已经下架这批蛋糕。"
    said = found(story, case, text)
    assert levels(said, "strategy") == ["warn"]
    about = around(story.state, case, at(story.seconds))
    hedged = check_text(case, rules(crisis=LOW), "大概是供应商送错了。", about)
    assert hedged.level == "block", "in a crisis every uncertain word counts"


def test_a_crisis_of_a_cause_no_rule_names_says_so() -> None:
    pack = rules(crisis=LOW.model_copy(update={"causes": {}}))
    story = Story(pack)
    flood(story, 3, text=CAKE)
    case = cases(story)[-1]
    about = around(story.state, case, at(story.seconds))
    unknown = check_text(case, pack, SORRY, about).unknown
    assert [(each.check, each.needs) for each in unknown] == [("strategy", "cluster")]


def test_somebody_at_risk_is_answered_as_such_in_a_crisis_too() -> None:
    story = Story(rules(crisis=LOW))
    for number in range(3):
        item = a_comment(f"f{number}", CAKE, author=f"flood{number}")
        for fact in a_signed(item, Label.SELF_HARM):
            story.tell(fact)
    case = story.case
    about = around(story.state, case, at(story.seconds))
    assert about.people == 3
    assert check_text(case, rules(crisis=LOW), SORRY, about).unknown == ()


@pytest.mark.parametrize(("status", "hints"), [("untrue", True), ("checking", False)])
def test_what_was_looked_into_and_is_not_so_makes_us_a_victim(
    status: ClaimStatus,
    hints: bool,  # noqa: FBT001  a case
) -> None:
    story = Story(SHIPPED)
    case = complain(story, "u1", "听说你们用过期面粉", Label.RUMOUR)
    story.tell(
        ClaimOpened(op_id="1", person_id="li", case_id=case.case_id, matter="过期面粉"),
        ClaimJudged(
            op_id="2", person_id="li", case_id=case.case_id, status=status, evidence="查过了"
        ),
    )
    text = "我们已核实原料的批次，会送您代金券。"
    assert levels(found(story, cases(story)[-1], text), "strategy") == ["warn"] * hints


def test_a_private_message_may_be_longer_than_a_comment() -> None:
    long = "您反映的情况我们已经记下，" * 12
    limits = []
    for kind in (ItemKind.COMMENT, ItemKind.MESSAGE):
        story = Story(SHIPPED)
        story.tell(a_comment("m1", kind=kind), a_verdict("m1", Label.COMPLAINT, kind=kind.value))
        case = story.case
        about = around(story.state, case, at(story.seconds))
        limits.append(check_text(case, SHIPPED, long, about).limit)
    assert limits == [140.0, 300.0]


def test_an_article_of_the_pack_speaks_of_an_answer_in_public_and_in_private() -> None:
    for kind in (ItemKind.COMMENT, ItemKind.MESSAGE):
        story = Story(SHIPPED)
        story.tell(a_comment("m1", kind=kind), a_verdict("m1", Label.COMPLAINT, kind=kind.value))
        case = story.case
        about = around(story.state, case, at(story.seconds))
        said = check_text(case, SHIPPED, "给您算命改运，保您顺利。", about).findings
        assert "prohibited-ethnic-or-cult" in {each.category for each in said}, kind


def test_a_text_only_a_lead_may_approve_can_be_handed_to_one() -> None:
    story = Story(SHIPPED)
    story.tell(a_person("wang", Role.OPERATOR))
    case = complain(story, "u1")
    text = "非常抱歉，这件事是我们的责任，我们会赔偿您的损失。"
    story.tell(a_draft(case.case_id, text, person="wang"))
    submission = a_submission(case.case_id).model_copy(update={"person_id": "wang"})
    story.tell(submission, an_approval(case.case_id))
    assert story.outcome("op-submit").code == "ok"
    assert story.outcome("op-approve").code == "ok"


def test_without_anything_around_the_checks_say_that_they_could_not_look() -> None:
    case = Story(SHIPPED).complain()
    unknown = {each.check for each in check_text(case, SHIPPED, SORRY, NOTHING_AROUND).unknown}
    assert unknown == {"contradiction", "copy_paste"}


def test_the_order_in_which_accounts_were_read_means_nothing() -> None:
    story = Story(SHIPPED)
    case = story.complain()
    story.tell(*(an_account(f"a{n}").model_copy(update={"name": f"店{n}"}) for n in (3, 1, 2)))
    assert around(story.state, case, at(0)).others == ("店1", "店2", "店3")
    bare = case.model_copy(update={"items": ()})
    assert around(story.state, bare, at(0)).earlier == ()
    assert surrounding(case, Beside(), at(0)).account == ""
