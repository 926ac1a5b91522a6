"""One rule put into a pack: it holds where it should, and nothing else of the pack moves."""

import pytest
from pydantic import ValidationError

from shared.policy.changes import differences
from shared.policy.edits import ClockEdit, SeverityEdit, TabooEdit, edited
from shared.policy.model import ClockRule, Pack, Taboo
from shared.policy.weighing import SeverityRule

PACK = Pack(
    name="company",
    clocks=(ClockRule(acknowledge_minutes=60, first_reply_minutes=600),),
    severity=(
        SeverityRule(id="night", when="case.private", points=5, reason="私信"),
        SeverityRule(id="reach", when="author.followers > 10", points=3, reason="传播"),
    ),
    taboos=(
        Taboo(category="refusal", level="block", reason="推诿", phrases=("不知道",)),
        Taboo(category="denial", level="block", reason="否认", phrases=("绝不可能",)),
    ),
)


def test_a_new_clock_is_asked_before_the_others_and_replaces_its_like() -> None:
    edit = ClockEdit(when="case.private", acknowledge_minutes=5, first_reply_minutes=30)
    first = edited(PACK, edit)
    assert [each.when for each in first.clocks] == ["case.private", "true"]
    again = edited(first, edit.model_copy(update={"acknowledge_minutes": 7}))
    assert [each.acknowledge_minutes for each in again.clocks] == [7, 60]


def test_points_are_added_or_replaced_in_their_place() -> None:
    fresh = SeverityEdit(id="press", when="'press' in author.from", points=20, reason="媒体")
    assert [each.id for each in edited(PACK, fresh).severity] == ["night", "reach", "press"]
    other = SeverityEdit(id="night", when="case.private", points=-5, reason="私信不急")
    changed = edited(PACK, other).severity
    assert [(each.id, each.points) for each in changed] == [("night", -5), ("reach", 3)]


def test_phrases_are_added_to_a_family_and_none_goes() -> None:
    wider = TabooEdit(
        category="refusal", level="hold", reason="推诿", phrases=("不清楚", "不知道")
    )
    taboos = edited(PACK, wider).taboos
    assert [(each.category, each.phrases) for each in taboos] == [
        ("refusal", ("不知道", "不清楚")),
        ("denial", ("绝不可能",)),
    ]
    fresh = TabooEdit(category="haste", level="warn", reason="许诺", phrases=("马上", "马上"))
    assert edited(PACK, fresh).taboos[-1].phrases == ("马上",)


def test_only_what_was_written_differs() -> None:
    edit = ClockEdit(when="case.private", acknowledge_minutes=5, first_reply_minutes=30)
    assert {each.area for each in differences(PACK, edited(PACK, edit))} == {"clocks"}


@pytest.mark.parametrize(
    "values",
    [
        {"id": "Not an id", "when": "true", "points": 5, "reason": "x"},
        {"id": "x", "when": "true", "points": 500, "reason": "x"},
        {"id": "x", "when": "true", "points": 5, "reason": " "},
    ],
)
def test_a_rule_that_makes_no_sense_is_none(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SeverityEdit.model_validate(values)


def test_a_condition_that_cannot_be_understood_puts_nothing_into_the_pack() -> None:
    edit = ClockEdit(when="case.nothing", acknowledge_minutes=5, first_reply_minutes=30)
    with pytest.raises(ValueError, match="undeclared"):
        edited(PACK, edit)
