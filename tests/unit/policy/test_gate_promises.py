"""Promises: the day that words name, working days, what is over, and what is only hoped."""

from datetime import UTC, date, datetime

import pytest

from shared.policy.gate.check import gate
from shared.policy.gate.days import day_of
from shared.policy.gate.findings import GateContext, GateFinding, Unknown
from shared.policy.gate.promises import promises
from shared.policy.gate.workdays import after_working_days, unknown_years
from shared.policy.loader import load_pack
from shared.policy.model import NO_PACK
from shared.runtime.packs import read_pack, read_sources
from shared.runtime.settings import default_policies_dir
from tests.fakes.clock import START

PACK = read_pack(default_policies_dir(), "company")


def found(text: str, category: str, now: str) -> list[GateFinding]:
    context = GateContext.model_validate({"now": now})
    return [each for each in gate(text, context, PACK).findings if each.category == category]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("13月5日前", None),
        ("2月30日前", None),
        ("31日前", None),
        ("1月5日", "2027-01-05"),
        ("15号", "2026-11-15"),
        ("5号", "2026-12-05"),
        ("本月5号", "2026-11-05"),
        ("中秋节前", "2027-09-14"),
        ("七夕前", None),
        ("国庆期间", "2027-10-01"),
        ("说不清的日子", None),
    ],
)
def test_the_day_that_words_name(words: str, day: str | None) -> None:
    calendar = PACK.gate.calendar.model_copy(
        update={"festivals": {"中秋": (date(2026, 9, 25), date(2027, 9, 15))}}
    )
    named = day_of(words, date(2026, 11, 10), calendar)
    assert named == (date.fromisoformat(day) if day else None)


def test_working_weekends_count_and_holidays_do_not() -> None:
    calendar = PACK.gate.calendar
    assert after_working_days(date(2026, 2, 13), 1, calendar) == date(2026, 2, 14)
    assert after_working_days(date(2026, 9, 30), 1, calendar) == date(2026, 10, 8)
    read = promises("一个工作日内答复您", datetime.fromisoformat("2026-02-13T09:00:00"), calendar)
    assert (read[0].deadline or START).date() == date(2026, 2, 14)
    assert read[0].holidays_known
    far = promises("十个工作日内答复您", datetime(2026, 12, 28, 9, tzinfo=UTC), calendar)
    assert far[0].holidays_known is False


def test_a_year_nobody_named_is_unknown_and_says_so_until_a_child_pack_names_it() -> None:
    late = datetime(2026, 12, 28, 9, tzinfo=UTC)
    context = GateContext(situation="complaint", now=late)
    said = gate("我们十个工作日内答复您", context, PACK)
    assert Unknown(check="promise", needs="holidays_of_2027") in said.unknown
    told = next(each for each in said.findings if each.category == "promise")
    assert "2027 年的放假安排规则包里还没有" in told.reason
    days = gate("我们十天内答复您", context, PACK)
    assert not any(each.needs.startswith("holidays") for each in days.unknown)
    named = b"inherits: company\ngate: {calendar: {day_ends: 17, years: [2027], holidays: ['2027-01-04'], festivals: {%s: ['2031-01-23']}}}"
    sources = {
        **read_sources(default_policies_dir()),
        "ours": {"pack.yaml": named % "春".encode()},
    }
    ours = load_pack("ours", sources)
    calendar = ours.gate.calendar
    assert (2026 in calendar.years, 2027 in calendar.years) == (True, True)
    assert calendar.day_ends == 17
    assert {date(2026, 10, 1), date(2027, 1, 4)} <= set(calendar.holidays)
    assert len(calendar.festivals["春"]) == len(PACK.gate.calendar.festivals["春"]) + 1
    again = gate("我们十个工作日内答复您", context, ours)
    assert not any(each.needs.startswith("holidays") for each in again.unknown)
    assert unknown_years(PACK.gate.calendar, date(2026, 10, 31)) == ()
    assert unknown_years(PACK.gate.calendar, date(2026, 11, 1)) == (2027,)
    assert unknown_years(calendar, date(2026, 11, 1)) == ()


def test_a_promise_is_said_to_be_one_and_one_that_is_over_stays_here() -> None:
    now = "2026-03-11T10:00:00+08:00"
    assert found("我们明天给您答复", "promise", now=now)[0].level == "warn"
    assert found("本周一给您答复", "promise", now=now)[0].level == "hold"
    assert found("本周一给您答复", "promise", now="2026-03-11T10:00:00")[0].level == "hold"
    assert not found("我们尽可能明天给您答复", "promise", now=now)
    lacking = gate("我们明天给您答复", GateContext(), PACK).unknown
    assert ("promise", "now") in {(each.check, each.needs) for each in lacking}
    unknown_day = promises(
        "七夕前给您答复", datetime.fromisoformat("2026-03-11T00:00:00"), NO_PACK.gate.calendar
    )
    assert (unknown_day[0].deadline, unknown_day[0].amount) == (None, None)
