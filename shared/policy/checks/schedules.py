"""Checks of the calendar of posts: windows, gaps, slots and how the day was filled."""

import re
from datetime import time
from itertools import pairwise
from math import isnan
from statistics import median
from typing import ClassVar, Final

from pydantic import Field

from shared.policy.checks.check import Amount, Ask, Check, Count, Share, by_name
from shared.policy.checks.given import ABSENT, Given
from shared.policy.checks.outcome import Outcome, hit, miss, unknown
from shared.policy.checks.times import minutes_between

WEEKEND: Final = (0, 6, 7)
_DAYS: Final = {"周末": 6, "休息日": 6, "weekend": 6, "工作日": 1, "平日": 1, "weekday": 1,
                **{name: 1 + place for place, name in enumerate("一二三四五六日")},
                **{name: 1 + place for place, name in enumerate(
                    ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}, "天": 7}  # fmt: skip
_DAY = 24 * 60
_BEGINNING = 8
_ARTICLE = re.compile(r"^\W*第\s*[一二三四五六七八九十百零〇\d]+\s*[条章款项]")
_PART = re.compile(
    r"[(\uff08【]\s*(?:\d+|[一二三四五六七八九十]+)\s*(?:[/\uff0f]\s*\d+)?\s*[)\uff09】]"
    r"|[(\uff08](?:上|中|下|续)[)\uff09]|之[一二三四五六七八九十]|第[一二三四五六七八九十\d]+(?:段|部分|集)"
    r"|^\d+\s*/\s*\d+|接上[条篇文]|未完待续|^\W*续[:\uff1a]"
)


class InWindow(Check):
    """A post leaves within one of these windows; both ends belong to them."""

    name: ClassVar[str] = "window"
    windows: tuple[tuple[str, str], ...]

    def run(self, ask: Ask) -> Outcome:
        at = ask.given.moment("at")
        if at is None or not self.windows:
            return unknown("at" if at is None else "windows")
        now = at.hour * 60 + at.minute + at.second / 60
        inside = any(minute_of(first) <= now <= minute_of(last) for first, last in self.windows)
        return miss() if inside else hit(ask.verdict, reason="outside_window")


class Gap(Check):
    """Two posts of one account are at least so far apart."""

    name: ClassVar[str] = "gap"
    least_min: Amount | None
    reason: str = ""

    def run(self, ask: Ask) -> Outcome:
        at, before = ask.given.moment("at"), ask.given.moment("previous", "last_post")
        if self.least_min is None or at is None or before is None:
            if at is not None and ask.given.truth("previous", "last_post") is False:
                return miss()
            return unknown("at" if at is None else "previous")
        if minutes_between(before, at) >= self.least_min:
            return miss()
        return hit(ask.verdict, reason=self.reason or f"gap<{self.least_min:g}min")


class Slots(Check):
    """The plan of a day holds these times, or so many between two times."""

    name: ClassVar[str] = "slots"
    weekend: bool = False
    slots: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    count: Count = 0
    slack_min: Count = Field(30, description="how far from its slot a post may stand")

    def run(self, ask: Ask) -> Outcome:
        day, told = weekday_of(ask.given), ask.given.first("slots", "times")
        if day is None or not isinstance(told, list):
            return unknown("weekday" if day is None else "slots")
        if (day in WEEKEND) != self.weekend:
            return miss()
        planned = [one for each in told if not isnan(one := minute_of(str(each)))]
        if self.slots:
            missing = [
                each
                for each in self.slots
                if all(abs(minute_of(each) - one) > self.slack_min for one in planned)
            ]
            return hit(ask.verdict, missing=missing) if missing else miss()
        within = [one for one in planned if minute_of(self.start) <= one <= minute_of(self.end)]
        if len(within) >= self.count:
            return miss()
        span = f"{self.start}-{self.end}"
        return hit(
            ask.verdict, reason="too_few_slots", missing=f"{span}: {len(within)}/{self.count}"
        )


class Burst(Check):
    """Posts of one day crowd: the median gap is small, or most stand in one hour."""

    name: ClassVar[str] = "burst"
    gap_min: Amount = 0
    hour_share: Share = 0
    least_posts: Count = 3

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first("times")
        if not isinstance(told, list):
            return unknown("times")
        times = sorted(one for each in told if not isnan(one := minute_of(str(each))))
        if len(times) < self.least_posts:
            return miss()
        if self.gap_min and median(b - a for a, b in pairwise(times)) <= self.gap_min:
            return hit(ask.verdict, reason="burst")
        busiest = max(sum(one <= each < one + 60 for each in times) for one in times)
        if self.hour_share and busiest / len(times) >= self.hour_share:
            return hit(ask.verdict, reason="burst")
        return miss()


class Pasted(Check):
    """Posts in a row that only cut one thing into pieces: articles, parts, near copies."""

    name: ClassVar[str] = "pasted"
    mode: str = Field("articles", description="articles or parts")
    least: Count = 3

    def run(self, ask: Ask) -> Outcome:
        texts = [str(each).strip() for each in ask.given.many("texts")]
        if ask.given.first("texts") is ABSENT:
            return unknown("texts")
        marks = _ARTICLE if self.mode == "articles" else _PART
        if sum(bool(marks.search(each)) for each in texts) >= self.least:
            pasted = self.mode == "articles"
            return hit(ask.verdict, reason="regulation_paste" if pasted else "split_story")
        if self.mode == "parts" and _alike(texts) >= self.least - 1:
            return hit(ask.verdict, reason="split_story")
        return miss()


def weekday_of(given: Given) -> float | None:
    """Return the day of the week, 1 to 7, told by its number, its name or a date."""
    told = given.number("weekday")
    if told is not None:
        return told
    name = given.word("weekday", "day_type").lower()
    named = next((day for mark, day in _DAYS.items() if mark in name), None)
    if named is not None:
        return named
    moment = given.moment("date", "day", "at")
    return None if moment is None else moment.isoweekday()


def minute_of(written: str) -> float:
    """Return the minute of the day of `HH:MM`; 24:00 is its end. Nonsense is no time of a day."""
    if written.startswith("24:"):
        return _DAY
    try:
        told = time.fromisoformat(written.zfill(5))
    except ValueError:
        return float("nan")
    return told.hour * 60 + told.minute


def _alike(texts: list[str]) -> int:
    return sum(one[:_BEGINNING] == other[:_BEGINNING] != "" for one, other in pairwise(texts))


CHECKS = by_name(InWindow, Gap, Slots, Burst, Pasted)
