"""One input, all rules that look at its kind, one answer. A rule that fails holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shared.policy.articles import PolicyRule
from shared.policy.cel import RuleError
from shared.policy.checks.book import Ready, RuleBook
from shared.policy.checks.check import Ask, Check, Labeller
from shared.policy.checks.given import ABSENT, Given
from shared.policy.checks.outcome import STRENGTH, Judgement, Outcome, hit, miss, unknown

_APART: Final = ("missing", "labels")
"""Keys of a rule's answer that are put together at the top in a form of their own."""
_WORDS: Final = ("kind", "channel", "topic", "label", "case_label", "mode", "context",
                 "account_type", "account_class", "field", "event", "status", "actor_role", "text")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """What one rule said."""

    ready: Ready
    outcome: Outcome

    @property
    def grade(self) -> int | None:
        """Return the grade of the incident, if this is one."""
        return self.ready.rule.grade if self.outcome.state == "hit" else None

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield one entry for each article of the catalogue that the rule rests on."""
        says = {key: value for key, value in self.outcome.says.items() if value is not None}
        for each in self.ready.ids:
            entry: dict[str, Any] = {
                "id": each,
                "rule": self.ready.rule.id,
                "pack": self.ready.home,
            }
            entry |= {"outcome": self.outcome.state, "verdict": self.outcome.verdict}
            if self.grade is not None:
                entry["grade"] = self.grade
                if self.ready.rule.grade_alternatives:
                    entry["grade_alternatives"] = list(self.ready.rule.grade_alternatives)
            if self.outcome.missing:
                entry["missing"] = list(self.outcome.missing)
            yield {**entry, **says}


def evaluate(
    book: RuleBook, given: Given, day: date, labeller: Labeller | None = None
) -> tuple[Answered, ...]:
    """Return what every rule of the book that looks at this kind of input says, hits first."""
    said = [
        Answered(each, ask_rule(each, check, given, labeller))
        for each, check in book.asked(given.kind, day)
    ]
    order = {"hit": 0, "unknown": 1, "miss": 2}

    def rank(each: Answered) -> tuple[int, int, int]:
        outcome = each.outcome
        return order[outcome.state], -STRENGTH.index(outcome.verdict), each.ready.distance

    return tuple(sorted(said, key=rank))


def answer(said: Sequence[Answered], given: Given) -> dict[str, Any]:
    """Return the answer for people and machines: the verdict, who said it, what is missing."""
    hits = [each for each in said if each.outcome.state == "hit"]
    verdict: Judgement = hits[0].outcome.verdict if hits else "pass"
    deciding = [each for each in hits if each.outcome.verdict == verdict]
    untold = _once(name for each in said for name in each.outcome.missing)
    lacking = _once(name for each in deciding for name in _names(each.outcome.says.get("missing")))
    body: dict[str, Any] = {"verdict": verdict}
    grades = [each.grade for each in hits if each.grade is not None]
    if grades:
        body["grade"] = min(grades)
    for each in deciding if hits else said:
        for key, value in each.outcome.says.items():
            if key not in _APART and value is not None:
                body.setdefault(key, value)
    body["rules"] = [entry for each in said for entry in each.entries()]
    body["missing"] = lacking or untold
    body["not_told"] = untold
    body["findings"] = list(_findings(said))
    told = {"extra": given.extra, "unreadable": given.unreadable}
    return {**body, **{name: list(fields) for name, fields in told.items() if fields}}


def ask_rule(
    ready: Ready, check: Check, given: Given, labeller: Labeller | None = None
) -> Outcome:
    """Return what one rule says; a check that breaks holds."""
    try:
        meant = _meant(ready.rule, given)
        if meant is not None:
            return meant
        return check.run(ask_of(ready, given, labeller))
    except (
        ValueError,
        TypeError,
        LookupError,
        ArithmeticError,
        AttributeError,
        RuleError,
    ) as error:
        return hit("hold", reason="check_failed", error=f"{type(error).__name__}: {error}")


def ask_of(ready: Ready, given: Given, labeller: Labeller | None = None) -> Ask:
    """Return the question a rule puts to its check."""
    rule = ready.rule
    return Ask(
        given.at(ready.pack.zone), rule.verdict, ready.pack, rule.reason, labeller, ready.lexicons
    )


def _meant(rule: PolicyRule, given: Given) -> Outcome | None:
    """Return why the rule says nothing here, or None where it is meant."""
    if rule.when != "true" and not rule.concerns({name: _word(given, name) for name in _WORDS}):
        return miss()
    untold = []
    for field, values in rule.where.items():
        names = field.removesuffix("?").split("|")
        value = given.first(*names)
        if value is ABSENT:
            untold += [] if field.endswith("?") else [names[0]]
        elif not _among(value, values):
            return miss()
    return unknown(*untold) if untold else None


def _word(given: Given, name: str) -> str:
    return given.kind if name == "kind" else given.word(name)


def _among(value: object, values: Sequence[Any]) -> bool:
    """Tell whether a value is one of these; `!x` among them turns it round."""
    told = str(value).lower()
    barred = {str(each)[1:].lower() for each in values if str(each).startswith("!")}
    if barred:
        return told not in barred
    return told in {str(each).lower() for each in values}


def _findings(said: Sequence[Answered]) -> Iterator[Mapping[str, Any]]:
    for each in said:
        for place in each.outcome.places:
            found = {"field": place.field, "start": place.start, "end": place.end}
            found |= {"text": place.text, "rules": list(each.ready.ids)}
            found |= {"reason": place.reason or each.ready.rule.title}
            yield {**found, **({"suggestion": place.suggestion} if place.suggestion else {})}


def _names(missing: object) -> Sequence[str]:
    if missing is None:
        return ()
    return [str(each) for each in missing] if isinstance(missing, list) else [str(missing)]


def _once(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))
