"""Checks of clocks: how old something is, and what was due by when."""

import calendar
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from shared.policy.checks.check import Amount, Ask, Check, Count, by_name
from shared.policy.checks.given import ABSENT, Given, read_moment
from shared.policy.checks.outcome import Outcome, hit, miss, unknown
from shared.policy.gate.section import Calendar
from shared.policy.gate.workdays import after_working_days, is_known

_FAILED = ("failed", "fail", "unqualified", "rejected", "不合格", "未通过", "不通过")
_UNITS = {"minutes": 60.0, "hours": 3600.0, "days": 86400.0}


class Elapsed(Check):
    """Something must happen within a time. What was done ends the clock."""

    name: ClassVar[str] = "elapsed"
    age: tuple[str, ...] = Field((), description="fields that tell the age itself")
    since: tuple[str, ...] = Field((), description="fields that tell when it began")
    until: tuple[str, ...] = ("now",)
    done: tuple[str, ...] = Field((), description="fields that end the clock when they hold")
    limit: tuple[str, ...] = Field((), description="fields that tell the limit")
    by: tuple[str, ...] = Field((), description="fields that tell the moment it is due")
    within: Amount | None = Field(None, description="the limit, where no field tells it")
    unit: Literal["minutes", "hours", "days"] = "minutes"
    on_the_day: bool = Field(False, description="the limit itself is already due")
    says: dict[str, Any] = Field(default_factory=dict)
    copies: dict[str, str] = Field(default_factory=dict, description="answer key -> input field")

    def run(self, ask: Ask) -> Outcome:
        ended = ask.given.first(*self.done)
        if self.done and ask.given.truth(*self.done):
            ended_at = read_moment(ended, ask.given.zone)
            if ended_at is None:
                return miss()
        else:
            ended_at = None
        due, end = ask.given.moment(*self.by), ended_at or ask.given.moment(*self.until)
        if due is not None:
            late = end is not None and (end > due or (end == due and self.on_the_day))
            return unknown(self.until[0]) if end is None else self._late(ask) if late else miss()
        age = self._age(ask.given, ended_at)
        limit = ask.given.number(*self.limit) if self.limit else None
        limit = self.within if limit is None else limit
        if age is None or limit is None:
            begun = bool(self.since) and ask.given.moment(*self.since) is not None
            names = (
                [] if age is not None else [((begun and self.until) or self.age or self.since)[0]]
            )
            return unknown(*names, *([] if limit is not None else [(*self.limit, "limit")[0]]))
        if age < limit or (age == limit and not self.on_the_day):
            return miss()
        return self._late(ask)

    def _late(self, ask: Ask) -> Outcome:
        copied = {key: ask.given.word(field) for key, field in self.copies.items()}
        return hit(ask.verdict, reason=ask.reason, **{**self.says, **copied})

    def _age(self, given: Given, ended: datetime | None) -> float | None:
        told = given.number(*self.age) if self.age else None
        if told is not None:
            return told
        start = given.moment(*self.since) if self.since else None
        end = ended or given.moment(*self.until)
        if start is None or end is None:
            return None
        return (end - start).total_seconds() / _UNITS[self.unit]


class Filed(Check):
    """A change is told to its supervisors within so many working days."""

    name: ClassVar[str] = "filed"
    working_days: Count
    to: tuple[str, ...] = ()

    def run(self, ask: Ask) -> Outcome:
        changed = ask.given.moment("changed")
        if changed is None:
            return unknown("changed")
        due = after_working_days(changed.date(), self.working_days, _calendar(ask))
        filed, now = ask.given.moment("filed"), ask.given.moment("now")
        told: dict[str, object] = {"due": due.isoformat(), "to": list(self.to)}
        if ask.given.first("holidays") is ABSENT and not is_known(due, _calendar(ask)):
            told["holidays_unknown"] = due.year
        if filed is not None:
            late = filed.date() > due
            return hit("flag", reason="late_filing", **told) if late else miss(**told)
        if ask.given.first("filed") is ABSENT or now is None:
            return unknown(*(each for each in ("filed", "now") if not ask.given.truth(each)))
        return hit("remind", overdue=now.date() > due or None, **told)


