"""What a check answers: hit, miss or unknown, and how strong the verdicts are beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

State = Literal["hit", "miss", "unknown"]
Judgement = Literal[
    "pass", "record", "label", "report", "remind", "flag", "hold", "block", "escalate"
]
STRENGTH: Final[tuple[Judgement, ...]] = (
    "pass",
    "record",
    "label",
    "report",
    "remind",
    "flag",
    "hold",
    "block",
    "escalate",
)
"""Weakest first. A record and a label change nothing, a report and a reminder ask somebody to look,
a flag asks the writer, a hold waits for a step, a block needs another text, and what escalates is
in the hands of a person outside the desk."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a field something was found; the span counts code points of what was written."""

    field: str
    start: int
    end: int
    text: str
    reason: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer. `says` are the further keys (label, to, due, ...), `missing` what was not told."""

    state: State
    verdict: Judgement = "pass"
    says: Mapping[str, object] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


def hit(verdict: Judgement, *places: Place, **says: object) -> Outcome:
    """Return that the rule speaks."""
    return Outcome("hit", verdict, _told(says), (), places)


def miss(*hints: Place, **says: object) -> Outcome:
    """Return that everything was told and the rule has nothing against it."""
    return Outcome("miss", "pass", _told(says), (), hints)


def unknown(*missing: str) -> Outcome:
    """Return that the rule cannot tell because these were not told."""
    return Outcome("unknown", "pass", {}, tuple(dict.fromkeys(missing)))


def strongest(outcomes: tuple[Outcome, ...]) -> Judgement:
    """Return the verdict of all together."""
    return max((each.verdict for each in outcomes), key=STRENGTH.index, default="pass")


def _told(says: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in says.items() if value not in (None, "", (), [])}
