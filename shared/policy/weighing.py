"""How much an item matters, 0 to 100, as a sum that can be read out: what, how much, and why.

The values are ours unless a pack says otherwise; a pack adds to the sum, or takes from it, by
rules of its own. What is not known counts for nothing and is named, so that nobody reads a
missing follower count as a small one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Final, NamedTuple

from pydantic import Field, PrivateAttr, model_validator

from shared.contracts.verdicts import Label
from shared.policy.cel import CASE_VARIABLES, Condition, RuleError, Value
from shared.policy.circumstances import Matter, Part, history, part, reach, spread, unknown
from shared.policy.gate.plain import flat, plain
from shared.policy.phrases import first_hit, flat_forms, pattern
from shared.policy.rules import Rules
from shared.policy.severity import MOST, severity

Points = Annotated[int, Field(ge=-MOST, le=MOST)]
TOPICS_MOST: Final = 40
"""All topics of one text together; a text that names everything is not the gravest of all."""


class Topic(Rules):
    """A subject that a text may be about. Not found says nothing: it is no "not about this"."""

    id: str
    title: str
    points: Points = 0
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = Field((), description="longer words in which a phrase is harmless")


class Origin(Rules):
    """Who is writing, as far as name and the platform's mark tell: press, authority, VIP, ..."""

    id: str
    title: str
    points: Points = 0
    names: tuple[str, ...] = Field((), description="exact names or ids, kept by hand")
    verified: tuple[str, ...] = Field((), description="words in the platform's verification")
    unless: tuple[str, ...] = Field((), description="longer words in which those are harmless")


class SeverityRule(Rules):
    """Points that are added when a condition holds."""

    id: str
    when: str = Field(description="CEL over case.* and author.*; case.severity is the sum so far")
    points: Points
    reason: str = ""
    _condition: Condition = PrivateAttr()

    @model_validator(mode="after")
    def _compile(self) -> "SeverityRule":
        try:
            self._condition = Condition(self.when, CASE_VARIABLES)
        except RuleError as error:
            raise ValueError(str(error)) from error
        return self

    @property
    def condition(self) -> Condition:
        """Return `when`, compiled; to be asked for once, a private part is slow to find."""
        return self._condition


class Weighing(NamedTuple):
    """The parts of a pack that this rests on."""

    topics: tuple[Topic, ...] = ()
    origins: tuple[Origin, ...] = ()
    rules: tuple[tuple[SeverityRule, Condition], ...] = ()
    glimpse: re.Pattern[str] | None = None
    """Finds something wherever a topic is found; most texts are about none, and one look tells."""
    glimpses: tuple[re.Pattern[str] | None, ...] = ()
    """The same for each topic."""

    @classmethod
    def of(
        cls,
        topics: tuple[Topic, ...],
        origins: tuple[Origin, ...],
        rules: tuple[SeverityRule, ...],
    ) -> "Weighing":
        """Return these parts, ready to weigh many items."""
        glimpses = tuple(_glimpse(each.phrases) for each in topics)
        whole = _glimpse(tuple(phrase for each in topics for phrase in each.phrases))
        return cls(
            topics, origins, tuple((each, each.condition) for each in rules), whole, glimpses
        )


class Weight(NamedTuple):
    """The sum, its parts, what the text is about, where it comes from, and what was not known."""

    value: int
    parts: tuple[Part, ...] = ()
    topics: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    values: Mapping[str, Value] = MappingProxyType({})
    """What the pack's rules looked at."""

    @property
    def alone(self) -> dict[str, Value]:
        """Return the same of the item by itself, whoever else says it, with the whole sum."""
        return {**self.values, "case.severity": self.value, **_ALONE}


