"""The rule editor's form: plain choices become a condition in CEL, mistakes become plain words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, get_args

from multidict import MultiMapping
from pydantic import ValidationError

from services.respond.console.catalog import Catalog
from shared.contracts.verdicts import Label
from shared.policy.cel import CASE_VARIABLES, Condition, RuleError
from shared.policy.edits import ClockEdit, Edit, SeverityEdit, TabooEdit
from shared.policy.gate.levels import Level
from shared.policy.model import Pack

KINDS: Final = ("clock", "severity", "taboo")
LEVELS: Final = get_args(Level)
_ID: Final = re.compile(r"^[A-Za-z0-9_-]{1,80}$")
_NUMBER: Final = re.compile(r"^[0-9]{1,9}$")
_NAME: Final = re.compile(r"undeclared reference to '([^']*)'")
_MISFIT: Final = re.compile(r"overload for '([^']*)' applied to '\((.*)\)'")
_PLACE: Final = re.compile(r"<input>:1:(\d+): Syntax error")
_NUMBERS: Final = {
    "severity": "case.severity",
    "followers": "author.followers",
    "earlier": "author.earlier_cases",
    "alike": "case.alike",
}
_CHOICES: Final = {"labels": "case.labels", "topics": "case.topics", "origins": "author.from"}
_MARKS: Final = {"private": "case.private", "coordinated": "case.coordinated"}


@dataclass(frozen=True, slots=True)
class Written:
    """What a person has written so far: the rule, or in plain words what is wrong with it."""

    kind: str
    when: str
    says: str
    edit: Edit | None
    errors: tuple[str, ...]


class RuleForm:
    """Reads the form for one pack; a field that makes no sense is told, never guessed."""

    def __init__(self, pack: Pack, t: Catalog, form: MultiMapping[object]) -> None:
        self._pack, self._t, self._form = pack, t, form

    def read(self) -> Written:
        kind = self._text("kind") if self._text("kind") in KINDS else "clock"
        when = self._text("cel") or " && ".join(self._conditions()) or "true"
        errors = [] if kind == "taboo" else [*self._no_numbers(), *self._wrong(when)]
        edit: Edit | None = None
        if not errors:
            try:
                edit = self._edit(kind, when)
            except ValidationError as error:
                errors += [self._misfit(each) for each in error.errors()]
        says = "" if kind == "taboo" or self._text("cel") else self._says()
        return Written(kind, when, says, edit, tuple(dict.fromkeys(errors)))

    def _edit(self, kind: str, when: str) -> Edit:
        if kind == "clock":
            return ClockEdit.model_validate(
                {
                    "when": when,
                    "acknowledge_minutes": self._text("acknowledge_minutes"),
                    "first_reply_minutes": self._text("first_reply_minutes"),
                }
            )
        if kind == "severity":
            named = {name: self._text(name) for name in ("id", "points", "reason")}
            return SeverityEdit.model_validate({"when": when, **named})
        phrases = [each for each in self._text("phrases").splitlines() if each.strip()]
        named = {name: self._text(name) for name in ("category", "level", "reason")}
        return TabooEdit.model_validate({**named, "phrases": phrases})

    def _conditions(self) -> Iterator[str]:
        for name, variable in _CHOICES.items():
            if held := [f"'{each}' in {variable}" for each in self._chosen(name)]:
                yield held[0] if len(held) == 1 else f"({' || '.join(held)})"
        for name, variable in _NUMBERS.items():
            if _NUMBER.match(number := self._text(name)):
                yield f"{variable} >= {number}"
        for name, variable in _MARKS.items():
            if self._text(name):
                yield variable

    def _no_numbers(self) -> Iterator[str]:
        for name in _NUMBERS:
            if (given := self._text(name)) and not _NUMBER.match(given):
                yield self._t("rule.field", name=self._t(f"rule.{name}"))

    def _says(self) -> str:
        """Return the condition as a sentence."""
        t = self._t
        words = {label.value: t(f"label.{label.value}") for label in Label} | titles(self._pack)
        parts = [
            t(
                f"rule.says_{name}",
                what=t("number.or").join(words.get(each, each) for each in some),
            )
            for name in _CHOICES
            if (some := self._chosen(name))
        ]
        parts += [
            t(f"rule.says_{name}", n=number) for name in _NUMBERS if (number := self._text(name))
        ]
        parts += [t(f"rule.says_{name}") for name in _MARKS if self._text(name)]
        return t("number.and").join(parts) if parts else t("rule.says_always")

    def _wrong(self, when: str) -> Iterator[str]:
        """Yield what is wrong with a condition, in plain words."""
        try:
            Condition(when)
        except RuleError as error:
            yield plainly(str(error), self._t)

    def _misfit(self, error: Mapping[str, object]) -> str:
        loc = error.get("loc")
        name = str(loc[0]) if isinstance(loc, tuple) and loc else ""
        return self._t("rule.field", name=self._t.said(f"rule.{name}", name))

    def _chosen(self, name: str) -> Sequence[str]:
        return [str(each) for each in self._form.getall(name, []) if _ID.match(str(each))]

    def _text(self, name: str) -> str:
        return str(self._form.get(name, "")).replace("\r\n", "\n").strip()


def titles(pack: Pack) -> dict[str, str]:
    """Return what topics and writers of a pack are called."""
    found = {each.id: each.title for each in pack.topics}
    return found | {each.id: each.title for each in pack.origins}


def plainly(message: str, t: Catalog, known_names: Iterable[str] = CASE_VARIABLES) -> str:
    """Return what CEL says of a condition in words a policy owner reads."""
    if named := _NAME.search(message):
        names = tuple(known_names)
        near = get_close_matches(named[1], names, n=1)
        known = near[0] if near else ", ".join(names)
        return t("rule.unknown", name=named[1], near=known)
    if misfit := _MISFIT.search(message):
        kinds = [t.said(f"rule.type_{_kind(each)}", each) for each in _parts(misfit[2])]
        return t("rule.misfit", sign=misfit[1].strip("_@"), kinds=t("number.and").join(kinds))
    if place := _PLACE.search(message):
        return t("rule.syntax", n=place[1])
    if message.startswith("gives "):
        return t("rule.no_condition")
    return t("rule.other", what=message)


def _parts(kinds: str) -> Sequence[str]:
    return re.findall(r"list\(\w+\)|\w+", kinds)


def _kind(kind: str) -> str:
    return kind.partition("(")[0]
