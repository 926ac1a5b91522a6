"""A rule of a pack: whose it is, what it rests on, which check it runs, and until when it holds."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from shared.policy.cel import Condition, RuleError
from shared.policy.rules import Rules

RuleType = Literal[
    "obligation",
    "prohibition",
    "limit",
    "role",
    "workflow",
    "sanction",
    "kpi",
    "description",
]
Strength = Literal[
    "pass", "record", "label", "report", "remind", "flag", "hold", "block", "escalate"
]
Grade = Annotated[int, Field(ge=1, le=3)]

INPUT_VARIABLES = {
    f"input.{name}": "str"
    for name in (
        "kind",
        "channel",
        "topic",
        "label",
        "case_label",
        "mode",
        "context",
        "account_type",
        "account_class",
        "field",
        "event",
        "status",
        "actor_role",
        "text",
    )
}
"""What a rule's `when` may look at; a field that was not told is an empty word."""


class Source(Rules):
    """Where in the catalogue of rules this one comes from."""

    rule: str = Field(description="id in the catalogue")
    article: str = ""


class Example(Rules):
    """An input, and whether the rule speaks of it."""

    input: dict[str, Any]
    speaks: bool


def _unsaid(value: object) -> bool:
    """A pack that says nothing of it keeps the name it had before rules could say it."""
    return not value


class PolicyRule(Rules):
    """One rule. Several articles of the catalogue that ask the same share one rule."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.\-]*$")]
    title: str
    type: RuleType
    family: str = ""
    sources: tuple[Source, ...] = ()
    kinds: tuple[str, ...] = Field((), description="kinds of input it looks at")
    when: str = Field(
        "true", description="CEL over input.*: where it does not hold, no word is said"
    )
    where: dict[str, tuple[Any, ...]] = Field(
        default_factory=dict,
        description="field -> values for which the rule is meant; not told makes it unknown, "
        "unless the field's name ends in ?",
    )
    check: str = Field("", description="name of the check; empty: only people can tell")
    params: dict[str, Any] = Field(default_factory=dict)
    verdict: Strength = "flag"
    reason: str = ""
    grade: Grade | None = Field(None, description="grade of the incident, 1 the gravest")
    grade_alternatives: tuple[Grade, ...] = ()
    by_people: str = Field("", description="why no machine checks this")
    partly: str = Field("", description="what of it the check does not see")
    owner: str = ""
    review_by: date | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    ours: bool = Field(False, description="a value in it is ours and no article's")
    because: str = Field("", description="why a prohibition of the parent is changed")
    at_gate: bool = Field(
        False,
        description="the gate asks it of every reply and of planned posts, as far as it looks at them",
        exclude_if=_unsaid,
    )
    examples: tuple[Example, ...] = Field(
        (),
        description="cases that stand with the rule; those of files stand in checks.jsonl",
        exclude_if=_unsaid,
    )
    _condition: Condition = PrivateAttr()

    @model_validator(mode="after")
    def _whole(self) -> "PolicyRule":
        if not self.check and not self.by_people:
            message = "names no check; say in by_people why only people can tell"
            raise ValueError(message)
        if self.check and not self.kinds:
            message = "has a check and no kinds of input it looks at"
            raise ValueError(message)
        try:
            self._condition = _condition(self.when)
        except RuleError as error:
            message = f"when: {error}"
            raise ValueError(message) from error
        return self

    def concerns(self, words: dict[str, str]) -> bool:
        """Tell whether `when` holds for these fields of an input."""
        return self._condition.holds(
            {name: words.get(name.removeprefix("input."), "") for name in INPUT_VARIABLES}
        )

    def in_force(self, day: date) -> bool:
        """Tell whether the rule holds on this day."""
        started = self.effective_from is None or self.effective_from <= day
        return started and (self.effective_until is None or day <= self.effective_until)


@lru_cache(maxsize=512)
def _condition(source: str) -> Condition:
    return Condition(source, INPUT_VARIABLES)


class Disabled(Rules):
    """A rule of the parent that does not hold here, and why. Nothing is dropped without it."""

    rule: str
    reason: Annotated[str, Field(min_length=4)]
    by: str = Field("", description="who decided it")
