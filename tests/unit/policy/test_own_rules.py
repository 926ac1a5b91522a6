"""A rule of the house on a check of the catalogue: proved by its examples, asked by the gate."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from shared.policy.articles import Disabled, Example, PolicyRule
from shared.policy.changes import differences
from shared.policy.checks.book import Ready
from shared.policy.checks.given import Given
from shared.policy.checks.own import RuleEdit, fields_asked, proved
from shared.policy.edits import edited
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext, Unknown
from shared.policy.lexicons import Lexicon
from shared.policy.model import Pack

PACK = Pack(name="ours", lexicons=(Lexicon(id="news", phrases=("据悉",)),))
FINDS = Example(input={"kind": "reply", "text": "我们当 天 退 款"}, speaks=True)
PASSES = Example(input={"kind": "reply", "text": "进度会告诉您"}, speaks=False)


def a_rule(**changes: Any) -> PolicyRule:  # noqa: ANN401  any field of a rule
    values: dict[str, Any] = {
        "id": "own.words-1",
        "title": "不许诺退款时间",
        "type": "prohibition",
        "kinds": ("reply",),
        "check": "words",
        "params": {"labels": {"own": ["own-words-1"]}},
        "verdict": "hold",
        "owner": "客服主管",
        "review_by": date(2027, 6, 30),
        "at_gate": True,
        "examples": (FINDS, PASSES),
    }
    return PolicyRule.model_validate(values | changes)


def an_edit(rule: PolicyRule | None = None, *phrases: str) -> RuleEdit:
    return RuleEdit(rule=rule or a_rule(), phrases=phrases or ("当天退款",))


def test_a_rule_comes_with_its_own_words_and_nothing_else_moves() -> None:
    made = edited(PACK, an_edit())
    assert {each.path[:2] for each in differences(PACK, made)} == {
        ("rules", "own.words-1"),
        ("lexicons", "own-words-1"),
    }


def test_written_again_it_is_replaced_where_it_stands() -> None:
    first = edited(PACK, an_edit())
    again = edited(first, an_edit(a_rule(verdict="block"), "当天退款", "立刻退款"))
    assert [each.verdict for each in again.rules] == ["block"]
    assert again.lexicons[-1].phrases == ("当天退款", "立刻退款")


def test_a_rule_without_words_of_its_own_brings_no_list() -> None:
    rule = a_rule(
        id="own.bulk-1",
        kinds=("dm_out",),
        check="bulk",
        params={"most": 10},
        at_gate=False,
        examples=(
            Example(input={"kind": "dm_out", "recipients": 50, "approval": None}, speaks=True),
            Example(input={"kind": "dm_out", "recipients": 5}, speaks=False),
        ),
    )
    assert edited(PACK, RuleEdit(rule=rule)).lexicons == PACK.lexicons


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "base.words"},
        {"check": "", "by_people": "只有人能看"},
        {"owner": ""},
        {"review_by": None},
        {"examples": (FINDS,)},
    ],
)
def test_what_is_no_whole_rule_of_the_house_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        an_edit(a_rule(**changes))


def test_an_example_that_comes_out_otherwise_keeps_the_rule_out_of_the_pack() -> None:
    wrong = Example(input={"kind": "reply", "text": "当天退款"}, speaks=False)
    with pytest.raises(ValueError, match="says hit"):
        edited(PACK, an_edit(a_rule(examples=(FINDS, wrong))))


def test_an_unknown_and_another_kind_of_input_prove_nothing() -> None:
    untold = Example(input={"kind": "reply"}, speaks=False)
    other = Example(input={"kind": "post", "text": "早"}, speaks=False)
    rule = a_rule(params={"labels": {"own": ["news"]}}, examples=(untold, other))
    assert [(each.kept, each.outcome.state) for each in proved(rule, PACK)] == [
        (False, "unknown"),
        (False, "unknown"),
    ]


def test_words_nobody_has_and_rules_for_people_are_told() -> None:
    with pytest.raises(ValueError, match="there is no list of words own-words-1"):
        list(proved(a_rule(), PACK))
    judged = a_rule(check="", by_people="只有人能看")
    assert list(proved(judged, PACK)) == []


def test_a_form_learns_field_by_field_what_a_rule_looks_at() -> None:
    params = {"labels": {"own": ["news"]}, "cleared_by": ["approvals"]}
    rule = a_rule(when="input.channel == 'weibo'", where={"mode?": ["crisis"]}, params=params)
    ready = Ready.alone(rule, PACK)
    first = fields_asked(ready, Given.of({"kind": "reply"}))
    assert first[:2] == ("channel", "mode")
    assert "approvals" not in first
    more = fields_asked(ready, Given.of({"kind": "reply", "text": "据悉如此"}))
    assert "approvals" in more
    assert fields_asked(ready, Given.of({"kind": "letter"})) == ()
    judged = Ready.alone(a_rule(check="", by_people="只有人能看"), PACK)
    assert fields_asked(judged, Given.of({"kind": "reply"})) == ()


WEIBO = GateContext(situation="complaint", channel="weibo")


def findings(pack: Pack, text: str, context: GateContext = WEIBO) -> list[tuple[str, str, str]]:
    return [
        (each.category, each.level, text[each.start : each.end])
        for each in gate(text, context, pack).findings
        if each.category.startswith("own.")
    ]


@pytest.mark.parametrize(
    ("verdict", "level"),
    [("flag", "warn"), ("hold", "hold"), ("block", "block"), ("escalate", "block")],
)
def test_the_gate_asks_a_rule_of_the_house_and_shows_the_place(verdict: str, level: str) -> None:
    pack = edited(PACK, an_edit(a_rule(verdict=verdict)))
    assert findings(pack, "您好，当天退款。") == [("own.words-1", level, "当天退款")]
    assert findings(pack, "您好，正在核实。") == []


def test_what_is_only_recorded_or_not_for_the_gate_says_nothing_there() -> None:
    for changes in ({"verdict": "record"}, {"at_gate": False}):
        pack = edited(PACK, an_edit(a_rule(**changes)))
        assert findings(pack, "当天退款") == []
    pack = edited(PACK, an_edit())
    gone = Disabled(rule="own.words-1", reason="不再需要")
    assert findings(pack.model_copy(update={"disable": (gone,)}), "当天退款") == []


def test_a_rule_that_has_ended_is_not_asked_once_somebody_says_what_day_it_is() -> None:
    pack = edited(PACK, an_edit(a_rule(effective_until=date(2026, 12, 31))))
    later = WEIBO.model_copy(update={"now": datetime(2027, 1, 1, tzinfo=UTC)})
    assert findings(pack, "当天退款", later) == []
    assert findings(pack, "当天退款") != []


def test_a_post_is_asked_what_is_meant_for_posts_and_a_repost_nothing() -> None:
    post, repost = (WEIBO.model_copy(update={"action": each}) for each in ("post", "repost"))
    pack = edited(PACK, an_edit())
    assert findings(pack, "当天退款", post) == []
    both = edited(PACK, an_edit(a_rule(kinds=("reply", "post"))))
    assert findings(both, "当天退款", post) != []
    assert findings(both, "当天退款", repost) == []


def test_the_day_a_rule_ends_is_that_of_the_houses_own_clocks() -> None:
    pack = edited(PACK, an_edit(a_rule(effective_until=date(2026, 12, 31))))
    night = WEIBO.model_copy(update={"now": datetime(2026, 12, 31, 17, tzinfo=UTC)})
    assert findings(pack, "当天退款", night) == []


def test_a_rule_that_cannot_tell_is_unknown_and_its_whole_text_is_meant_without_a_place() -> None:
    reviewed = a_rule(
        id="own.reviewed-1",
        check="reviewed",
        params={},
        examples=(
            Example(input={"kind": "reply", "text": "早", "approvals": []}, speaks=True),
            Example(
                input={"kind": "reply", "text": "早", "author": "甲", "approvals": ["乙"]},
                speaks=False,
            ),
        ),
    )
    pack = edited(PACK, RuleEdit(rule=reviewed))
    result = gate("您好", GateContext(situation="crisis"), pack)
    assert Unknown(check="own.reviewed-1", needs="approvals") in result.unknown
    short = a_rule(
        id="own.length-1",
        check="length",
        params={"most": 3},
        examples=(
            Example(input={"kind": "reply", "text": "四个字了"}, speaks=True),
            Example(input={"kind": "reply", "text": "早"}, speaks=False),
        ),
    )
    pack = edited(PACK, RuleEdit(rule=short))
    assert findings(pack, "您好，正在核实。") == [("own.length-1", "hold", "您好，正在核实。")]
