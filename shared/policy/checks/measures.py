"""Checks of figures: what is reported, what is too little, what is out of proportion."""

from math import isnan
from statistics import mean, pstdev
from typing import Any, ClassVar, Final

from pydantic import Field

from shared.policy.checks.check import Amount, Ask, Check, Count, Share, by_name
from shared.policy.checks.outcome import Outcome, hit, miss, unknown
from shared.policy.checks.schedules import WEEKEND, minute_of, weekday_of

_OF_DAYS: Final = ("daily", "daily_counts", "daily_posts", "counts", "posts_by_day")


class Ratio(Check):
    """One figure over another: reported as a measure, or held against an end."""

    name: ClassVar[str] = "ratio"
    top: tuple[str, ...]
    bottom: tuple[str, ...]
    told: tuple[str, ...] = Field((), description="fields that tell the ratio itself")
    metric: str = ""
    alone: str = Field("", description="what the upper figure is called where it stands alone")
    least: Amount | None = None
    least_field: str = ""
    most: Amount | None = None
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        value = ask.given.number(*self.told)
        if value is None:
            top, bottom = ask.given.number(*self.top), ask.given.number(*self.bottom)
            if top is not None and bottom is None and self.alone:
                return hit(ask.verdict, metric=self.alone, value=top)
            if top is None or bottom is None:
                return unknown((self.top if top is None else self.bottom)[0])
            if not bottom:
                return miss()
            value = round(top / bottom, 4)
        if self.metric:
            return hit(ask.verdict, metric=self.metric, value=value)
        least = ask.given.number(*self.least_field.split("|"))
        least = self.least if least is None else least
        low = least is not None and value < least
        high = self.most is not None and value > self.most
        return hit(ask.verdict, reason=ask.reason, **self.says) if low or high else miss()


class Shell(Check):
    """An account that was opened and left: next to no posts after so many days."""

    name: ClassVar[str] = "shell"
    posts: Count = 1
    days: Count
    days_fields: tuple[str, ...] = ("opened_days", "days")
    per_day: Amount = Field(0, description="with many followers: fewer posts a day than this")
    followers: Count = 0
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        posts, days = ask.given.number("posts"), ask.given.number(*self.days_fields)
        if posts is None or days is None:
            return unknown("posts" if posts is None else self.days_fields[0])
        if self.followers:
            followers = ask.given.number("followers")
            if followers is None:
                return unknown("followers")
            few = followers >= self.followers and days > 0 and posts / days < self.per_day
            return hit(ask.verdict, reason=ask.reason, **self.says) if few else miss()
        empty = days >= self.days and posts <= self.posts
        return hit(ask.verdict, reason=ask.reason, **self.says) if empty else miss()


class Mix(Check):
    """Shares of kinds of content against what was planned."""

    name: ClassVar[str] = "mix"
    shares: dict[str, float]
    slack: Amount = 5
    field: str = "mix"

    def run(self, ask: Ask) -> Outcome:
        told = ask.given.first(self.field)
        if not isinstance(told, dict):
            told = {name: ask.given.number(name, f"{name}s") for name in self.shares}
            if None in told.values():
                return unknown(self.field)
        share = {
            key: float(value) for key, value in told.items() if isinstance(value, (int, float))
        }
        whole = sum(share.values())
        if share is not told and whole:  # counts and shares of one are read as per cent
            share = {key: value * 100 / whole for key, value in share.items()}
        over = [
            key for key, planned in self.shares.items() if share.get(key, 0) > planned + self.slack
        ]
        under = [
            key for key, planned in self.shares.items() if share.get(key, 0) < planned - self.slack
        ]
        unplanned = round(100 - sum(self.shares.values()), 2)
        if over or under:
            return hit(ask.verdict, over=over, under=under, unallocated=unplanned)
        return miss(unallocated=unplanned)


class Counts(Check):
    """Exactly so many of each: one president, two deputies, four departments."""

    name: ClassVar[str] = "counts"
    exactly: dict[str, int]
    named: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="field -> names its list must hold"
    )

    def run(self, ask: Ask) -> Outcome:
        for name, wanted_names in self.named.items():
            listed = [str(each) for each in ask.given.many(name)]
            lacking = [each for each in wanted_names if listed and each not in listed]
            if lacking and isinstance(ask.given.first(name), list):
                return hit(ask.verdict, reason=f"{name}_differ", missing=lacking)
        told = {name: ask.given.number(name) for name in self.exactly}
        for name, wanted in self.exactly.items():
            if told[name] is not None and told[name] != wanted:
                return hit(ask.verdict, reason=f"{name}!={wanted}")
        absent = [name for name, number in told.items() if number is None]
        return unknown(*absent) if absent else miss()


