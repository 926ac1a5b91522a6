"""The day that words name, seen from a day: 明天, 下周三, 月底, 3月5日, 国庆节前."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from shared.policy.gate.numerals import NUMBER, number
from shared.policy.gate.section import Calendar
from shared.policy.gate.workdays import (
    after_working_days,
    end_of_holidays,
    end_of_month,
    festival,
    next_festival,
)

_AHEAD: Final = (
    ("大后天", 3), ("后天", 2), ("后日", 2), ("明", 1), ("次日", 1), ("第二天", 1), ("翌日", 1),
    ("隔天", 1), ("今", 0), ("当天", 0), ("当日", 0), ("本日", 0),
)  # fmt: skip
_WEEKDAYS: Final = {char: place for place, char in enumerate("一二三四五六日")} | {
    "天": 6, "末": 6, "底": 6, "内": 6, "中": 6, "初": 1, "": 6,
}  # fmt: skip
_WEEK: Final = re.compile(
    r"(?P<which>下下|本|这|下)?个?(?:周|星期|礼拜)(?:之|以)?(?P<day>[一二三四五六日天末底内中初])?"
)
_MONTH: Final = re.compile(
    rf"(?:(?P<year>明|今|本|\d{{4}})年)?(?P<month>{NUMBER})月份?"
    rf"(?:(?P<part>底|末|初|中旬|上旬|下旬|中)|(?P<day>{NUMBER})[日号]|(?P<whole>[前内之以]))"
)
_THIS_MONTH: Final = re.compile(
    rf"(?P<which>本|这|下|当|次)?个?月?(?:(?P<day>{NUMBER})[日号]|(?P<part>底|末|初|中旬|上旬|下旬|中)?)"
)
_PARTS: Final = {"初": 10, "上旬": 10, "中": 15, "中旬": 20}
_FESTIVAL: Final = re.compile(
    r"(元旦|春节|元宵|清明|五一|劳动|端午|六一|儿童|中秋|国庆|十一|重阳|教师|七夕)"
)
_FRIDAY: Final = 4
_BEFORE: Final = ("前", "到来")


def day_of(words: str, today: date, calendar: Calendar) -> date | None:
    """Return the last day on which it is still in time; None if the calendar does not know it."""
    for read in _READERS:
        if (day := read(words, today, calendar)) is not None:
            return day
    return None


def _year(words: str, today: date, calendar: Calendar) -> date | None:
    del calendar
    if half := re.match(r"(明)?(?:今|本)?年?([上下])半年", words):
        month = 6 if half[2] == "上" else 12
        return end_of_month(today.year + bool(half[1]), month)
    if not re.match(r"(?:今|本|明)?年(?!前|[之以过]?后)|(?:今|明|本)年(?!\S*月)", words):
        return None
    return date(today.year + words.startswith("明"), 12, 31)


def _quarter(words: str, today: date, calendar: Calendar) -> date | None:
    del calendar
    if "季度" not in words:
        return None
    named = re.match(r"第?([一二三四])季度", words)
    current = (today.month - 1) // 3 + 1
    if named is None:
        return end_of_month(today.year, (current + words.startswith("下")) * 3)
    quarter = int(number(named[1]))
    return end_of_month(today.year + (quarter < current), quarter * 3)


def _festival(words: str, today: date, calendar: Calendar) -> date | None:
    found = _FESTIVAL.match(words)
    if re.match("年(?:前|(?:之|以|过)?后)", words):
        day = festival("春节", today, calendar)
    elif words.startswith(("节前", "放假")):
        day = next_festival(today, calendar)
    elif words.startswith(("节", "假期", "长假")):
        day = today if today in calendar.holidays else next_festival(today, calendar)
    else:
        day = festival(found[1], today, calendar) if found else None
    if day is None:
        return None
    if "后" in words:
        return after_working_days(end_of_holidays(day, calendar), 1, calendar)
    if any(each in words for each in _BEFORE):
        return day - timedelta(days=1)
    return end_of_holidays(day, calendar) if "期间" in words or "假期内" in words else day


def _working_day(words: str, today: date, calendar: Calendar) -> date | None:
    named = re.search(r"(?:下|次|隔)一?个?(?:工作日|上班日)|^第一个(?:工作日|上班日)", words)
    return after_working_days(today, 1, calendar) if named else None


def _month(words: str, today: date, calendar: Calendar) -> date | None:
    del calendar
    found = _MONTH.match(words)
    if not found:
        return None
    year, month = _named_year(found["year"], today), int(number(found["month"]))
    if not 1 <= month <= 12:  # noqa: PLR2004  months of a year
        return None
    if found["year"] is None and month < today.month:
        year += 1
    if found["whole"] and any(each in words for each in _BEFORE):
        return date(year, month, 1) - timedelta(days=1)
    return _within(year, month, found)


def _named_year(written: str | None, today: date) -> int:
    if written and written.isdigit():
        return int(written)
    return today.year + (written == "明")


def _this_month(words: str, today: date, calendar: Calendar) -> date | None:
    del calendar
    found = _THIS_MONTH.match(words)
    if not found or not found.group() or ("月" not in words and not found["day"]):
        return None
    month = today.month + (found["which"] in ("下", "次"))
    day = _within(today.year, month, found)
    if day is not None and found["day"] and not found["which"] and day < today:
        return _within(today.year, month + 1, found)
    return day


def _within(year: int, month: int, found: re.Match[str]) -> date | None:
    last = end_of_month(year, month)
    if found["day"]:
        wanted = int(number(found["day"]))
        return last.replace(day=wanted) if 1 <= wanted <= last.day else None
    return last.replace(day=_PARTS.get(found["part"] or "", last.day))


def _week(words: str, today: date, calendar: Calendar) -> date | None:
    del calendar
    found = _WEEK.match(words)
    if not found:
        return None
    weekday = _WEEKDAYS[found["day"] or ""]
    weekday = _FRIDAY if words.startswith("周末") and "前" in words else weekday
    weeks = {"下下": 2, "下": 1}.get(found["which"] or "", 0)
    day = today + timedelta(days=weekday - today.weekday(), weeks=weeks)
    return day + timedelta(weeks=1) if not found["which"] and day < today else day


def _ahead(words: str, today: date, calendar: Calendar) -> date | None:
    del calendar
    for word, days in _AHEAD:
        if words.startswith(word):
            return today + timedelta(days=days)
    return None


_READERS: Final[tuple[Callable[[str, date, Calendar], date | None], ...]] = (
    _working_day, _month, _year, _quarter, _festival, _ahead, _week, _this_month,
)  # fmt: skip
