"""What differs between two packs is told place by place, whatever the shape of the place."""

from shared.contracts.org import Role
from shared.contracts.verdicts import Label
from shared.policy.articles import PolicyRule
from shared.policy.changes import Difference, concerned, differences
from shared.policy.model import Channel, ClockRule, Pack, Taboo
from shared.policy.suggesting import ReplyTemplate


def a_template(name: str, text: str = "您好。") -> ReplyTemplate:
    return ReplyTemplate(id=name, text=text, approved_by="x")


def a_clock(minutes: int, when: str = "true") -> ClockRule:
    return ClockRule(when=when, acknowledge_minutes=minutes, first_reply_minutes=60)


def told(old: Pack, new: Pack) -> list[Difference]:
    return list(differences(old, new))


def test_equal_packs_do_not_differ_whatever_their_names() -> None:
    assert told(Pack(name="a"), Pack(name="b", version="2")) == []


def test_a_value_is_told_as_it_was_and_as_it_is() -> None:
    [found] = told(Pack(name="a"), Pack(name="a", undo_seconds=30))
    assert found == Difference(("undo_seconds",), "changed", "15", "30")
    assert found.area == "undo_seconds"


def test_entries_are_told_apart_by_their_names() -> None:
    old = Pack(name="a", templates=(a_template("x"), a_template("y")))
    new = Pack(name="a", templates=(a_template("y", "您好呀。"), a_template("z")))
    assert [(each.path, each.what) for each in told(old, new)] == [
        (("templates", "x"), "removed"),
        (("templates", "y", "text"), "changed"),
        (("templates", "z"), "added"),
    ]


def test_another_order_is_a_change() -> None:
    first, second = a_template("x"), a_template("y")
    old, new = (Pack(name="a", templates=each) for each in ((first, second), (second, first)))
    assert told(old, new) == [Difference(("templates", "order"), "changed", "x, y", "y, x")]


def test_members_of_a_list_come_and_go() -> None:
    old, new = (
        Pack(
            name="a",
            taboos=(Taboo(category="c", level="hold", reason="r", phrases=phrases),),
        )
        for phrases in (("一", "二"), ("二", "三"))
    )
    assert told(old, new) == [
        Difference(("taboos", "c", "phrases"), "removed", before="一"),
        Difference(("taboos", "c", "phrases"), "added", after="三"),
    ]


def test_entries_without_names_are_compared_whole_and_in_order() -> None:
    fast, slow = a_clock(5, "case.private"), a_clock(60)
    changed = told(Pack(name="a", clocks=(fast, slow)), Pack(name="a", clocks=(slow, fast)))
    assert [(each.path, each.what) for each in changed] == [(("clocks",), "changed")]
    assert changed[0].before.startswith("when: case.private; acknowledge_minutes: 5")


def test_keys_of_a_mapping_come_go_and_change() -> None:
    old = Pack(name="a", thresholds={Label.COMPLAINT: 500, Label.PRAISE: 500})
    new = Pack(name="a", thresholds={Label.COMPLAINT: 400, Label.RUMOUR: 300})
    assert told(old, new) == [
        Difference(("thresholds", "complaint"), "changed", "500", "400"),
        Difference(("thresholds", "praise"), "removed", before="500"),
        Difference(("thresholds", "rumour"), "added", after="300"),
    ]
    wide = Pack(name="a", channels={"weibo": Channel(limit_units=140)})
    assert [each.path for each in told(Pack(name="a"), wide)] == [("channels", "weibo")]


def test_what_approvers_may_do_concerns_those_who_approve() -> None:
    assert Role.OPERATOR not in concerned("night")
    assert Role.OPERATOR in concerned("clocks")
    assert Role.VIEWER not in concerned("clocks")


def test_what_is_empty_is_left_out_of_what_is_read() -> None:
    rule = PolicyRule(id="polite", title="礼貌", type="limit", by_people="只有人看得出", ours=True)
    [found] = told(Pack(name="a"), Pack(name="a", rules=(rule,)))
    assert found.path == ("rules", "polite")
    assert "title: 礼貌" in found.after
    assert "ours: true" in found.after
    assert "grade" not in found.after
