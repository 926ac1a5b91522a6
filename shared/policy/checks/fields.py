"""Checks of fields: what must be told, what it may be, how many, and what must agree."""

from typing import Any, ClassVar

from pydantic import Field

from shared.policy.checks.check import Ask, Check, by_name, listed
from shared.policy.checks.given import ABSENT, empty
from shared.policy.checks.outcome import Outcome, hit, miss, unknown


class Required(Check):
    """Fields that must hold something. `name=a|b` is called `name` and read from `a` or `b`."""

    name: ClassVar[str] = "required"
    fields: tuple[str, ...]
    inside: str = Field("", description="the field whose table holds them")
    any_of: bool = Field(False, description="one of them is enough")
    as_list: bool = Field(False, description="always answer with a list")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        told = {each: self._value(ask, each.partition("=")[2] or each) for each in self.fields}
        lacking = [
            _called(each) for each, value in told.items() if value is not ABSENT and empty(value)
        ]
        absent = [_called(each) for each, value in told.items() if value is ABSENT]
        if self.any_of and len(lacking) + len(absent) < len(told):
            return miss()
        if not lacking:
            return unknown(*absent) if absent else miss()
        missing = lacking if self.as_list else listed(lacking)
        return hit(ask.verdict, missing=missing, reason=ask.reason, **self.says)

    def _value(self, ask: Ask, names: str) -> object:
        if not self.inside:
            return ask.given.first(*names.split("|"))
        table = ask.given.first(self.inside)
        if not isinstance(table, dict):
            return table
        return next((table[each] for each in names.split("|") if each in table), None)


class Present(Check):
    """Fields that must hold nothing: what stands there is the trouble itself."""

    name: ClassVar[str] = "present"
    fields: tuple[str, ...]
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        value = ask.given.truth(*self.fields)
        if value is None:
            return unknown(self.fields[0])
        return hit(ask.verdict, reason=ask.reason, **self.says) if value else miss()


class Allowed(Check):
    """A field whose value must be one of a list; lists are looked through one by one."""

    name: ClassVar[str] = "allowed"
    fields: tuple[str, ...]
    values: tuple[Any, ...]
    needs_all: bool = Field(False, description="a list must hold every one of the values")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        value = ask.given.first(*self.fields)
        if value is ABSENT:
            return unknown(self.fields[0])
        if empty(value):
            says = {"reason": ask.reason, "missing": self.fields[0], **self.says}
            return hit(ask.verdict, **says)
        told = value if isinstance(value, list) else [value]
        if self.needs_all:
            lacking = [each for each in self.values if each not in told]
            return hit(ask.verdict, reason=ask.reason, missing=lacking) if lacking else miss()
        if all(str(each).lower() in _lower(self.values) for each in told):
            return miss()
        return hit(ask.verdict, reason=ask.reason, **self.says)


class Barred(Check):
    """A field, or a list, in which none of these values may stand."""

    name: ClassVar[str] = "barred"
    fields: tuple[str, ...]
    values: tuple[Any, ...]
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        value = ask.given.first(*self.fields)
        if value is ABSENT:
            return unknown(self.fields[0])
        told = value if isinstance(value, list) else [value]
        found = [each for each in told if str(each).lower() in _lower(self.values)]
        return hit(ask.verdict, reason=ask.reason, wrong=found, **self.says) if found else miss()


class Bounds(Check):
    """A number, or how many a list holds, between two ends. A field may bring its own end."""

    name: ClassVar[str] = "bounds"
    fields: tuple[str, ...]
    least: float | None = None
    most: float | None = None
    least_field: str = ""
    most_field: str = ""
    per: str = Field("", description="field by which the number is divided first")
    open_ends: bool = Field(False, description="the ends themselves are outside")
    too_few: str = ""
    too_many: str = ""
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        number = ask.given.number(*self.fields)
        share = ask.given.number(self.per) if self.per else 1.0
        if number is None or not share:
            return unknown(self.fields[0] if number is None else self.per)
        least = _end(ask, self.least_field, self.least)
        most = _end(ask, self.most_field, self.most)
        if least is None and most is None:
            return unknown(self.least_field or self.most_field or "limit")
        value = number / share
        if least is not None and (value < least or (self.open_ends and value == least)):
            return hit(ask.verdict, reason=self.too_few or ask.reason, **self.says)
        if most is not None and (value > most or (self.open_ends and value == most)):
            return hit(ask.verdict, reason=self.too_many or ask.reason, **self.says)
        return miss()


class Same(Check):
    """Two fields, or two tables key by key, that must agree."""

    name: ClassVar[str] = "same"
    one: str
    other: str
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        names = self.one.split("|"), self.other.split("|")
        one, other = (ask.given.first(*each) for each in names)
        if one in (ABSENT, None, True, False) or other in (ABSENT, None, True, False):
            return unknown(*(each[0] for each in names if not ask.given.truth(*each)))
        if not isinstance(one, dict) or not isinstance(other, dict):
            return miss() if one == other else hit(ask.verdict, reason=ask.reason, **self.says)
        wrong = [key for key in one if key in other and one[key] != other[key]]
        if wrong:
            return hit(ask.verdict, reason=ask.reason or "facts_differ", wrong=wrong, **self.says)
        unchecked = [key for key in one if key not in other]
        return unknown(*unchecked) if unchecked else miss()


class Acting(Check):
    """Who may do this: one of these roles; a person without one of them is stopped."""

    name: ClassVar[str] = "role"
    roles: tuple[str, ...]
    fields: tuple[str, ...] = ("actor_role", "actor_dept", "role")
    says: dict[str, Any] = Field(default_factory=dict)

    def run(self, ask: Ask) -> Outcome:
        value = ask.given.first(*self.fields)
        if value is ABSENT:
            return unknown(self.fields[0])
        if str(value).lower() in _lower(self.roles):
            return miss()
        return hit(ask.verdict, reason=ask.reason, **self.says)


class Told(Check):
    """Answers with fixed words whenever the rule is meant: a record, a report, a task."""

    name: ClassVar[str] = "told"
    says: dict[str, Any] = Field(default_factory=dict)
    copies: dict[str, str] = Field(default_factory=dict, description="answer key -> input field")

    def run(self, ask: Ask) -> Outcome:
        absent = [each for each in self.copies.values() if ask.given.first(each) is ABSENT]
        if absent:
            return unknown(*absent)
        copied = {key: ask.given.first(field) for key, field in self.copies.items()}
        return hit(ask.verdict, reason=ask.reason, **{**self.says, **copied})


def _end(ask: Ask, field: str, standing: float | None) -> float | None:
    told = ask.given.number(field) if field else None
    return standing if told is None else told


def _called(written: str) -> str:
    return written.partition("=")[0].partition("|")[0]


def _lower(values: tuple[Any, ...]) -> set[str]:
    return {str(each).lower() for each in values}


CHECKS = by_name(Required, Present, Allowed, Barred, Bounds, Same, Acting, Told)
