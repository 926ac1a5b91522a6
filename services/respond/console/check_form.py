"""The form of a rule on a check of the catalogue: its fields come from the check's own parameters."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from multidict import MultiMapping

from services.respond.console.catalog import Catalog
from services.respond.console.check_filled import (
    OWN,
    SPEAKS,
    TYPES,
    VERDICTS,
    param_word,
    put,
    put_into,
)
from services.respond.console.rule_form import plainly
from shared.policy.articles import INPUT_VARIABLES, Example, PolicyRule
from shared.policy.cel import Condition, RuleError
from shared.policy.checks.book import Ready
from shared.policy.checks.given import Given
from shared.policy.checks.kinds import KINDS, shape_of
from shared.policy.checks.own import (
    PREFIX,
    Proof,
    RuleEdit,
    fields_asked,
    proved,
    with_rule,
    words_of,
)
from shared.policy.checks.parameters import (
    Parameter,
    UnreadableError,
    parameters,
    read_all,
    read_told,
)
from shared.policy.checks.registry import UnfitRuleError
from shared.policy.model import Pack

_AT_GATE: Final = frozenset({"reply", "post"})
_INBOUND: Final = frozenset({"comment", "mention", "dm", "wall_item"})
_ID: Final = re.compile(r"^[A-Za-z0-9_-]{1,80}$")
_NOTHING: Final = re.compile(r"^\s*$")


@dataclass(frozen=True, slots=True)
class CheckWritten:
    """What a person has written so far: the rule, its proofs, or in plain words what is wrong."""

    when: str
    says: str
    errors: tuple[str, ...]
    asked: tuple[tuple[str, ...], ...]
    rule: PolicyRule | None = None
    edit: RuleEdit | None = None
    tried: Pack | None = None
    proofs: tuple[Proof, ...] = ()


class CheckForm:
    """Reads the form for one check and pack; a field that makes no sense is told, never guessed."""

    def __init__(
        self, pack: Pack, check: str, t: Catalog, form: MultiMapping[object], today: date
    ) -> None:
        self._pack, self._check, self._t, self._form = pack, check, t, form
        self._today = today

    @cached_property
    def rule_id(self) -> str:
        """Return the id it has, or the first that is free: nobody has to think of one."""
        standing = {each.id for each in self._pack.rules}
        if (named := self._text("id")) in standing and named.startswith(PREFIX):
            return named
        stem = f"{PREFIX}{self._check.replace('_', '-')}"
        numbers = range(1, len(standing) + 2)
        return next(name for n in numbers if (name := f"{stem}-{n}") not in standing)

    def read(self) -> CheckWritten:
        """Return what was written, as far as it can be read."""
        when = self._text("cel") or " && ".join(self._conditions()) or "true"
        says = "" if self._text("cel") else self._says()
        first = tuple(("text",) if self._has_text else () for _ in SPEAKS)
        errors = [*self._lacking(), *self._wrong(when)]
        params, wrong = read_all(self._check, lambda name: self._text(f"p:{name}"))
        params = self._with_own_words(params)
        errors += [self._field(self._param(each)) for each in wrong if each not in params]
        examples, unread = self._examples()
        errors += [self._field(self._t.said(f"field.{each}", each)) for each in unread]
        if errors:
            return CheckWritten(when, says, tuple(dict.fromkeys(errors)), first)
        return self._made(CheckWritten(when, says, (), first), params, examples)

    def _made(
        self, written: CheckWritten, params: dict[str, object], examples: Sequence[Example]
    ) -> CheckWritten:
        """Build the rule, ask it of its examples, and the edit if it keeps them."""
        try:
            rule = self._rule(written.when, params, examples)
            tried = with_rule(self._pack, rule, self._phrases)
            ready = Ready.alone(rule, tried)
            proofs = tuple(proved(rule, tried))
        except UnfitRuleError as error:
            told = self._param(str(error.path[1])) if len(error.path) > 1 else str(error)
            return replace(written, errors=(self._field(told),))
        except ValueError as error:
            return replace(written, errors=(self._t("checks.unfit", what=str(error)),))
        kept = all(each.kept for each in proofs)
        both = {each.speaks for each in examples} == {True, False}
        edit = RuleEdit(rule=rule, phrases=self._phrases) if kept and both else None
        asked = tuple(self._asked(ready, n) for n in range(len(SPEAKS)))
        return replace(written, rule=rule, edit=edit, tried=tried, proofs=proofs, asked=asked)

    def _rule(
        self, when: str, params: dict[str, object], examples: Sequence[Example]
    ) -> PolicyRule:
        standing = next((each for each in self._pack.rules if each.id == self.rule_id), None)
        return PolicyRule.model_validate(
            {
                "id": self.rule_id,
                "title": self._text("title"),
                "type": self._text("type") if self._text("type") in TYPES else "prohibition",
                "kinds": self.kinds,
                "where": standing.where if standing else {},
                "when": when,
                "check": self._check,
                "params": params,
                "verdict": self._text("verdict") if self._text("verdict") in VERDICTS else "flag",
                "reason": self._text("reason"),
                "owner": self._text("owner"),
                "review_by": self._text("review_by"),
                "effective_until": self._text("until") or None,
                "at_gate": bool(_AT_GATE.intersection(self.kinds) and self._text("at_gate")),
                "ours": True,
                "examples": examples,
            }
        )

    def _lacking(self) -> Iterator[str]:
        needed = {"title": "title_of", "owner": "owner", "review_by": "review_by"}
        for name, word in needed.items():
            if not self._text(name):
                yield self._field(self._t(f"checks.{word}"))
        if not self.kinds:
            yield self._field(self._t("checks.kinds"))
        for name in ("review_by", "until"):
            if (said := self._text(name)) and not self._to_come(said):
                yield self._t("checks.no_day", name=self._t(f"checks.{name}"))

    def _to_come(self, said: str) -> bool:
        try:
            return date.fromisoformat(said) >= self._today
        except ValueError:
            return False

    def _wrong(self, when: str) -> Iterator[str]:
        try:
            Condition(when, INPUT_VARIABLES)
        except RuleError as error:
            yield plainly(str(error), self._t, INPUT_VARIABLES)

    def _conditions(self) -> Iterator[str]:
        for name, variable in (("channels", "input.channel"), ("labels", self._labelled)):
            if held := [f"{variable} == '{each}'" for each in self._chosen(name)]:
                yield held[0] if len(held) == 1 else f"({' || '.join(held)})"
        if self._text("crisis"):
            yield "input.mode == 'crisis'"

    def _says(self) -> str:
        t = self._t
        words = [
            t(f"checks.says_{name}", what=t("number.or").join(self._named(name, some)))
            for name in ("channels", "labels")
            if (some := self._chosen(name))
        ]
        words += [t("checks.says_crisis")] if self._text("crisis") else []
        return t("number.and").join(words) or t("checks.says_always")

    def _named(self, name: str, some: Sequence[str]) -> Iterator[str]:
        prefix = "platform" if name == "channels" else "label"
        return (self._t.said(f"{prefix}.{each}", each) for each in some)

    def _with_own_words(self, params: dict[str, object]) -> dict[str, object]:
        """Put the words written here where the check looks for words, if nobody said where."""
        if not self._phrases:
            return params
        mine = words_of(self.rule_id)
        made = {name: put(value, mine) for name, value in params.items()}
        if self._check == "words":
            made.setdefault("labels", {OWN: [mine]})
        elif mine not in str(made):
            lists = [each for each in self.parameters if each.words and each.name not in made]
            made |= {each.name: put_into(each, mine) for each in lists[:1]}
        return made

    def _examples(self) -> tuple[list[Example], list[str]]:
        found, unread = [], []
        for n, speaks in enumerate(SPEAKS):
            told, wrong = self._told(n)
            unread += wrong
            if told and self.kinds:
                kind = self._text(f"e:{n}:kind")
                named = kind if kind in self.kinds else self.kinds[0]
                found.append(Example(input={"kind": named, **told}, speaks=speaks))
        return found, unread

    def _told(self, n: int) -> tuple[dict[str, object], list[str]]:
        told, wrong = {}, []
        prefix = f"e:{n}:"
        for key in dict.fromkeys(self._form):
            name = key.removeprefix(prefix)
            known = any(name in KINDS[kind].model_fields for kind in self.kinds)
            said = self._text(key)
            if not key.startswith(prefix) or not known or _NOTHING.match(said):
                continue
            kind = next(each for each in self.kinds if name in KINDS[each].model_fields)
            try:
                told[name] = read_told(shape_of(kind, name), said)
            except UnreadableError:
                wrong.append(name)
        return told, wrong

    def _asked(self, ready: Ready, n: int) -> tuple[str, ...]:
        told, _ = self._told(n)
        kind = self.kinds[0]
        asked = fields_asked(ready, Given.of({"kind": kind, **told}))
        written = [each for each in told if each in KINDS[kind].model_fields]
        first = ("text",) if self._has_text else ()
        return tuple(dict.fromkeys((*first, *written, *asked)))

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the fields the check has."""
        return parameters(self._check)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of input it is to look at."""
        return tuple(each for each in self._chosen("kinds") if each in KINDS)

    @property
    def _has_text(self) -> bool:
        return bool(self.kinds) and "text" in KINDS[self.kinds[0]].model_fields

    @property
    def _labelled(self) -> str:
        return "input.label" if _INBOUND.intersection(self.kinds) else "input.case_label"

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        lines = (each.strip() for each in self._text("phrases").splitlines())
        return tuple(dict.fromkeys(each for each in lines if each))

    def _param(self, name: str) -> str:
        return param_word(self._t, self._check, name)

    def _field(self, name: str) -> str:
        return self._t("rule.field", name=name)

    def _chosen(self, name: str) -> Sequence[str]:
        return [str(each) for each in self._form.getall(name, []) if _ID.match(str(each))]

    def _text(self, name: str) -> str:
        return str(self._form.get(name, "")).replace("\r\n", "\n").strip()
