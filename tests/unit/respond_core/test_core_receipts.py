"""Automatic receipts: off by default, two people, once a person and day, and no promise is kept by one."""

import pytest

from services.respond.core.aggregates import AutoReceipt, Case, Effect
from shared.contracts.guidance import (
    ReceiptApproved,
    ReceiptStopped,
    ReceiptWritten,
    content_of,
)
from shared.contracts.items import ItemKind
from shared.contracts.operators import OutgoingPaused
from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from tests.fakes.builders import (
    ACCOUNT,
    a_comment,
    a_deletion,
    a_draft,
    a_person,
    a_tick,
    a_verdict,
    an_approval,
    an_end,
    the_item,
)
from tests.fakes.core_story import Story
from tests.fakes.guidance import a_ban

TEXT = "您好，来信已收到，我们会尽快查看。（自动回复）"
CONTENT = content_of("receipt", ACCOUNT, TEXT)


def written(text: str = TEXT, *, op: str = "op-receipt", person: str = "li") -> ReceiptWritten:
    return ReceiptWritten(op_id=op, person_id=person, account_id=ACCOUNT, text=text)


def approved(
    *, op: str = "op-on", person: str = "wang", content: str = CONTENT
) -> ReceiptApproved:
    return ReceiptApproved(op_id=op, person_id=person, account_id=ACCOUNT, content=content)


def stopped(*, op: str = "op-off", reason: str = "换文本") -> ReceiptStopped:
    return ReceiptStopped(op_id=op, person_id="li", account_id=ACCOUNT, reason=reason)


def house(*, on: bool = True) -> Story:
    story = Story()
    story.tell(a_person("wang"), a_person("zhao", Role.REVIEWER))
    if on:
        story.tell(written(), approved())
    return story


def writes(
    story: Story, name: str, *labels: Label, author: str = "u1", kind: ItemKind = ItemKind.MESSAGE
) -> None:
    story.tell(
        a_comment(name, "停车费怎么收", author=author, kind=kind),
        a_verdict(name, *(labels or (Label.QUESTION,)), kind=kind.value),
    )


def effects(story: Story) -> list[Effect]:
    found = [each for each in story.state.under("effect") if isinstance(each, Effect)]
    return [each for each in found if each.effect_kind == "send_reply"]


def code(story: Story, op: str) -> str:
    return story.outcome(op).code


def test_without_an_approved_one_nothing_leaves_by_itself() -> None:
    for story in (house(on=False), house(on=False)):
        story.tell(written())
        writes(story, "m1")
        assert effects(story) == []


def test_the_first_message_of_a_day_is_answered_and_the_approval_is_that_of_the_text() -> None:
    story = house()
    writes(story, "m1")
    [effect] = effects(story)
    assert (effect.slot, effect.body, effect.automatic) == ("receipt", TEXT, True)
    assert (effect.approved_by, effect.status) == ("wang", "decided")
    assert effect.approval_id
    story.tell(an_end(effect.effect_id))
    assert story.case.said[0].automatic
    assert all(clock.met_at is None for clock in story.case.clocks)


def test_a_receipt_that_promises_a_time_opens_its_clock_and_a_person_s_answer_keeps_it() -> None:
    text = "您好，来信已收到，我们会在两小时内答复您。（自动回复）"
    story = house(on=False)
    story.tell(written(text), approved(content=content_of("receipt", ACCOUNT, text)))
    writes(story, "m1")
    story.tell(an_end(effects(story)[0].effect_id))
    assert [each.status for each in story.case.promises] == ["open"]
    story.tell(a_draft(story.case.case_id), an_approval(story.case.case_id))
    story.tell(a_tick(), after=16)
    story.tell(an_end(effects(story)[-1].effect_id))
    assert [each.status for each in story.case.promises] == ["kept"]


def test_it_is_once_a_person_and_day() -> None:
    story = house()
    writes(story, "m1")
    story.tell(an_end(effects(story)[0].effect_id))
    writes(story, "m2")
    assert len(effects(story)) == 1
    writes(story, "m3", author="u2")
    assert len(effects(story)) == 2
    story.tell(a_tick(), after=24 * 3600)
    assert story.has("greeted") == 0
    writes(story, "m4")
    assert len(effects(story)) == 3
    assert story.lines == [*dict.fromkeys(story.lines)]


def test_comments_pauses_people_at_risk_and_what_is_gone_are_left_to_people() -> None:
    story = house()
    writes(story, "c1", kind=ItemKind.COMMENT)
    writes(story, "m1", Label.SELF_HARM)
    story.tell(a_comment("m2", author="u2", kind=ItemKind.MESSAGE))
    gone = a_deletion("m2").model_copy(
        update={"item_id": the_item("m2", kind="message"), "item_kind": ItemKind.MESSAGE}
    )
    story.tell(gone, a_verdict("m2", Label.QUESTION, kind="message"))
    pause = OutgoingPaused(op_id="pause", person_id="li", paused=True, reason="查")
    story.tell(pause)
    writes(story, "m3", author="u3")
    assert effects(story) == []


def test_a_person_s_own_receipt_on_its_way_is_not_replaced() -> None:
    story = house(on=False)
    writes(story, "m1")
    mine = a_draft(story.case.case_id, "收到了。").model_copy(update={"slot": "receipt"})
    story.tell(mine, written(), approved())
    writes(story, "m2")
    assert effects(story) == []
    assert story.case.replies[0].text == "收到了。"


def test_what_the_gate_or_a_ban_stops_is_withheld_and_told() -> None:
    story = house()
    story.tell(a_ban("来信"))
    writes(story, "m1")
    assert effects(story) == []
    assert story.case.history[-1].what == "receipt_withheld"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" ", "bad_text"),
        ("长" * 501, "bad_text"),
        ("收到了。", "unmarked"),
        ("自动{{ x }}", "gate_failed"),
    ],
)
def test_a_text_that_cannot_be_one_is_refused(text: str, said: str) -> None:
    story = house(on=False)
    story.tell(written(text))
    assert code(story, "op-receipt") == said


def test_two_people_put_it_on_and_anybody_who_works_takes_it_off() -> None:
    story = house(on=False)
    story.tell(stopped(op="early"), written())
    assert code(story, "early") == "nothing_to_stop"
    for op, person, content, said in (
        ("a", "li", CONTENT, "two_person"),
        ("b", "zhao", CONTENT, "not_allowed"),
        ("c", "wang", "other", "not_found"),
        ("d", "wang", CONTENT, "ok"),
    ):
        story.tell(approved(op=op, person=person, content=content))
        assert code(story, op) == said
    writes(story, "m1")
    story.tell(stopped(op="why", reason=" "), stopped())
    assert (code(story, "why"), code(story, "op-off")) == ("needs_reason", "ok")
    assert [each.status for each in effects(story)] == ["returned"]
    assert story.state.get(f"receipt:{ACCOUNT}", AutoReceipt) == AutoReceipt(account_id=ACCOUNT)
    cases = [each for each in story.state.under("case") if isinstance(each, Case)]
    assert cases[0].replies[0].note == "receipt_stopped"


def test_an_account_nobody_knows_has_none() -> None:
    story = house(on=False)
    story.tell(written().model_copy(update={"account_id": "other"}))
    assert code(story, "op-receipt") == "not_found"