class Yearly(Check):
    """A report that is due in one month of every year."""

    name: ClassVar[str] = "yearly"
    month: Annotated[int, Field(ge=1, le=12)]
    report: tuple[str, ...] = ("annual_report",)
    after_due: bool = Field(False, description="speaks only once the month has passed")
    owed_days: Count = Field(183, description="so long after its day a missing one is that year's")
    failed: tuple[str, ...] = Field(
        (), description="fields whose value `failed` counts as no report"
    )
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        if self.failed and ask.given.word(*self.failed) in _FAILED:
            return hit(ask.verdict, reason=ask.reason, **self.says)
        handed_in, now = ask.given.truth(*self.report), ask.given.moment("now")
        if handed_in:
            untold = self.failed and ask.given.first(*self.failed) is ABSENT
            return unknown(self.failed[0]) if untold else miss()
        if handed_in is None or now is None:
            return unknown(self.report[0] if handed_in is None else "now")
        year = now.year if now.month >= self.month else now.year - 1
        last = calendar.monthrange(year, self.month)[1]
        due = date(year, self.month, last)
        if self.after_due:
            overdue = 0 < (now.date() - due).days <= self.owed_days
            return hit(ask.verdict, reason=ask.reason, **self.says) if overdue else miss()
        asked = now.month >= self.month
        return hit(ask.verdict, due=due.isoformat(), **self.says) if asked else miss()


class SameDay(Check):
    """What is finished on one day must be done on that day, at the latest when it ends."""

    name: ClassVar[str] = "same_day"
    start: tuple[str, ...]
    done: tuple[str, ...]
    remind_from: time = Field(time(23, 59), description="from when on that day it is said")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        start, end = ask.given.moment(*self.start), ask.given.moment(*self.done)
        if start is None:
            return unknown(self.start[0])
        if end is None and ask.given.truth(*self.done):
            return miss()
        moment = end or ask.given.moment("now")
        if moment is None or ask.given.first(*self.done) is ABSENT:
            return unknown(self.done[0] if ask.given.first(*self.done) is ABSENT else "now")
        late = moment.date() > start.date() or (end is None and moment.time() >= self.remind_from)
        return hit(ask.verdict, reason=ask.reason, **self.says) if late else miss()


class Before(Check):
    """One moment must come before another: approval before the change, not after it."""

    name: ClassVar[str] = "before"
    first: tuple[str, ...]
    then: tuple[str, ...]
    lacking: str = Field(description="what is missing when the first never came")

    def run(self, ask: Ask) -> Outcome:
        first, then = ask.given.moment(*self.first), ask.given.moment(*self.then)
        if ask.given.truth(*self.first) is False:
            return hit("hold", missing=self.lacking)
        if first is None or then is None:
            return unknown((self.first if first is None else self.then)[0])
        return hit(ask.verdict, reason=ask.reason) if first > then else miss()


class Expires(Check):
    """A permission that must be given, must end, and has not ended yet."""

    name: ClassVar[str] = "expires"

    def run(self, ask: Ask) -> Outcome:
        approved, now = ask.given.truth("approved"), ask.given.moment("now")
        if ask.given.truth("member") is False or approved is False:
            return hit(ask.verdict, reason="outsider" if approved else "not_approved")
        expires = ask.given.moment("expires", "until")
        if ask.given.truth("expires", "until") is False:
            return hit("hold", missing="expires")
        if approved is None or expires is None or now is None:
            told = {"approved": approved, "expires": expires, "now": now}
            return unknown(*(name for name, value in told.items() if value is None))
        if now > expires and not ask.given.truth("revoked"):
            return hit(ask.verdict, reason="expired")
        return miss()


def _calendar(ask: Ask) -> Calendar:
    """Return the holidays the input tells, else those of the pack."""
    if ask.given.first("holidays") is ABSENT:
        return ask.pack.gate.calendar
    return Calendar(holidays=_days(ask.given, "holidays"), workdays=_days(ask.given, "workdays"))


def _days(given: Given, name: str) -> tuple[date, ...]:
    moments = (read_moment(str(each)) for each in given.many(name))
    return tuple(each.date() for each in moments if each is not None)


def minutes_between(one: datetime, other: datetime) -> float:
    """Return how far apart two moments are."""
    return abs((other - one) / timedelta(minutes=1))


CHECKS = by_name(Elapsed, Filed, Yearly, SameDay, Before, Expires)
