"""Checks of limits: how many a day, how fast, how large, in which format."""

from math import isnan
from typing import Any, ClassVar

from pydantic import Field

from shared.policy.checks.check import Amount, Ask, Check, Count, by_name
from shared.policy.checks.outcome import Judgement, Outcome, hit, miss, unknown
from shared.policy.checks.schedules import minute_of

_CROWD = 5
_CROWDED_MIN = 10
"""Ours: so many posts in so many minutes fill the page of whoever reads it."""


class DailyKinds(Check):
    """So many original posts and so many reposts a day, counted apart."""

    name: ClassVar[str] = "daily_kinds"
    original: Count
    reposts: Count

    def run(self, ask: Ask) -> Outcome:
        for field, least in (("original", self.original), ("reposts", self.reposts)):
            told = ask.given.number(field)
            if told is not None and told < least:
                return hit(ask.verdict, reason=f"{field}<{least}")
        absent = [each for each in ("original", "reposts") if ask.given.number(each) is None]
        return unknown(*absent) if absent else miss()


class DailyAverage(Check):
    """Posts a day, from a count and the days it covers."""

    name: ClassVar[str] = "per_day_rate"
    least: Amount | None
    least_fields: tuple[str, ...] = ("min_posts_per_day", "min_per_day")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        posts = ask.given.number("posts_per_day", "posts", "count", "times", "texts")
        told = ask.given.number(*self.least_fields)
        least = self.least if told is None else told
        if posts is None or least is None:
            return unknown("posts" if posts is None else self.least_fields[0])
        days = ask.given.number("days", "period_days")
        if days is None and ask.given.kind != "day_log" and not ask.given.number("posts_per_day"):
            return unknown("days")
        short = posts / max(days or 1, 1) < least
        return hit(ask.verdict, reason=ask.reason, **self.says) if short else miss()


class Rate(Check):
    """No more than so many actions a minute."""

    name: ClassVar[str] = "rate"
    count: tuple[str, ...]
    minutes: tuple[str, ...]
    most_per_minute: Amount

    def run(self, ask: Ask) -> Outcome:
        count, minutes = ask.given.number(*self.count), ask.given.number(*self.minutes)
        if count is None or minutes is None:
            return unknown((self.count if count is None else self.minutes)[0])
        fast = count / max(minutes, 1) > self.most_per_minute
        return hit(ask.verdict, reason=ask.reason) if fast else miss()


class Bulk(Check):
    """A message to many needs an approval; one to a few does not."""

    name: ClassVar[str] = "bulk"
    most: Count

    def run(self, ask: Ask) -> Outcome:
        recipients = ask.given.number("recipients", "to", "count")
        if recipients is None:
            return unknown("recipients")
        if recipients <= self.most:
            return miss()
        approved = ask.given.truth("approval", "approvals", "approved_by")
        if approved is None:
            return unknown("approval")
        return miss() if approved else hit(ask.verdict, reason=ask.reason)


class Flood(Check):
    """Reposts crowd the page: over a number in a window, or over the input's own limit."""

    name: ClassVar[str] = "flood"
    most: Count

    def run(self, ask: Ask) -> Outcome:
        if ask.given.kind == "account_event" and "repost" not in ask.given.word("event"):
            return miss() if ask.given.word("event") else unknown("event")
        count = ask.given.number(
            "reposts_last_hour", "reposts_in_window", "reposts", "repost_count", "count"
        )
        if count is None:
            return self._crowded(ask)
        told = ask.given.number(
            "max_reposts", "max_per_hour", "max_per_window", "threshold", "limit"
        )
        days = ask.given.number("days", "period_days") or 1
        over = count / days > (self.most if told is None else told)
        return hit(ask.verdict, reason=ask.reason) if over else miss()

    def _crowded(self, ask: Ask) -> Outcome:
        """Times alone: too many of them within ten minutes."""
        told = (minute_of(str(each)) for each in ask.given.many("times"))
        times = sorted(each for each in told if not isnan(each))
        if not times:
            return unknown("reposts")
        crowd = max(sum(one <= each <= one + _CROWDED_MIN for each in times) for one in times)
        return hit(ask.verdict, reason=ask.reason) if crowd >= _CROWD else miss()


class Size(Check):
    """A picture of exactly these pixels."""

    name: ClassVar[str] = "size"
    width: Count
    height: Count

    def run(self, ask: Ask) -> Outcome:
        width = ask.given.number("background_width", "width")
        height = ask.given.number("background_height", "height")
        told = ask.given.first("background_size", "background", "size")
        if isinstance(told, list) and len(told) == 2:  # noqa: PLR2004  width and height
            width, height = (float(each) for each in told)
        elif isinstance(told, dict):
            width, height = (float(told.get(each, 0)) for each in ("width", "height"))
        elif isinstance(told, str):
            parts = told.lower().replace("×", "x").replace("*", "x").split("x")
            if len(parts) == 2 and all(each.strip().isdigit() for each in parts):  # noqa: PLR2004
                width, height = (float(each) for each in parts)
        if width is None or height is None:
            return unknown("background_width" if width is None else "background_height")
        fits = (width, height) == (self.width, self.height)
        return miss() if fits else hit(ask.verdict, reason=ask.reason)


class Media(Check):
    """A file in one of these formats, and of a size between two ends."""

    name: ClassVar[str] = "media"
    formats: tuple[str, ...]
    least_mb: Amount = 0
    most_mb: Amount
    open_ends: bool = Field(False, description="the ends themselves are outside")
    too_large: str = "too_large"
    small: Judgement = "flag"

    def run(self, ask: Ask) -> Outcome:
        written = ask.given.word("format", "ext", "mime").lower().rpartition("/")[2].lstrip(".")
        if written and written not in self.formats:
            return hit(ask.verdict, reason="format")
        size = ask.given.number("size_mb", "size")
        if size is not None:
            if size > self.most_mb or (self.open_ends and size == self.most_mb):
                return hit(ask.verdict, reason=self.too_large)
            if size < self.least_mb or (self.open_ends and size == self.least_mb):
                return hit(self.small, reason="too_small")
        absent = [
            name for name, value in (("format", written), ("size_mb", size)) if value in ("", None)
        ]
        return unknown(*absent) if absent else miss()


class Refusal(Check):
    """Material asked of a department comes; a refusal escalates, a delay too."""

    name: ClassVar[str] = "refusal"

    def run(self, ask: Ask) -> Outcome:
        status = ask.given.word("status")
        if status in ("refused", "rejected", "declined", "拒绝") or ask.given.truth("refused"):
            return hit(ask.verdict, reason=ask.reason)
        age, due = ask.given.number("age_hours"), ask.given.number("due_hours")
        if status in ("answered", "delivered", "done", "provided", "已提供"):
            return miss()
        if age is None or due is None:
            absent = {"status": status or None, "age_hours": age, "due_hours": due}
            return unknown(*(name for name, value in absent.items() if value is None))
        return hit("remind", reason="overdue", to=ask.given.first("to")) if age > due else miss()


CHECKS = by_name(DailyKinds, DailyAverage, Rate, Bulk, Flood, Size, Media, Refusal)
