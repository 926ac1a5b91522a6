"""A pack: one organisation's rules as data, checked when loaded, named by its content."""

import hashlib
import json
from datetime import timedelta, timezone
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from shared.contracts.verdicts import Label
from shared.policy.articles import Disabled, PolicyRule
from shared.policy.cel import Condition, RuleError, Value
from shared.policy.gate.levels import Level
from shared.policy.gate.section import GateRules
from shared.policy.incidents import IncidentTable
from shared.policy.lexicons import Lexicon
from shared.policy.rules import Rules
from shared.policy.suggesting import ReplyTemplate, Suggesting
from shared.policy.switches import Switches
from shared.policy.weighing import Origin, SeverityRule, Topic

PerMille = Annotated[int, Field(ge=0, le=1000)]
LONGEST_MINUTES = 60 * 24 * 90
Minutes = (
    Annotated[int, Field(ge=1, le=LONGEST_MINUTES)]
    | Annotated[float, Field(ge=0.01, le=LONGEST_MINUTES)]
)
"""Whole ones stay whole, so that the name of a pack that is written today is the name it had."""


class ClockRule(Rules):
    """The first rule whose `when` holds sets both clocks of a case. Minutes are wall time."""

    when: str = Field("true", description="CEL over case.* and author.*")
    acknowledge_minutes: Minutes
    first_reply_minutes: Minutes
    _condition: Condition = PrivateAttr()

    @model_validator(mode="after")
    def _compile(self) -> "ClockRule":
        try:
            self._condition = Condition(self.when)
        except RuleError as error:
            raise ValueError(str(error)) from error
        return self

    @cached_property
    def condition(self) -> Condition:
        """Return `when`, compiled; asked for by every case, and a private part is slow to find."""
        return self._condition

    def holds(self, values: dict[str, Value]) -> bool:
        return self.condition.holds(values)


class Taboo(Rules):
    """A family of phrases that outgoing texts must not use, and what is not meant by it."""

    category: str
    level: Level
    rules: tuple[str, ...] = Field((), description="ids in the rule catalogue")
    reason: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = Field((), description="longer words in which a phrase is harmless")
    by_chance: tuple[str, ...] = Field(
        (), description="phrases whose characters also meet by chance across a comma or full stop"
    )
    variants: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="phrase -> other spellings, homophones"
    )
    spare_reported: bool = Field(True, description="what is told of others is no hit")
    rewordings: dict[str, str] = Field(default_factory=dict)


class Channel(Rules):
    """What a platform can carry. A unit is one full-width or two half-width characters."""

    limit_units: Annotated[int, Field(ge=1)]


class Paging(Rules):
    """When the person on call is told."""

    on_breach: tuple[Literal["acknowledge", "first_reply", "return_visit", "promise"], ...] = (
        "acknowledge",
        "first_reply",
        "return_visit",
        "promise",
    )
    remind_minutes: Minutes = Field(
        30, description="so long before a promise falls due its owner is reminded"
    )


class NightRule(Rules):
    """What `action` needs while at most `people_awake` people are on duty (invariant 19)."""

    action: Literal["receipt", "answer", "statement", "self_harm", "stop", "hold", "delete"]
    people_awake: Annotated[int, Field(ge=0)]
    alone: bool


class Pack(Rules):
    """All rules of one organisation or account."""

    name: str
    version: str = "1"
    organisation: str = ""
    service_line: str = Field("", description="how the public reaches a person, for templates")
    thresholds: dict[Label, PerMille] = Field(
        default_factory=dict, description="per mille at which a label holds here; else classify's"
    )
    case_labels: tuple[Label, ...] = (
        Label.COMPLAINT,
        Label.QUESTION,
        Label.SUGGESTION,
        Label.RUMOUR,
        Label.CONCERN,
        Label.BOOKING,
        Label.SELF_HARM,
        Label.VIOLENCE,
        Label.PRIVACY,
        Label.FRAUD,
    )
    abstain_opens_case: bool = True
    topics: tuple[Topic, ...] = ()
    origins: tuple[Origin, ...] = Field(
        (), description="who is writing, beside the platform's mark"
    )
    severity: tuple[SeverityRule, ...] = Field((), description="all that hold are added up")
    clocks: tuple[ClockRule, ...] = ()
    verdict_seconds: Annotated[int, Field(ge=1)] = 60
    undo_seconds: Annotated[int, Field(ge=0, le=600)] = 15
    not_after_minutes: Minutes = 30
    two_person_labels: tuple[Label, ...] = ()
    paging: Paging = Paging()
    taboos: tuple[Taboo, ...] = ()
    templates: tuple[ReplyTemplate, ...] = ()
    suggesting: Suggesting = Suggesting()
    channels: dict[str, Channel] = Field(default_factory=dict)
    help_line: str = Field("", description="said in every reply to somebody at risk")
    night: tuple[NightRule, ...] = ()
    incidents: IncidentTable = IncidentTable()
    gate: GateRules = GateRules()
    variant_of: str = Field("", description="the pack of which this is one variant")
    switches: Switches = Switches()
    lexicons: tuple[Lexicon, ...] = ()
    rules: tuple[PolicyRule, ...] = ()
    disable: tuple[Disabled, ...] = Field((), description="rules of the parent that do not hold")
    _content: str = PrivateAttr("")

    @model_validator(mode="after")
    def _whole(self) -> "Pack":
        ids = [each.id for each in self.templates]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            message = f"template ids used twice: {', '.join(twice)}"
            raise ValueError(message)
        return self

    def canonical(self) -> bytes:
        """Return the body that is stored and hashed: compact JSON, keys sorted."""
        body = self.model_dump(mode="json")
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()

    def content_hash(self) -> str:
        """Return the name of this content, SHA-256 in hex; found once."""
        if not self._content:
            self._content = hashlib.sha256(self.canonical()).hexdigest()
        return self._content

    def __copy__(self) -> Self:
        """Copy without the name: what is copied is about to be changed."""
        made = super().__copy__()
        made._content = ""  # noqa: SLF001  its own kind
        return made

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    def __eq__(self, other: object) -> bool:
        """Compare names: whoever remembers something of a pack asks this for every item.

        After a hand-over the same pack is another object, and to compare two of them part by part
        takes milliseconds.
        """
        return isinstance(other, Pack) and self.content_hash() == other.content_hash()

    @property
    def zone(self) -> timezone:
        """Return the clocks by which this organisation lives."""
        return timezone(timedelta(minutes=self.suggesting.utc_offset_minutes))

    def clocks_for(self, values: dict[str, Value]) -> ClockRule:
        """Return the first rule that holds. A rule that fails is passed to the strictest one."""
        for rule in self.clocks:
            try:
                if rule.holds(values):
                    return rule
            except RuleError:
                return min(self.clocks, key=lambda each: each.acknowledge_minutes)
        return ClockRule(acknowledge_minutes=60, first_reply_minutes=24 * 60)

    def may_act_alone(self, action: str, people_awake: int) -> bool:
        """Tell whether the two-person rule is lifted for `action` with so few people awake."""
        return any(
            rule.alone and rule.action == action and people_awake <= rule.people_awake
            for rule in self.night
        )


NO_PACK = Pack(name="none")
"""What holds where no pack is active: everything doubtful goes to people, the gate still runs."""