def weigh(matter: Matter, weighing: Weighing) -> Weight:
    """Return how much this matters and why. A pack's rule that fails counts as one that holds."""
    topics = _topics(matter.text, weighing)
    origins = [*_origins(matter, weighing.origins)]
    parts = [
        *_verdict(matter.decided, matter.anger, matter.abstained),
        *_topic_parts(topics),
        *reach(matter.followers),
        *[part("origin", each.points, each.id, each.title) for each in origins if each.points],
        *history(matter),
        *spread(matter),
    ]
    held = tuple([each.id for each in topics]), tuple([each.id for each in origins])
    so_far = _sum(parts)
    values = case_values(matter, so_far, *held)
    rules = [
        part("rule", rule.points, rule.id, rule.reason)
        for rule, condition in weighing.rules
        if _holds(rule, condition, values)
    ]
    value = max(0, min(MOST, so_far + _sum(rules)))
    shown = tuple([each for each in (*parts, *rules) if each.points])
    return Weight(value, shown, *held, tuple(unknown(matter)), values)


def _sum(parts: Sequence[Part]) -> int:
    return sum([each.points for each in parts])


_ALONE: Final[Mapping[str, Value]] = {"case.alike": -1, "case.coordinated": False}


def case_values(
    matter: Matter, severity_so_far: int, topics: Sequence[str], origins: Sequence[str]
) -> dict[str, Value]:
    """Return what a pack's conditions may look at."""
    return {
        "case.severity": severity_so_far,
        "case.labels": list(_names(matter.decided)),
        "case.private": matter.private,
        "case.degraded": matter.degraded,
        "case.topics": list(topics),
        "case.reopened": matter.reopened,
        "case.alike": _or_unknown(matter.alike),
        "case.coordinated": matter.coordinated,
        "case.rumour": _or_unknown(matter.rumour),
        "case.reposts": matter.reposts,
        "case.reposters": matter.reposters,
        "author.followers": _or_unknown(matter.followers),
        "author.from": list(origins),
        "author.earlier_cases": _or_unknown(matter.earlier_cases),
    }


@lru_cache(maxsize=512)
def _names(decided: tuple[Label, ...]) -> tuple[str, ...]:
    return tuple(str(label) for label in Label if label in decided)


@lru_cache(maxsize=4096)
def _verdict(
    decided: tuple[Label, ...],
    anger: int,
    abstained: bool,  # noqa: FBT001  a field
) -> tuple[Part, ...]:
    """Verdicts differ in their probabilities; what they bring comes again and again."""
    base = severity(decided, anger, abstained=abstained)
    parts = [part("label", base.label, base.gravest)]
    if base.anger:
        parts.append(part("anger", base.anger))
    if base.doubt:
        parts.append(part("doubt", base.doubt))
    return tuple(parts)


def _topics(text: str, weighing: Weighing) -> Sequence[Topic]:
    seen = flat(text)
    first = None if weighing.glimpse is None else weighing.glimpse.search(seen)
    if first is None:
        return ()
    begin = first.start()
    return [
        each
        for each, glimpse in zip(weighing.topics, weighing.glimpses, strict=True)
        if glimpse is not None
        and glimpse.search(seen, begin) is not None
        and first_hit(plain(text), each.phrases, each.unless)
    ]


def _glimpse(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    forms = flat_forms(phrases)
    return pattern(forms) if forms else None


def _topic_parts(topics: Sequence[Topic]) -> Iterator[Part]:
    left = TOPICS_MOST
    for each in sorted(topics, key=lambda topic: (-topic.points, topic.id)):
        points = min(each.points, left)
        left -= max(points, 0)
        yield part("topic", points, each.id, each.title)


def _origins(matter: Matter, origins: Sequence[Origin]) -> Iterator[Origin]:
    for each in origins:
        if comes_from(each, matter.author_id, matter.author_name, matter.verified):
            yield each


def comes_from(origin: Origin, author_id: str, name: str | None, verified: str | None) -> bool:
    """Tell whether this is who writes: by a name kept by hand, or by the platform's mark."""
    if author_id in origin.names or name in origin.names:
        return True
    return verified is not None and bool(
        first_hit(plain(verified), origin.verified, origin.unless)
    )


def _holds(rule: SeverityRule, condition: Condition, values: Mapping[str, Value]) -> bool:
    try:
        return condition.holds(values)
    except RuleError:
        return rule.points > 0


def _or_unknown(value: int | None) -> int:
    return -1 if value is None else value
