"""How much a verdict matters, from 0 to 100, as a sum whose parts can be shown."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.contracts.verdicts import Label

WEIGHTS: Final[dict[Label, int]] = {
    Label.SELF_HARM: 80,
    Label.VIOLENCE: 60,
    Label.PRIVACY: 55,
    Label.COMPLAINT: 45,
    Label.RUMOUR: 45,
    Label.FRAUD: 45,
    Label.HATE: 40,
    Label.CONCERN: 35,
    Label.ABUSE: 30,
    Label.QUESTION: 20,
    Label.SUGGESTION: 20,
    Label.BOOKING: 20,
}
"""What the gravest label brings; ours, and any label not named brings LEAST."""
LEAST: Final = 10
DOUBT: Final = 10
ANGER_SHARE: Final = 5
MOST: Final = 100


class Severity(NamedTuple):
    """The value, and what it is made of: the gravest label, the author's anger, the doubt."""

    value: int
    label: int
    anger: int
    doubt: int
    gravest: Label


def severity(decided: Sequence[Label], anger: int, *, abstained: bool = False) -> Severity:
    """Return how much a verdict with these labels matters, whoever wrote and about whatever."""
    gravest = max(decided, key=lambda each: WEIGHTS.get(each, LEAST), default=Label.OTHER)
    label = WEIGHTS.get(gravest, LEAST)
    heat = anger // ANGER_SHARE
    doubt = DOUBT if abstained else 0
    return Severity(min(MOST, label + heat + doubt), label, heat, doubt, gravest)
