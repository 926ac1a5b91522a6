"""A rule people of the house write on a check of the catalogue, proved by its own examples."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Annotated, Final, Literal, NamedTuple, TypeVar

from pydantic import Field, StringConstraints, model_validator

from shared.policy.articles import Example, PolicyRule
from shared.policy.checks.book import Ready
from shared.policy.checks.evaluate import ask_of, ask_rule
from shared.policy.checks.given import Given
from shared.policy.checks.kinds import KINDS
from shared.policy.checks.outcome import Outcome
from shared.policy.lexicons import Lexicon
from shared.policy.model import Pack
from shared.policy.rules import Rules

PREFIX: Final = "own."
"""Rules of the house begin so. Only they can be written again by a form: what a handbook asks stays."""
_LOOKED_AT: Final = re.compile(r"\binput\.(\w+)")
NamedRule = TypeVar("NamedRule", bound=PolicyRule | Lexicon)
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Proof(NamedTuple):
    """What a rule says of one of its examples."""

    example: Example
    outcome: Outcome

    @property
    def kept(self) -> bool:
        """Tell whether it says what was expected; an unknown is neither a hit nor a pass."""
        wanted = "hit" if self.example.speaks else "miss"
        failed = self.outcome.says.get("reason") == "check_failed"
        return self.outcome.state == wanted and not failed


class RuleEdit(Rules):
    """A rule on a check, with words of its own where it looks for any; the same id is replaced."""

    kind: Literal["rule"] = "rule"
    rule: PolicyRule
    phrases: Annotated[tuple[Phrase, ...], Field(max_length=200)] = ()

    @model_validator(mode="after")
    def _ours(self) -> "RuleEdit":
        if not self.rule.id.startswith(PREFIX) or not self.rule.check:
            message = f"its id begins with {PREFIX}, and it names a check"
            raise ValueError(message)
        if not self.rule.owner or self.rule.review_by is None:
            message = "somebody owns it, and it says when it is looked at again"
            raise ValueError(message)
        if {each.speaks for each in self.rule.examples} != {True, False}:
            message = "one example at least that it finds, and one that it lets pass"
            raise ValueError(message)
        return self

    def put_into(self, pack: Pack) -> dict[str, object]:
        """Return what changes in the pack. Raises ValueError if it does not keep its examples."""
        made = with_rule(pack, self.rule, self.phrases)
        for each in proved(self.rule, made):
            if not each.kept:
                message = f"says {each.outcome.state} of {each.example.input}"
                raise ValueError(message)
        return {"rules": made.rules, "lexicons": made.lexicons}


def with_rule(pack: Pack, rule: PolicyRule, phrases: tuple[str, ...] = ()) -> Pack:
    """Return the pack with this rule and its own words, not yet proved."""
    lexicons = pack.lexicons
    if phrases:
        fresh = Lexicon(id=words_of(rule.id), title=rule.title, phrases=phrases)
        lexicons = _replaced(lexicons, fresh)
    return pack.model_copy(update={"rules": _replaced(pack.rules, rule), "lexicons": lexicons})


def words_of(rule_id: str) -> str:
    """Return the id of the words that belong to a rule alone."""
    return f"own-{rule_id.removeprefix(PREFIX)}"


def proved(rule: PolicyRule, pack: Pack) -> Iterator[Proof]:
    """Yield what the rule says of each of its examples. Raises ValueError if it does not fit.

    Words that the pack does not have would break the check only where a text comes to them.
    """
    ready = Ready.alone(rule, pack)
    check = ready.check
    if check is None:
        return
    for parameter, lexicon in check.lexicons_named():
        if lexicon not in ready.lexicons:
            message = f"{parameter}: there is no list of words {lexicon}"
            raise ValueError(message)
    for each in rule.examples:
        meant = each.input.get("kind") in rule.kinds
        given = Given.of(each.input)
        yield Proof(each, ask_rule(ready, check, given) if meant else Outcome("unknown"))


class _Noting(dict[str, object]):
    """Values that remember what they were asked for."""

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.asked: dict[str, None] = {}

    def __contains__(self, name: object) -> bool:
        self.asked[str(name)] = None
        return super().__contains__(name)


def fields_asked(ready: Ready, given: Given) -> tuple[str, ...]:
    """Return the fields of this kind of input that decide what the rule says of it.

    Found by asking: a check looks at one field only after another, so more may come once these are told.
    """
    values = _Noting(given.values)
    noted = Given(given.kind, values)
    rule = ready.rule
    for name in (*_LOOKED_AT.findall(rule.when), *_plain(rule.where)):
        values.asked[name] = None
    if ready.check is not None:
        with suppress(ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
            ready.check.run(ask_of(ready, noted))  # the proof says that it failed, and why
    known = KINDS[given.kind].model_fields if given.kind in KINDS else {}
    return tuple(each for each in values.asked if each in known and not each.endswith("_gen"))


def _plain(where: Mapping[str, object]) -> Iterator[str]:
    for field in where:
        yield from field.removesuffix("?").split("|")


def _replaced(standing: tuple[NamedRule, ...], fresh: NamedRule) -> tuple[NamedRule, ...]:
    if any(each.id == fresh.id for each in standing):
        return tuple(fresh if each.id == fresh.id else each for each in standing)
    return (*standing, fresh)
