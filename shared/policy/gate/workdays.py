"""Working days, festivals and months, by the calendar that the pack carries."""

from calendar import monthrange
from datetime import date, timedelta

from shared.policy.gate.section import Calendar

_DAY = timedelta(days=1)
_WEEKEND = 5
_ANNOUNCED = 11
_FIXED = {
    "元旦": (1, 1), "妇女": (3, 8), "五一": (5, 1), "劳动": (5, 1), "儿童": (6, 1),
    "六一": (6, 1), "教师": (9, 10), "十一": (10, 1), "国庆": (10, 1),
}  # fmt: skip


def is_workday(day: date, calendar: Calendar) -> bool:
    """Tell whether people work on this day."""
    if day in calendar.workdays:
        return True
    return day.weekday() < _WEEKEND and day not in calendar.holidays


def after_working_days(day: date, count: int, calendar: Calendar) -> date:
    """Return the `count`th working day after `day`."""
    while count:
        day += _DAY
        count -= is_workday(day, calendar)
    return day


def end_of_month(year: int, month: int) -> date:
    """Return the last day of a month; months beyond December are of the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def festival(name: str, day: date, calendar: Calendar) -> date | None:
    """Return the first such festival after `day`; None if the calendar does not know it."""
    word = name.removesuffix("节")
    known = calendar.festivals.get(word, ())
    if word in _FIXED:
        month, number = _FIXED[word]
        known = tuple(date(day.year + more, month, number) for more in (0, 1))
    return min((each for each in known if each > day), default=None)


def next_festival(day: date, calendar: Calendar) -> date | None:
    """Return the first day of the next holidays."""
    return min((each for each in calendar.holidays if each > day), default=None)


def end_of_holidays(day: date, calendar: Calendar) -> date:
    """Return the last of the days off in a row that `day` begins or belongs to."""
    while day + _DAY in calendar.holidays:
        day += _DAY
    return day


def unknown_years(calendar: Calendar, day: date) -> tuple[int, ...]:
    """Return this year, and from November on the next, if their holidays are not named.

    The holidays of a year are announced in the November before it.
    """
    near = (day.year, day.year + 1) if day.month >= _ANNOUNCED else (day.year,)
    return tuple(each for each in near if each not in calendar.years)


def is_known(day: date, calendar: Calendar) -> bool:
    """Tell whether the holidays of that year are named; else weekends alone were counted."""
    return day.year in calendar.years
