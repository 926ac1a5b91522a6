"""What the gate says of a text, and what it is told beside the text."""

from dataclasses import dataclass, field
from typing import Literal

from shared.contracts.base import Frozen
from shared.contracts.ids import token
from shared.policy.model import Level, Situation

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
    """Where the text is to appear. `quoted` is what the customer wrote, so that it may be cited."""

    situation: Situation = "other"
    channel: str = "weibo"
    quoted: str = ""
    role: str = ""


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


@dataclass(frozen=True, slots=True)
class GateResult:
    """The worst level, all findings in reading order, and the length as the channel counts it."""

    level: GateLevel
    findings: tuple[GateFinding, ...]
    units: float
    limit: float

    @property
    def passed(self) -> bool:
        """Tell whether the text may leave: warnings may, holds and blocks may not."""
        return self.level in {"pass", "warn"}


def worst(findings: tuple[GateFinding, ...]) -> GateLevel:
    """Return the highest level among the findings."""
    return max((each.level for each in findings), key=_ORDER.index, default="pass")
