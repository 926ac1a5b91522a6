"""The same rules with other names, dates and counts: what holds for one example holds for all of it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
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
SHELF = Shelf(default_policies_dir())
WORD = st.text(alphabet="甲乙丙丁云海山林春秋东西南北", min_size=2, max_size=4)
MOMENT = st.datetimes(datetime(2014, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001  all of one place


def said(rule: str, **told: object) -> Mapping[str, Any]:
    body = Given.of(told)
    return answer(evaluate(SHELF.book(ALL).only(rule), body, DAY), body)


@seed(5)
@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(0, 40))
def test_a_post_is_held_to_its_units_title_and_text_together(text: int, title: int) -> None:
    told = {"kind": "post", "channel": "weibo", "text": "安" * text, "title": "题" * title}
    assert said("SAWS-4.2-1a", **told)["verdict"] == ("block" if text + title > 140 else "pass")
    half = {"kind": "post", "channel": "weibo", "text": "a" * text}
    assert said("PLAN-2", **half)["verdict"] == ("block" if text > 280 else "pass")


@seed(6)
@settings(max_examples=60, deadline=None)
@given(MOMENT, st.integers(0, 20), st.lists(st.integers(0, 20), max_size=4))
def test_a_filing_is_late_after_five_days_on_which_people_worked(
    changed: datetime, later: int, off: list[int]
) -> None:
    free = {changed.date() + timedelta(days=each) for each in off}
    days = [changed.date() + timedelta(days=each) for each in range(1, 60)]
    due = [each for each in days if each.weekday() < 5 and each not in free][4]
    filed = changed.date() + timedelta(days=later)
    told = {"kind": "account_change", "changed": changed.date().isoformat()}
    answered = said(
        "NEWMEDIA-7-3",
        **told,
        filed=filed.isoformat(),
        holidays=[each.isoformat() for each in sorted(free)],
    )
    assert answered["due"] == due.isoformat()
    assert answered["verdict"] == ("flag" if filed > due else "pass")


@seed(7)
@settings(max_examples=60, deadline=None)
@given(MOMENT, st.integers(0, 300))
def test_two_posts_stand_an_hour_apart(first: datetime, minutes: int) -> None:
    later = first + timedelta(minutes=minutes)
    told = {"kind": "schedule", "at": later.isoformat(), "previous": first.isoformat()}
    assert said("CHERY-2.7b", **told)["verdict"] == ("flag" if minutes < 60 else "pass")
    assert said("OPSPLAN-9", **told)["verdict"] == ("flag" if minutes < 30 else "pass")


@seed(8)
@settings(max_examples=60, deadline=None)
@given(MOMENT, st.integers(0, 5000), st.integers(1, 3000), st.sampled_from((0, 1)))
def test_a_question_waits_no_longer_than_its_minutes(
    received: datetime, age: int, limit: int, replied: int
) -> None:
    now = received + timedelta(minutes=age)
    told = {
        "kind": "case",
        "label": "question",
        "received": received.isoformat(),
        "sla_min": limit,
    }
    answered = said(
        "HB13-4.2-4",
        **told,
        now=now.isoformat(),
        replied=received.isoformat() if replied else None,
    )
    late = age > limit and not replied
    assert answered["verdict"] == ("escalate" if late else "pass")


@seed(9)
@settings(max_examples=60, deadline=None)
@given(WORD, WORD, st.sampled_from((0, 1)))
def test_a_protected_word_is_found_in_any_nickname(word: str, rest: str, inside: int) -> None:
    nickname = f"{rest}{'-'.join(word)}" if inside else "x1"
    told = {"kind": "profile", "account_class": "personal", "nickname": nickname}
    answered = said("NEWMEDIA-6-2", **told, protected=[word])
    assert answered["verdict"] == ("block" if inside else "pass")
    assert answered.get("span", "") == (word if inside else "")


@seed(10)
@settings(max_examples=60, deadline=None)
@given(st.permutations(["部门负责人", "营销部", "营销部负责人"]), st.integers(0, 3))
def test_a_chain_needs_every_step_in_its_order(order: list[str], done: int) -> None:
    told = [{"role": each} for each in order[:done]]
    whole = order[:done] == ["部门负责人", "营销部", "营销部负责人"]
    answered = said("HOTEL-11.1", kind="post", text="新菜", approvals=told)
    assert answered["verdict"] == ("pass" if whole else "hold")


@seed(11)
@settings(max_examples=60, deadline=None)
@given(WORD, WORD)
def test_the_name_of_a_club_follows_its_pattern_whoever_it_is(club: str, dept: str) -> None:
    told = {"kind": "account", "account_class": "club_dept"}
    good = said("GXNU-2.2-N4", **told, name=f"广西师大{club}协会{dept}部")
    assert good["verdict"] == "pass"
    assert said("GXNU-2.2-N4", **told, name=f"{club}社{dept}部")["verdict"] == "flag"


@seed(12)
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 10**9))
def test_measures_are_what_they_say(replied: int, more: int, followers: int) -> None:
    answered = said("GOVKPI-7", kind="metric", cases=replied + more, replied=replied)
    assert answered["value"] == round(replied / (replied + more), 4)
    tier = said("PLAN-3", kind="user", followers=followers)["tier"]
    assert tier == sum(followers > step for step in (100, 10**5, 10**6, 10**7, 10**8))


@seed(13)
@settings(max_examples=60, deadline=None)
@given(
    WORD,
    st.sampled_from(["退款", "态度太差", "发霉", "没人管"]),
    st.sampled_from(["", " ", "*", "　"]),
)
def test_a_complaint_is_one_about_whatever_it_is(what: str, trouble: str, hidden: str) -> None:
    text = f"{what}{hidden.join(trouble)}"
    answered = said("HOTEL-13-2", kind="comment", text=text)
    assert (answered["label"], answered["route"]) == ("complaint", "客服")
