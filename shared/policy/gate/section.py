"""The part of a pack that the gate reads: wordings, lengths, roles, working days (`gate.yaml`)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from shared.policy.gate.levels import Level, Situation
from shared.policy.gate.wording import WordingError, wording
from shared.policy.rules import Rules

Share = Annotated[int, Field(ge=1, le=100)]
Clock = Annotated[int, Field(ge=0, le=24)]
Cause = Literal["", "victim", "accident", "preventable"]
"""How the public sees the cause of a crisis (SCCT); empty: nobody has said."""
Strategy = Literal["deny", "attack", "excuse", "justify", "compensate", "apologise", "praise_self"]


def _known(written: tuple[str, ...]) -> tuple[str, ...]:
    for each in written:
        try:
            wording(each)
        except WordingError as error:
            raise ValueError(str(error)) from error
    return written


class Family(Rules):
    """One kind of wording that must not leave as it is, and what is not meant by it."""

    level: Level
    situations: dict[Situation, Level] = Field(
        default_factory=dict, description="another level where the text is to appear"
    )
    rules: tuple[str, ...] = Field((), description="ids in the rule catalogue")
    reason: str
    suggestion: str | None = None
    wordings: tuple[str, ...] = Field(description="see docs/gate.md for how they are written")
    unless: tuple[str, ...] = Field((), description="longer wordings in which one is harmless")
    beside: tuple[str, ...] = Field(
        (), description="words that make it harmless when they stand in the same sentence"
    )
    anywhere: tuple[str, ...] = Field(
        (), description="words that make it harmless wherever they stand in the text"
    )
    only_in: tuple[Situation, ...] = Field((), description="empty: in every situation")
    spare_reported: bool = Field(True, description="what is told of others is no hit")
    lifted_by: Literal["", "role", "announcement", "source"] = Field(
        "", description="what the context must give for this to be a warning only"
    )

    @field_validator("wordings", "unless")
    @classmethod
    def _readable(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        return _known(written)


class Hedges(Rules):
    """When an uncertain word blurs a fact of ours, and when it is only a manner of speaking."""

    categories: tuple[str, ...] = Field((), description="families of uncertain words")
    strict: tuple[Situation, ...] = Field((), description="here every one counts")
    matters: tuple[str, ...] = Field((), description="wordings of what we must know ourselves")
    spared: tuple[str, ...] = Field((), description="wordings in which one says no fact")
    short_text: Annotated[int, Field(ge=0)] = Field(
        24, description="a text up to this long speaks of the matter itself"
    )

    @field_validator("matters", "spared")
    @classmethod
    def _readable(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        return _known(written)


class Manners(Rules):
    """Small signs of harshness and of courtesy, and from how many on a text is turned away."""

    level: Level = "hold"
    situations: dict[Situation, Level] = Field(default_factory=dict)
    rules: tuple[str, ...] = ()
    kind: tuple[str, ...] = Field((), description="signs of courtesy, or of something being done")
    weak: tuple[str, ...] = Field((), description="signs of harshness that mean little alone")
    strong: tuple[str, ...] = Field((), description="signs of harshness that say much")
    strong_points: Annotated[int, Field(ge=1)] = 2
    kind_points: Annotated[int, Field(ge=1)] = 2
    enough: Annotated[int, Field(ge=1)] = 3
    window: Annotated[int, Field(ge=1)] = Field(30, description="characters they stand in")

    @field_validator("kind", "weak", "strong")
    @classmethod
    def _readable(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        return _known(written)


class Tone(Rules):
    """From how much on the wording of a text as a whole is too hostile; unset: not weighed."""

    enough: int | None = None
    doubt: int | None = Field(
        None, description="from here on whoever writes is asked to read again"
    )
    enough_in: dict[Situation, int] = Field(default_factory=dict)
    level: Level = "hold"
    situations: dict[Situation, Level] = Field(default_factory=dict)
    rules: tuple[str, ...] = ()


class Length(Rules):
    """How long a text may be on a channel, and how that is counted."""

    limit: Annotated[int, Field(ge=1)]
    counted: Literal["units", "characters"] = "units"
    level: Level = "block"
    rules: tuple[str, ...] = ()


class Calendar(Rules):
    """Holidays, working weekends (调休) and festivals; days nobody names are as in any week."""

    years: tuple[int, ...] = Field((), description="years whose holidays are all named here")
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = Field((), description="weekend days on which people work")
    festivals: dict[str, tuple[date, ...]] = Field(default_factory=dict)
    day_ends: Clock = Field(18, description="the hour at which offices close")


class Register(Rules):
    """Signs (emoji, emoticons of the platform) that do not fit grave situations."""

    grave: tuple[Situation, ...] = ()
    lively: tuple[str, ...] = Field((), description="signs of fun; they hold the text there")
    gentle: Annotated[int, Field(ge=0)] = Field(1, description="how many others may stand there")
    rules: tuple[str, ...] = ()


class Fatigue(Rules):
    """How often nearly the same text may go to different people."""

    alike_percent: Share = 80
    warn_after: Annotated[int, Field(ge=1)] = 3
    hold_after: Annotated[int, Field(ge=1)] = 20


class Crisis(Rules):
    """When one reply speaks to many, of something grave; and how the public sees causes (SCCT)."""

    severity: Annotated[int, Field(ge=0, le=100)] = 75
    people: Annotated[int, Field(ge=1, le=200)] = Field(
        10, description="so many different people say nearly the same"
    )
    causes: dict[str, Cause] = Field(
        default_factory=dict, description="id of a topic -> victim, accident or preventable"
    )


class Mismatch(Rules):
    """A way of answering that does not fit how the public sees the cause."""

    cluster: Cause
    strategy: Strategy
    reason: str
    suggestion: str | None = None


class GateRules(Rules):
    """Everything the gate is told by a pack beside the taboo families."""

    families: dict[str, Family] = Field(default_factory=dict)
    levels: dict[str, Level] = Field(
        default_factory=dict, description="category -> its level here, whatever the family says"
    )
    hedges: Hedges = Hedges()
    manners: Manners = Manners()
    tone: Tone = Tone()
    by_sound: tuple[str, ...] = Field((), description="taboo families that are also heard")
    spared: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="taboo family -> longer wordings in which its phrases mean no harm",
    )
    split: dict[str, str] = Field(
        default_factory=dict, description="characters drawn apart: 矢口 -> 知"
    )
    lengths: dict[str, Length] = Field(
        default_factory=dict, description="channel, or channel_action as in weibo_repost"
    )
    wordy_sentence: Annotated[int, Field(ge=20)] = 75
    roles: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="category -> who may say such things"
    )
    contacts: tuple[str, ...] = Field((), description="our own numbers, addresses and accounts")
    peers: tuple[str, ...] = Field((), description="names of others in our trade")
    calendar: Calendar = Calendar()
    fatigue: Fatigue = Fatigue()
    register_signs: Register = Register()
    strategies: dict[Strategy, tuple[str, ...]] = Field(default_factory=dict)
    mismatches: tuple[Mismatch, ...] = ()
    crisis: Crisis = Crisis()

    @field_validator("strategies", "spared")
    @classmethod
    def _readable(cls, written: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for each in written.values():
            _known(each)
        return written
