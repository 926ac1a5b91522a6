"""From probabilities to what is decided and what needs a person."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.classify.core.rules import LABELS
from services.classify.core.scores import MILLION
from shared.contracts.verdicts import Label

HARMS: Final = (
    Label.ABUSE, Label.HATE, Label.SEXUAL, Label.VIOLENCE, Label.GAMBLING, Label.SPAM,
    Label.FRAUD, Label.SELF_HARM, Label.PRIVACY,
)  # fmt: skip
INDEX: Final = {label: place for place, label in enumerate(LABELS)}
MILDER: Final = 200_000
"""By how much counter speech must outweigh: who quotes an insult to reject it is not abusing."""
SURE_SPEECH: Final = 950_000
"""From where on it does: half sure of it, an attack in disguise would be let off that is none when
plainly spelt."""


class Bar(NamedTuple):
    """Decided from `decide` on; in [`doubt`, `decide`) a person is asked. In millionths."""

    decide: int
    doubt: int


DEFAULT_BARS: Final[dict[Label, Bar]] = {
    label: Bar(600_000, 450_000) if label in HARMS else Bar(500_000, 500_000) for label in LABELS
} | {
    Label.SELF_HARM: Bar(500_000, 150_000),
    Label.COMPLAINT: Bar(450_000, 450_000),
    Label.OTHER: Bar(MILLION + 1, MILLION + 1),
}


BARS: Final = tuple(DEFAULT_BARS[label] for label in LABELS)
_MILDER_BY: Final = np.array([MILDER * (each in {Label.ABUSE, Label.HATE}) for each in LABELS])


class Judgement(NamedTuple):
    """Text x label: does it hold; and of each text, whether a person must look."""

    decided: NDArray[np.bool_]
    abstained: NDArray[np.bool_]


def decide(belief: NDArray[np.int64], bars: Sequence[Bar]) -> Judgement:
    """Return what follows from probabilities (text x label in millionths, in the order of LABELS).

    Who surely speaks against an attack has the bars of abuse and hate raised, and what falls
    between the two bars goes to a person. `other` holds when nothing else does.
    """
    least, doubt = np.array(bars, np.int64).T
    answered = belief[:, INDEX[Label.COUNTER_SPEECH]] >= SURE_SPEECH
    decided = belief >= least + np.outer(answered, _MILDER_BY)
    abstained = ((belief >= doubt) & ~decided).any(axis=1)
    decided[:, INDEX[Label.OTHER]] |= ~decided.any(axis=1)
    return Judgement(decided, abstained)
