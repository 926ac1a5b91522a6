"""Texts that would fail by other rules: listed beforehand, back with their owners afterwards."""

from services.respond.core.aggregates import AutoReceipt
from services.respond.core.knowledge import Book
from services.respond.core.receipt import Wording
from services.respond.core.stale import (
    stale_entries,
    stale_receipts,
    stale_templates,
    stale_texts,
)
from shared.contracts.operators import ReplyReturned
from shared.policy.model import Channel, Pack, Taboo
from shared.policy.suggesting import ReplyTemplate
from tests.fakes.builders import (
    a_claim,
    a_draft,
    a_resolution,
    a_submission,
    a_tick,
    an_account,
    an_approval,
    at,
)
from tests.fakes.rules_story import STRICT, a_house, approve, propose


def a_template(name: str, text: str, *channels: str) -> ReplyTemplate:
    return ReplyTemplate(id=name, text=text, approved_by="x", channels=channels)


def test_before_a_change_the_texts_that_would_fail_are_listed_with_their_reasons() -> None:
    story = a_house()
    case = story.complain()
    story.tell(a_claim(case.case_id), a_draft(case.case_id))
    [found] = stale_texts([story.case], STRICT)
    assert (found.number, found.slot, found.status, found.author_id) == (
        1,
        "answer",
        "drafted",
        "li",
    )
    assert [each.reason for each in found.findings] == ["拖延"]
    assert list(stale_texts([story.case, case], Pack(name="company"))) == []


def test_what_has_left_is_no_text_that_could_still_fail() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id), an_approval(case_id))
    story.tell(a_tick(), after=16)
    assert story.case.replies[0].status == "leaving"
    assert list(stale_texts([story.case], STRICT)) == []
    propose(story)
    approve(story)
    assert story.case.replies[0].status == "leaving"


def test_wordings_are_checked_as_they_are_offered_on_every_channel() -> None:
    rules = Pack(
        name="company",
        organisation="大商场",
        channels={"weibo": Channel(limit_units=10), "wechat": Channel(limit_units=680)},
        taboos=(Taboo(category="own", level="block", reason="自称", phrases=("大商场",)),),
        templates=(
            a_template("short", "您好。"),
            a_template("named", "您好，{{ organisation }}。"),
            a_template("long", "您好，您说的情况我们收到了。"),
            a_template("letter", "您好，您说的情况我们收到了。", "wechat"),
        ),
    )
    assert [each.name for each in stale_templates(rules)] == ["named", "long"]
    assert list(stale_templates(Pack(name="x", templates=(a_template("short", "您好。"),)))) == []


def test_answers_on_the_shelf_and_receipts_are_checked_as_they_stand() -> None:
    good = Book(entry_id="good", matter="停车", asked="停车", answer="每小时五元。")
    bad = good.model_copy(update={"entry_id": "bad", "answer": "我们马上核实。"})
    far = bad.model_copy(update={"entry_id": "far", "channels": ("wechat",)})
    assert [each.name for each in stale_entries((good, bad, far), STRICT)] == ["bad", "far"]
    words = Wording(text="自动回复：马上核实。", content="c", written_by="li", written_at=at(0))
    kept = words.model_copy(update={"text": "自动回复：已收到。"})
    receipts = (
        AutoReceipt(account_id="a", active=words),
        AutoReceipt(account_id="b", active=kept, proposed=words),
        AutoReceipt(account_id="c"),
    )
    assert [each.name for each in stale_receipts(receipts, STRICT)] == ["a", "b"]


def test_texts_that_fail_by_the_new_rules_return_to_their_owners() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id), a_submission(case_id))
    propose(story)
    approve(story)
    reply = story.case.replies[0]
    assert (reply.status, reply.note) == ("returned", "policy_changed")
    assert [each.category for each in reply.findings] == ["delay"]
    assert story.decided("reply.returned")[0]["reason"] == "policy_changed"


def test_a_draft_that_fails_stays_a_draft_and_says_so() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id))
    propose(story)
    approve(story)
    reply = story.case.replies[0]
    assert (reply.status, [each.category for each in reply.findings]) == ("drafted", ["delay"])


def test_a_text_that_passes_stays_but_is_approved_anew() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(
        a_claim(case_id), a_draft(case_id, "您好,已登记。"), an_approval(case_id, send=False)
    )
    propose(story)
    approve(story)
    assert story.case.replies[0].status == "approved"


def test_texts_of_other_accounts_and_of_closed_cases_are_left_alone() -> None:
    story = a_house()
    case_id = story.complain().case_id
    story.tell(a_claim(case_id), a_draft(case_id))
    story.tell(ReplyReturned(op_id="r", person_id="li", case_id=case_id, revision=1, reason="改"))
    story.tell(an_account(pack="hotel"))
    propose(story)
    assert approve(story) == "ok"
    assert (story.case.replies[0].note, story.case.replies[0].findings) == ("改", ())
    closed = a_house()
    case_id = closed.complain().case_id
    closed.tell(a_claim(case_id), a_draft(case_id), a_resolution(case_id, reason="电话里说清了"))
    propose(closed)
    assert approve(closed) == "ok"
    assert closed.case.replies[0].findings == ()


def test_suggestions_from_wordings_that_are_gone_are_withdrawn() -> None:
    kept, gone = (
        ReplyTemplate(id=name, text=text, approved_by="x")
        for name, text in (("kept", "您好,已登记。"), ("gone", "您好,已收到。"))
    )
    story = a_house(pack=Pack(name="company", templates=(kept, gone)))
    story.complain()
    assert {each.template_id for each in story.shown().suggestions} == {"kept", "gone"}
    rules = Pack(name="company", templates=(kept,))
    propose(story, rules)
    approve(story, rules)
    assert [each.template_id for each in story.shown().suggestions] == ["kept"]
