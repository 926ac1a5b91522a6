"""What checks read beside the field first thought of: other names, moments, judgement, word edges."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given, read_moment
from shared.policy.checks.schedules import weekday_of
from shared.policy.lexicons import Lexicon, plain_of
from shared.runtime.books import ALL, Shelf
from shared.runtime.settings import default_policies_dir
from shared.text.words import straddled

DAY = date(2026, 3, 2)
SHELF = Shelf(default_policies_dir())
HOUSE = timezone(timedelta(hours=8))


def said(rule: str, labels: Mapping[str, int] | None = None, **told: object) -> Mapping[str, Any]:
    body = Given.of(told)
    judge = None if labels is None else lambda _text: labels or {}
    return answer(evaluate(SHELF.book(ALL).only(rule), body, DAY, judge), body)


@seed(21)
@settings(max_examples=40, deadline=None)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(-11, 12))  # noqa: DTZ001  of the house
def test_a_moment_is_the_same_in_whatever_zone_it_is_written(wall: datetime, hours: int) -> None:
    at = wall.replace(tzinfo=HOUSE)
    told = at.astimezone(timezone(timedelta(hours=hours))).isoformat()
    assert read_moment(told, HOUSE) == wall
    here = said("HB13-4.1-7", kind="schedule", at=at.isoformat())
    assert said("HB13-4.1-7", kind="schedule", at=told)["verdict"] == here["verdict"]


def test_a_moment_without_a_zone_is_meant_so() -> None:
    assert read_moment("2026-03-02T09:00:00", UTC) == datetime(2026, 3, 2, 9)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ({"weekday": 6}, 6),
        ({"weekday": "星期三"}, 3),
        ({"weekday": "周日"}, 7),
        ({"weekday": "Sat"}, 6),
        ({"day_type": "周末"}, 6),
        ({"date": "2026-11-29"}, 7),
        ({}, None),
    ],
)
def test_a_day_is_told_by_number_name_or_date(told: Mapping[str, object], day: int | None) -> None:
    assert weekday_of(Given.of({"kind": "schedule_day", **told})) == day


def test_a_case_is_late_after_the_moment_it_was_due_and_not_at_it() -> None:
    due = {"kind": "case", "label": "question", "replied": None, "due": "2026-03-02T10:00:00"}
    assert said("HB13-4.2-4", None, **due, now="2026-03-02T10:00:00")["verdict"] == "pass"
    assert said("HB13-4.2-4", None, **due, now="2026-03-02T10:00:01")["verdict"] == "escalate"
    assert said("HB13-4.2-4", None, **due)["not_told"] == ["now"]
    begun = {"kind": "case", "label": "question", "replied": None, "received": "2026-03-02"}
    assert said("HB13-4.2-4", None, **begun, sla_min=5)["not_told"] == ["now"]


def test_a_share_may_be_told_itself_and_a_count_without_days_is_reported_as_it_is() -> None:
    told = {"kind": "metric", "original_share": 0.4}
    assert said("HB13-T3-04", None, **told)["verdict"] == "pass"
    assert said("HB13-T3-04", None, **told, min_original_share=0.5)["verdict"] == "flag"
    alone = said("HB13-4.2-2", kind="metric", proactive_interactions=9)
    assert (alone["metric"], alone["value"]) == ("proactive_interactions", 9)
    assert said("HB13-4.2-2", kind="metric", days=3)["not_told"] == ["proactive_interactions"]


def test_a_role_told_to_be_nobody_is_no_better_than_a_wrong_one() -> None:
    assert said("SAWS-3-1", kind="org", coordinator=None)["verdict"] == "flag"
    assert said("SAWS-3-1", kind="org")["not_told"] == ["coordinator"]


def test_only_a_short_bare_answer_lacks_a_friendly_word() -> None:
    assert said("HB13-4.2-3", kind="reply", text="十点关门。")["verdict"] == "flag"
    assert said("HB13-4.2-3", kind="reply", text="十点关门哦。")["verdict"] == "pass"
    long = said("HB13-4.2-3", kind="reply", text="周一至周四十点关门，周五和周末到十一点。")
    assert [each["reason"] for each in long["findings"]] == ["no_friendly_word"]


@pytest.mark.parametrize("text", ["[花][花]", "[笑哭]。。", "～[心]～"])
def test_faces_alone_say_nothing(text: str) -> None:
    assert said("HB13-4.1-6", kind="post", text=text)["verdict"] == "block"
    assert said("HB13-T3-12", kind="repost", text=text)["verdict"] == "flag"


def test_the_classifier_reads_what_no_word_of_the_pack_shows() -> None:
    told = {"kind": "post", "text": "他们那样的人进来我就走"}
    assert said("HB13-T1-02", None, **told)["verdict"] == "pass"
    judged = said("HB13-T1-02", {"hate": 990}, **told)
    assert (judged["verdict"], judged["label"], judged["grade"]) == ("block", "discrimination", 1)
    assert said("HB13-T1-02", {"praise": 990}, **told)["verdict"] == "pass"
    refuting = {"kind": "post", "text": "反歧视，从不说这种话做起"}
    assert said("HB13-T1-02", {"hate": 990}, **refuting)["verdict"] == "pass"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("晚会圆满", False),
        ("在次日发放", False),
        ("安排对接", False),
        ("凭券参于抽奖", True),
        ("排队按顺续来", True),
    ],
)
def test_two_signs_of_two_words_are_no_misspelt_word(text: str, wrong: bool) -> None:  # noqa: FBT001
    answered = said("HB13-4.1-3", kind="post", text=text)
    assert (answered["verdict"] == "flag") is wrong
    assert straddled("晚会圆满", 1, 3)
    assert not straddled("晚会圆满", 0, 2)


def test_a_place_that_reaches_over_a_comma_does_not_hide_the_one_inside_it() -> None:
    words = Lexicon(id="x", patterns=("(上|到).{0,8}门口闹",))
    text = "上午九点，都到门口闹"
    assert [text[slice(*each)] for each in words.found(plain_of(text))] == ["到门口闹"]


def test_an_article_on_manners_stops_what_the_gate_stops_and_no_more() -> None:
    stopped = said("HB13-2-M2b", None, kind="reply", text="谁让你不早来的")
    assert (stopped["verdict"], stopped["reason"]) == ("block", "impolite")
    assert said("HB13-2-M2b", None, kind="reply", text="您别急，马上给您看。")["verdict"] == "pass"
    assert "text" in said("HB13-2-M2b", None, kind="reply")["not_told"]
    denied = said("HB13-4.4-2", None, kind="reply", mode="crisis", text="完全没有的事！")
    assert (denied["verdict"], denied["category"]) == ("block", "denial")


def test_a_rebuff_to_a_peer_is_a_quarrel_though_no_word_of_the_list_is_in_it() -> None:
    told = {"kind": "reply", "target": "同城某店", "peer_list": ["同城某店"]}
    assert said("HB13-T1-08", None, **told, text="你行你上啊")["verdict"] == "block"
    assert said("HB13-T1-08", None, **told, text="祝贺开业！")["verdict"] == "pass"


@pytest.mark.parametrize(
    ("text", "right"),
    [("电梯维休中", "维修"), ("商场布置焕燃一新", "焕然一新"), ("大家老是问", ""), ("①②电梯", "")],
)
def test_a_well_known_word_written_by_its_sound_is_shown_with_the_right_one(
    text: str, right: str
) -> None:
    answered = said("HB13-4.1-3", None, kind="post", text=text)
    assert [each.get("suggestion", "") for each in answered["findings"]] == (
        [right] if right else []
    )
    assert answered["verdict"] == ("flag" if right else "pass")


def test_words_of_private_life_need_somebody_whose_life_it_is() -> None:
    told = {"kind": "post", "account_type": "official"}
    assert said("HB13-T3-09", None, **told, text="失眠门诊周三开诊")["verdict"] == "pass"
    assert said("HB13-T3-09", None, **told, text="昨晚又失眠了")["verdict"] == "flag"
