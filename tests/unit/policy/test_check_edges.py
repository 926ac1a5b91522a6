"""What checks say at their edges: other shapes of the same input, other ways to tell a thing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given
from shared.runtime.books import ALL, Shelf
from shared.runtime.settings import default_policies_dir

DAY = date(2026, 3, 2)
SHELF = Shelf(default_policies_dir())


def said(rule: str, told: Mapping[str, Any], labels: tuple[str, ...] = ()) -> Mapping[str, Any]:
    given = Given.of(told)
    book = SHELF.book(ALL).only(rule)
    sure = dict.fromkeys(labels, 900)
    return answer(evaluate(book, given, DAY, (lambda _: sure) if labels else None), given)


TABLE: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("GXNU-1-1", {"kind": "post", "checklist": ["及时", "准确", "真实"]}, "pass"),
    ("GXNU-1-1", {"kind": "post", "checklist": ["及时"]}, "hold"),
    ("HB13-3.3-3", {"kind": "profile", "background_size": [1380, 850]}, "pass"),
    ("HB13-3.3-3", {"kind": "profile", "background": {"width": 1380, "height": 1}}, "flag"),
    ("HB13-3.3-3", {"kind": "profile", "size": "1380×850"}, "pass"),
    ("HB13-3.3-3", {"kind": "profile", "size": "gross"}, "pass"),
    ("HB13-T3-13", {"kind": "account_event", "event": "login", "count": 90}, "pass"),
    ("HB13-T3-13", {"kind": "account_event", "count": 90}, "pass"),
    ("HB13-T3-13", {"kind": "account_event", "event": "repost", "count": 90}, "flag"),
    (
        "HB13-T3-13",
        {"kind": "day_log", "times": ["10:00", "10:02", "10:04", "10:06", "10:08"]},
        "flag",
    ),
    ("HB13-T3-13", {"kind": "day_log", "times": ["10:00", "12:02"]}, "pass"),
    (
        "SCHOOL-2.2-1",
        {"kind": "metric", "original": 6, "comment_repost": 3, "plain_repost": 1},
        "pass",
    ),
    ("SCHOOL-2.2-1", {"kind": "metric", "original": 6}, "pass"),
    (
        "GOVVALUE-9",
        {
            "kind": "crisis",
            "first_rumour": "2026-03-02T08:00:00",
            "first_statement": "2026-03-02T08:20:00",
        },
        "report",
    ),
    (
        "GOVKPI-4",
        {
            "kind": "day_log",
            "texts": [
                "今天全市召开防汛大会甲",
                "今天全市召开防汛大会乙",
                "今天全市召开防汛大会丙",
            ],
        },
        "flag",
    ),
    ("GOVKPI-4", {"kind": "day_log", "texts": ["甲", "乙", "丙"]}, "pass"),
    (
        "CITICS-6-1",
        {"kind": "account", "register_email": "a@corp.test", "company_domain": "corp.test"},
        "pass",
    ),
    (
        "CITICS-6-1",
        {"kind": "account", "register_email": "a@corp.test", "allowed_emails": ["a@corp.test"]},
        "pass",
    ),
    (
        "CITICS-10-3",
        {
            "kind": "org",
            "roles": {"分管领导": "a", "负责人员": "b", "运营人员": "c", "审核人员": "c"},
        },
        "flag",
    ),
    (
        "CITICS-10-3",
        {
            "kind": "org",
            "roles": ["分管领导", "负责人员", "运营人员"],
            "operator_can_approve": True,
        },
        "flag",
    ),
    ("HB13-T3-11", {"kind": "post", "text": "早餐", "image_text_match": False}, "flag"),
    ("HB13-T3-11", {"kind": "post", "text": "早餐", "image_text_match": True}, "pass"),
    ("HB13-T3-11", {"kind": "post", "text": "早餐", "match_score": 0.1}, "flag"),
    ("HB13-T3-11", {"kind": "post", "text": "早餐", "match_score": 0.9}, "pass"),
    ("HB13-T3-10", {"kind": "post", "text": "早餐", "relevance": 0.1}, "flag"),
    ("HB13-T3-10", {"kind": "post", "text": "早餐", "relevance": 0.9}, "pass"),
    (
        "HB13-T3-01",
        {"kind": "post", "text": "".join(chr(0x4E00 + each) for each in range(450))},
        "flag",
    ),
    (
        "GOVVALUE-4",
        {"kind": "post", "text": "".join(chr(0x4E00 + each) for each in range(70))},
        "flag",
    ),
    (
        "HNUT-5.1b",
        {"kind": "post", "text": "实验楼起火", "official_confirmed": True, "sources": []},
        "pass",
    ),
    ("HB13-T3-08", {"kind": "post", "text": "周六开集", "grammar_errors": ["语序"]}, "flag"),
    ("HB13-4.4-4", {"kind": "reply", "text": "大概是快递弄丢了", "mode": "normal"}, "flag"),
    ("HB13-4.4-1", {"kind": "reply", "text": "这件事无可奉告", "mode": "normal"}, "hold"),
    ("HB13-4.4-1", {"kind": "reply", "text": "这件事无可奉告", "case_label": "complaint"}, "hold"),
    ("GXNU-1-2", {"kind": "post", "text": "宝子们么么哒"}, "pass"),
    ("INSURE-11-1", {"kind": "post", "text": "请联系投保人13800138000"}, "block"),
    (
        "OPSPLAN-4",
        {"kind": "schedule_day", "weekday": 3, "slots": ["8:00", "24:00", "nie"]},
        "flag",
    ),
    ("HB13-2-M5", {"kind": "comment", "text_gen": {"char": "安", "count": 9}}, "pass"),
    ("HB13-4.1-6", {"kind": "post", "text": "哈哈今天发什么好呢哈哈"}, "pass"),
    (
        "HB13-2-0",
        {"kind": "org", "leader": 1, "accounts": ["甲", "乙"], "maintainers": {"甲": "u1"}},
        "flag",
    ),
    ("HB13-2-0", {"kind": "org", "leader": 2, "accounts": 1, "maintainers": {"甲": "u1"}}, "flag"),
    ("SANMU-11-2", {"kind": "post", "text": "集团合并公告", "approvals": ["总经理"]}, "pass"),
    ("SANMU-11-2", {"kind": "post", "text": "集团合并公告", "approvals": [{"by": "u1"}]}, "pass"),
    ("SANMU-11-2", {"kind": "post", "text": "集团合并公告"}, "pass"),
    (
        "UNIV-5-2",
        {"kind": "post", "text": "讲座", "approvals": [{"role": "院领导"}, {"role": "保密员"}]},
        "hold",
    ),
    (
        "NEWMEDIA-7-3",
        {"kind": "account_change", "changed": "2026-09-29", "filed": "2026-10-15"},
        "flag",
    ),
    ("HB13-2-L3", {"kind": "campaign", "approved_by": [{"role": "leader"}]}, "pass"),
    (
        "GXNU-3.1-4",
        {"kind": "mention", "text": "围棋社办赛", "author_unit": "围棋社", "at_account": True},
        "label",
    ),
    ("HB13-T3-05", {"kind": "metric", "posts_per_day": 2}, "flag"),
    ("HB13-4.1-5", {"kind": "day_log", "posts": 2, "min_posts_per_day": 1}, "pass"),
    ("HB13-4.1-5", {"kind": "day_log", "posts": 2}, "flag"),
    ("SAWS-5.1-3", {"kind": "publish", "actor": "u1", "authorised": True}, "pass"),
    ("SAWS-4.2-p6", {"kind": "post", "text": "起火原因有待核实"}, "block"),
    ("SAWS-4.2-p6", {"kind": "post", "text": "起火原因已查明"}, "pass"),
    (
        "HB13-T1-08",
        {"kind": "reply", "text": "承让", "target": "甲", "peer_list": ["甲"], "turns": 4},
        "block",
    ),
)


@pytest.mark.parametrize(("rule", "told", "verdict"), TABLE)
def test_a_check_reads_a_thing_however_it_is_told(
    rule: str, told: dict[str, Any], verdict: str
) -> None:
    assert said(rule, told)["verdict"] == verdict


def test_the_classifier_is_asked_only_where_no_word_shows_what_a_text_is() -> None:
    told = {"kind": "comment", "text": "哼"}
    assert said("HB13-P-2.2", told, ("hate", "complaint"))["label"] == "harmful"
    assert said("HB13-P-2.2", told, ("counter_speech",))["verdict"] == "pass"
    assert said("HB13-P-2.2", {**told, "text": "哼?"}, ("hate",))["label"] == "question"
    assert said("HB13-P-2.2", {**told, "text": "退钱"}, ("praise",))["label"] == "complaint"


def test_a_rumour_goes_the_way_of_the_pack() -> None:
    heard = Given.of({"kind": "comment", "text": "有人这样讲", "label": "rumour"})
    actions = {}
    for pack in ("base", "finance", "government"):
        body = answer(evaluate(SHELF.book(pack).only("rumour-flow"), heard, DAY), heard)
        actions[pack] = (body["verdict"], body["action"])
    assert actions == {
        "base": ("pass", "hold_and_escalate"),
        "finance": ("label", "report_up"),
        "government": ("label", "draft_clarification"),
    }


def test_only_where_rumours_are_reported_up_nothing_is_said_about_them() -> None:
    told = Given.of({"kind": "reply", "text": "不属实", "to_label": "rumour"})
    rule = next(each for each in SHELF.book(ALL).rules if each.rule.check == "rumour_out")
    assert rule.check is not None
    from shared.policy.checks.check import Ask  # noqa: PLC0415

    calm = Ask(told, "block", SHELF.pack("government"), lexicons=rule.lexicons)
    assert rule.check.run(calm).verdict == "pass"


def test_a_plan_without_a_figure_asks_for_one() -> None:
    """No pack but the shopping centre's names a least number of posts."""
    from shared.policy.checks.check import Ask  # noqa: PLC0415
    from shared.policy.checks.measures import PerDay  # noqa: PLC0415

    asked = Ask(Given.of({"kind": "day_log", "posts": 2}), "flag", SHELF.pack("base"))
    assert PerDay().run(asked).missing == ("min_posts_per_day",)


@pytest.mark.parametrize(
    ("changed", "more", "year"),
    [
        ("2026-03-02", {}, None),
        ("2031-03-03", {}, 2031),
        ("2031-03-03", {"holidays": ["2031-03-04"]}, None),
    ],
)
def test_a_day_counted_in_a_year_nobody_named_says_so(
    changed: str, more: dict[str, Any], year: int | None
) -> None:
    told = {"kind": "account_change", "changed": changed, "filed": changed, **more}
    assert said("NEWMEDIA-7-3", told).get("holidays_unknown") == year