class Maintained(Check):
    """Every account has exactly one person who keeps it, and the group one leader."""

    name: ClassVar[str] = "maintained"

    def run(self, ask: Ask) -> Outcome:
        keepers, accounts = ask.given.first("maintainers"), ask.given.first("accounts")
        if not isinstance(keepers, dict) or not isinstance(accounts, (int, float, list)):
            return unknown(
                *(each for each in ("maintainers", "accounts") if not ask.given.truth(each))
            )
        leaders = ask.given.number("leader", "leaders")
        if leaders is not None and leaders != 1:
            return hit(ask.verdict, reason="leader!=1")
        names = (
            [str(each) for each in accounts]
            if isinstance(accounts, list)
            else _names(keepers, int(accounts))
        )
        alone = [
            str(each)
            for each in names
            if not isinstance(keepers.get(each), str) or not keepers[each]
        ]
        if alone:
            return hit(ask.verdict, reason="account_without_maintainer", account=alone[0])
        return miss() if leaders is not None else unknown("leader")


class Lead(Check):
    """How long after the first rumour the first statement came."""

    name: ClassVar[str] = "lead"

    def run(self, ask: Ask) -> Outcome:
        start, end = ask.given.word("first_rumour"), ask.given.word("first_statement")
        if not start or not end:
            return unknown("first_rumour" if not start else "first_statement")
        whole = ask.given.moment("first_rumour"), ask.given.moment("first_statement")
        if whole[0] is not None and whole[1] is not None:
            minutes = (whole[1] - whole[0]).total_seconds() / 60
        else:
            minutes = minute_of(end) - minute_of(start)
        if isnan(minutes):
            return unknown("first_rumour", "first_statement")
        return hit(ask.verdict, metric="lead_minutes", value=round(minutes))


class Streak(Check):
    """Everything was in time through the whole period."""

    name: ClassVar[str] = "streak"
    says: dict[str, Any]

    def run(self, ask: Ask) -> Outcome:
        kept, period = ask.given.number("days_compliant"), ask.given.number("period_days")
        if kept is None or period is None:
            return unknown("days_compliant" if kept is None else "period_days")
        return hit(ask.verdict, **self.says) if kept >= period > 0 else miss()


class Balance(Check):
    """The counts of days do not swing too much."""

    name: ClassVar[str] = "balance"
    most: Amount = Field(0.5, description="spread of the counts over their mean")

    def run(self, ask: Ask) -> Outcome:
        told = [float(each) for each in ask.given.many(*_OF_DAYS)
                if isinstance(each, (int, float))]  # fmt: skip
        if not told:
            return unknown("daily")
        uneven = mean(told) == 0 or pstdev(told) / mean(told) > self.most
        return hit(ask.verdict, reason=ask.reason) if uneven else miss()


class PerDay(Check):
    """How many posts a day has against the plan, with some slack."""

    name: ClassVar[str] = "per_day"
    weekday: Count | None = None
    weekend: Count | None = None
    least: Count | None = None
    slack: Share = 0.2
    fields: tuple[str, ...] = ("posts", "count", "times", "texts")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        posts, day = ask.given.number(*self.fields), weekday_of(ask.given)
        if posts is None:
            return unknown(self.fields[0])
        if self.weekday is None and self.weekend is None:
            told = ask.given.number("min_posts_per_day", "min_per_day")
            least = self.least if told is None else told
            if least is None:
                return unknown("min_posts_per_day")
            return hit(ask.verdict, reason=ask.reason, **self.says) if posts < least else miss()
        if day is None:
            return unknown("weekday")
        planned = self.weekend if day in WEEKEND else self.weekday
        if planned is None or abs(posts - planned) <= self.slack * planned:
            return miss()
        return hit(
            ask.verdict, reason="too_few" if posts < planned else "too_many", planned=planned
        )


def _names(keepers: dict[str, Any], count: int) -> list[str]:
    """Return the names of so many accounts: those that are told, then letters not yet used."""
    free = (chr(97 + index) for index in range(26) if chr(97 + index) not in keepers)
    return [*keepers, *(next(free, "?") for _ in range(count - len(keepers)))]


CHECKS = by_name(Ratio, Shell, Mix, Counts, Maintained, Lead, Streak, Balance, PerDay)
