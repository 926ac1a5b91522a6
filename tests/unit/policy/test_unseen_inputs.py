"""Inputs as other people write them: nobody named, other fields, another zone, words of others."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given
from shared.runtime.books import ALL, Shelf
from shared.runtime.settings import default_policies_dir

pytestmark = pytest.mark.space

DAY = date(2026, 3, 2)
BOOK = Shelf(default_policies_dir()).book(ALL)
NAME = st.text(alphabet="甲乙丙丁云海山林春秋", min_size=2, max_size=4)
BOARD = ["活动部", "宣传部", "运营部", "行政部"]


def said(rule: str, **told: object) -> Mapping[str, Any]:
    body = Given.of(told)
    return answer(evaluate(BOOK.only(rule), body, DAY), body)


def outcome(rule: str, **told: object) -> str:
    return str(said(rule, **told)["rules"][0]["outcome"])


@pytest.mark.parametrize("rule", ["UNIV-5-1", "SANMU-5-1", "UNION-4-1", "INSURE-5-1"])
@pytest.mark.parametrize(("owner", "expected"), [(None, "hit"), ("", "hit"), ("别的部", "hit")])
def test_an_owner_told_to_be_nobody_is_not_the_right_one(
    rule: str, owner: object, expected: str
) -> None:
    assert outcome(rule, kind="account", owner=owner) == expected
    assert outcome(rule, kind="account") == "unknown"


@seed(31)
@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2014, 1, 2), datetime(2027, 12, 30)),  # noqa: DTZ001  clocks of here
    st.integers(0, 200),
)
def test_a_moment_is_the_same_however_its_zone_is_written(first: datetime, minutes: int) -> None:
    later = first + timedelta(minutes=minutes)
    elsewhere = (later - timedelta(hours=8)).replace(tzinfo=UTC).isoformat()
    told = {"kind": "schedule", "previous": first.isoformat()}
    here = said("CHERY-2.7b", at=later.isoformat(), **told)["verdict"]
    assert said("CHERY-2.7b", at=elsewhere, **told)["verdict"] == here
    assert here == ("flag" if minutes < 60 else "pass")


def test_a_moment_beyond_all_calendars_is_not_read() -> None:
    told = {"kind": "schedule", "previous": "2026-03-02T08:00:00+08:00"}
    assert outcome("CHERY-2.7b", at="9999-12-31T23:59:00Z", **told) == "unknown"


@seed(32)
@settings(max_examples=40, deadline=None)
@given(st.permutations(BOARD), NAME, st.integers(0, 4))
def test_a_board_is_named_whole_in_whatever_order(order: list[str], other: str, kept: int) -> None:
    told = {"kind": "org", "president": 1, "vice_president": 2, "secretary": 1}
    departments = [*order[:kept], *[f"{other}{at}部" for at in range(4 - kept)]]
    answered = said("HNUT-6.1", departments=departments, **told)
    assert answered["verdict"] == ("pass" if kept == len(BOARD) else "flag")
    assert outcome("HNUT-6.1", departments=4, **told) == "miss"


@seed(33)
@settings(max_examples=40, deadline=None)
@given(NAME, st.sampled_from(["SANMU-11-1", "UNION-11-1", "UNIV-13-1", "UNION-5-1"]))
def test_who_wrote_it_is_never_the_only_one_who_let_it_pass(name: str, rule: str) -> None:
    alone = {"kind": "post", "text": "通知", "author": name, "approvals": [{"by": name}]}
    assert said(rule, **alone)["reason"] == "self_approval"
    assert said(rule, kind="post", text="通知", approvals=None)["verdict"] == "hold"
    assert outcome(rule, kind="post", text="通知", approvals="ok") == "unknown"


ROLES: tuple[tuple[dict[str, object], str], ...] = (
    ({"leader": "甲", "owner": "乙", "operator": None}, "hit"),
    ({"leader": "甲", "owner": "乙", "operator": "丙"}, "miss"),
    ({"leader": "甲"}, "unknown"),
    ({}, "unknown"),
    ({"operator": "甲", "approver": "甲"}, "hit"),
    ({"roles": {"分管领导": "甲", "负责人员": "乙"}}, "hit"),
)


@pytest.mark.parametrize(("told", "expected"), ROLES)
def test_roles_may_be_told_one_by_one(told: dict[str, object], expected: str) -> None:
    assert outcome("CITICS-10-3", kind="account", **told) == expected


def test_a_change_nobody_filed_yet_says_who_should() -> None:
    told = {"kind": "account_change", "unit": "投资银行委员会"}
    assert said("CITICS-9-2", filed_by=None, **told)["to"] == "运营部"
    assert outcome("CITICS-9-2", **told) == "unknown"


@seed(34)
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 365), st.sampled_from(["不合格", "failed", "未通过"]))
def test_a_yearly_report_is_owed_from_its_day_for_half_a_year(days: int, failed: str) -> None:
    now = (date(2025, 11, 30) + timedelta(days=days)).isoformat()
    told = {"kind": "account", "now": now}
    owed = 0 < days <= 183
    answered = said("PLATMGMT-5-2", annual_report=None, **told)
    assert answered["verdict"] == ("block" if owed else "pass")
    handed = said("GOVNM-5-2", annual_report="有", annual_review=failed, **told)
    assert handed["action"] == "close_account"


@pytest.mark.parametrize("links", range(1, 9))
def test_a_clause_chained_by_one_word_is_unclear(links: int) -> None:
    text = "".join(f"{each}的" for each in "天地玄黄宇宙洪荒"[:links])
    answered = said("PLATMGMT-9-2", kind="post", text=f"{text}事")
    assert (answered["verdict"] == "flag") == (links >= 5)


@pytest.mark.parametrize("quoted", ["“我个人觉得不行”", "「我个人觉得不行」"])
def test_a_reply_that_cites_does_not_speak_for_itself(quoted: str) -> None:
    ours = said("CHERY-2.4a", kind="reply", text="我个人觉得不行")
    assert ours["verdict"] == "block"
    cited = said("CHERY-2.4a", kind="reply", text=f"您提到店员说{quoted}，已经停岗。")
    assert cited["verdict"] == "pass"


def test_a_group_in_our_name_is_barred_unless_it_was_reported() -> None:
    told = {"kind": "group", "name": "中信证券交流群"}
    assert said("CITICS-3-1", **told)["verdict"] == "block"
    assert said("CITICS-3-1", report=True, **told)["verdict"] == "pass"


@seed(36)
@settings(max_examples=40, deadline=None)
@given(NAME, st.sampled_from(["ＣＩＴＩＣＳ", "Ｃitics", "c-i-t-i-c-s", "中*信", "中　信"]))
def test_a_protected_word_hides_in_no_width(name: str, word: str) -> None:
    told = {"kind": "profile", "account_class": "personal", "nickname": f"{word}{name}"}
    assert said("CITICS-2-1", **told)["verdict"] == "block"


def test_words_that_need_others_beside_them_say_nothing_alone() -> None:
    assert said("HB13-T3-09", kind="post", text="生日快乐")["verdict"] == "pass"
    assert said("HB13-T3-09", kind="post", text="我生日")["verdict"] == "flag"
