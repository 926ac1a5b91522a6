"""What a person chooses becomes a condition; what they get wrong is told in plain words."""

import pytest
from multidict import MultiDict

from services.respond.console.catalog import load_catalogs
from services.respond.console.render import HERE
from services.respond.console.rule_form import RuleForm, Written, plainly
from shared.policy.cel import Condition, RuleError
from shared.policy.edits import ClockEdit, SeverityEdit, TabooEdit
from tests.fakes.rules_house import shipped

ZH = load_catalogs(HERE / "locale")["zh"]
CLOCK = {"kind": "clock", "acknowledge_minutes": "10", "first_reply_minutes": "60"}


def read(*more: tuple[str, str], **form: str) -> Written:
    fields: MultiDict[object] = MultiDict([*form.items(), *more])
    return RuleForm(shipped(), ZH, fields).read()


def test_choices_become_a_condition_and_a_sentence() -> None:
    written = read(
        ("labels", "complaint"),
        ("labels", "rumour"),
        ("topics", "food_safety"),
        ("severity", "60"),
        ("private", "1"),
        **CLOCK,
    )
    assert written.when == (
        "('complaint' in case.labels || 'rumour' in case.labels)"
        " && 'food_safety' in case.topics && case.severity >= 60 && case.private"
    )
    assert written.says.startswith("标签含投诉或传言·待核实、主题含")
    assert written.says.endswith("、严重度至少 60、是私信")
    assert isinstance(written.edit, ClockEdit)


def test_nothing_chosen_holds_for_all() -> None:
    written = read(**CLOCK)
    assert (written.when, written.says) == ("true", "所有来言")


def test_a_condition_written_by_hand_replaces_the_choices() -> None:
    written = read(("labels", "complaint"), cel="author.followers > 9", **CLOCK)
    assert (written.when, written.says) == ("author.followers > 9", "")


def test_points_and_words_are_read_as_well() -> None:
    points = read(kind="severity", id="press", points="-5", reason="不急")
    assert points.edit == SeverityEdit(id="press", when="true", points=-5, reason="不急")
    words = read(
        kind="taboo", category="haste", level="hold", reason="许诺", phrases="马上\r\n\r\n立刻 "
    )
    assert words.edit == TabooEdit(
        category="haste", level="hold", reason="许诺", phrases=("马上", "立刻")
    )
    assert (words.errors, words.says) == ((), "")


def test_a_kind_nobody_knows_is_a_clock() -> None:
    assert read(**{**CLOCK, "kind": "spell"}).kind == "clock"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({**CLOCK, "severity": "much"}, "请检查这一栏：严重度至少。"),
        ({**CLOCK, "acknowledge_minutes": ""}, "请检查这一栏：多少分钟内受理。"),
        ({"kind": "severity", "id": "a b", "points": "5", "reason": "x"}, "编号"),
        ({"kind": "taboo", "category": "x", "level": "hold", "reason": "x"}, "用语"),
        ({**CLOCK, "cel": "case.sevrity > 3"}, "是不是想写：case.severity"),
        ({**CLOCK, "cel": "zzz > 3"}, "case.labels, case.private"),
        ({**CLOCK, "cel": "case.severity > 'a'"}, "“>”两边不能这样比：数、文字。"),
        ({**CLOCK, "cel": "case.labels > 3"}, "一组文字、数"),
        ({**CLOCK, "cel": "case.severity >"}, "第 16 个字符处读不懂"),
        ({**CLOCK, "cel": "case.severity + 1"}, "得不出“是”或“否”"),
        ({**CLOCK, "cel": "case.private" + " && true" * 400}, "条件有误"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(form: dict[str, str], told: str) -> None:
    written = read(**form)
    assert written.edit is None
    assert told in " ".join(written.errors)


def test_a_choice_can_never_bring_a_condition_of_its_own() -> None:
    written = read(("labels", "x' in case.labels || true || 'y"), **CLOCK)
    assert written.when == "true"


def test_what_the_checker_says_anew_is_told_as_it_is() -> None:
    with pytest.raises(RuleError) as caught:
        Condition("case.private", {})
    assert "case.private" in plainly(str(caught.value), ZH)
    assert plainly("something new", ZH) == "条件有误：something new"
