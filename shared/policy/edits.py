"""One rule written or changed by a person, put into a pack; nothing else of the pack moves."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.policy.checks.own import RuleEdit
from shared.policy.gate.levels import Level
from shared.policy.model import ClockRule, Minutes, Pack, Taboo
from shared.policy.rules import Rules
from shared.policy.weighing import Points, SeverityRule

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ClockEdit(Rules):
    """How fast a kind of case is answered; it is asked before all other clock rules."""

    kind: Literal["clock"] = "clock"
    when: str
    acknowledge_minutes: Minutes
    first_reply_minutes: Minutes

    def put_into(self, pack: Pack) -> dict[str, object]:
        """Return what changes in the pack: a rule with the same condition is replaced."""
        rule = ClockRule(
            when=self.when,
            acknowledge_minutes=self.acknowledge_minutes,
            first_reply_minutes=self.first_reply_minutes,
        )
        others = [each for each in pack.clocks if each.when != self.when]
        return {"clocks": (rule, *others)}


class SeverityEdit(Rules):
    """Points for a kind of case; a rule with the same id is replaced."""

    kind: Literal["severity"] = "severity"
    id: RuleId
    when: str
    points: Points
    reason: Words

    def put_into(self, pack: Pack) -> dict[str, object]:
        """Return what changes in the pack."""
        rule = SeverityRule(id=self.id, when=self.when, points=self.points, reason=self.reason)
        if any(each.id == self.id for each in pack.severity):
            return {"severity": [rule if each.id == self.id else each for each in pack.severity]}
        return {"severity": (*pack.severity, rule)}


class TabooEdit(Rules):
    """Words that our own texts must not use; phrases are added to a family that stands already."""

    kind: Literal["taboo"] = "taboo"
    category: RuleId
    level: Level
    reason: Words
    phrases: Annotated[tuple[Words, ...], Field(min_length=1, max_length=200)]

    def put_into(self, pack: Pack) -> dict[str, object]:
        """Return what changes in the pack; no phrase that is forbidden already becomes free."""
        standing = next((each for each in pack.taboos if each.category == self.category), None)
        if standing is None:
            fresh = Taboo(
                category=self.category,
                level=self.level,
                reason=self.reason,
                phrases=tuple(dict.fromkeys(self.phrases)),
            )
            return {"taboos": (*pack.taboos, fresh)}
        phrases = tuple(dict.fromkeys((*standing.phrases, *self.phrases)))
        changed = {"level": self.level, "reason": self.reason, "phrases": phrases}
        widened = standing.model_copy(update=changed)
        return {"taboos": [widened if each is standing else each for each in pack.taboos]}


Edit = ClockEdit | SeverityEdit | TabooEdit | RuleEdit


def edited(pack: Pack, edit: Edit) -> Pack:
    """Return the pack with this rule. Raises ValueError when the rule does not fit.

    It is made anew from its values, so that nothing it has worked out before is carried along.
    """
    changed = {
        name: [each.model_dump(mode="json") for each in rules]
        for name, rules in edit.put_into(pack).items()
        if isinstance(rules, tuple | list)
    }
    return Pack.model_validate({**pack.model_dump(mode="json"), **changed})
