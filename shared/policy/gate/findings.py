"""What the gate says of a text, and what it is told beside the text."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from pydantic import field_validator

from shared.contracts.base import Frozen
from shared.contracts.ids import token
from shared.policy.gate.levels import Level, Situation
from shared.policy.gate.section import Cause

GateLevel = Literal["pass", "warn", "hold", "block"]
_ORDER: tuple[GateLevel, ...] = ("pass", "warn", "hold", "block")


class GateFinding(Frozen):
    """One finding of the gate in an outgoing text; the span counts code points of that text."""

    category: str
    level: Level
    start: int
    end: int
    rules: tuple[str, ...]
    reason: str
    suggestion: str | None = None


class GateContext(Frozen):
    """Where the text is to appear, and what is known beside it.

    `None` and the empty text mean that nobody said: a check that needs it answers `unknown`.
    """

    situation: Situation = "other"
    channel: str = "weibo"
    action: str = ""
    """reply, repost, post, comment, message: on some channels each has its own length."""
    quoted: str = ""
    """What the customer wrote, so that it may be cited."""
    role: str = ""
    """Who answers for the text; some things only some roles may say."""
    account: str = ""
    """The name of the account that speaks."""
    other_accounts: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    """Names of others in the trade, beside those of the pack."""
    earlier: tuple[str, ...] | None = None
    """What this account said in the matter before."""
    recent: tuple[str, ...] | None = None
    """What this account lately wrote to other people."""
    source: str = ""
    """Where the fact comes from, if the record says."""
    announcement: str = ""
    """The public announcement this rests on."""
    cluster: Cause = ""
    now: datetime | None = None

    @field_validator("situation", mode="before")
    @classmethod
    def _any_situation(cls, value: object) -> object:
        """Situations of newer writers are none that needs special care here."""
        return value if value in get_args(Situation) or not isinstance(value, str) else "other"


@dataclass(frozen=True, slots=True)
class HistoryDigest:
    """Tokens of the texts already sent in this matter; the texts themselves are not needed."""

    sent: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, texts: tuple[str, ...]) -> "HistoryDigest":
        return cls(frozenset(text_token(each) for each in texts))


def text_token(text: str) -> str:
    """Return a token of the text without its blanks."""
    return token("text", "".join(text.split()))


class Unknown(Frozen):
    """A check that could not be made, and what it would need."""

    check: str
    needs: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """The worst level, all findings in reading order, and the length as the channel counts it."""

    level: GateLevel
    findings: tuple[GateFinding, ...]
    units: float
    limit: float
    unknown: tuple[Unknown, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether the text may leave: warnings may, holds and blocks may not."""
        return self.level in {"pass", "warn"}


def worst(findings: tuple[GateFinding, ...]) -> GateLevel:
    """Return the highest level among the findings."""
    return max((each.level for each in findings), key=_ORDER.index, default="pass")


def graver(one: GateFinding, other: GateFinding) -> bool:
    """Tell whether the level of `one` is above that of `other`."""
    return _ORDER.index(one.level) > _ORDER.index(other.level)
