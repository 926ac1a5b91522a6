"""From where on a label is decided: as low as the rows held back allow."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core.scores import MILLION, Column
from services.classify.core.verdict import DEFAULT_BARS, Bar
from services.classify.training.data import Kind
from services.classify.training.fit import Head, Lesson
from shared.contracts.verdicts import Label

ATTACK_BAR: Final = Bar(395_000, 300_000)
"""Hardly worse on plain texts than even odds, and much better on disguised ones, which are believed
less."""
CRY_BAR: Final = Bar(650_000, 350_000)
"""Hardly a cry for help lies below the lower one, and few ordinary texts above it."""
RARE: Final = (Label.SEXUAL, Label.VIOLENCE, Label.GAMBLING, Label.SPAM, Label.FRAUD)
"""Harms that few rows are: what is believed of them is low, so that their bars must be."""
ATTACK_BARS: Final = dict.fromkeys((Label.ABUSE, Label.HATE), Bar(389_000, 290_000))
"""The same place on the scale of the shipped weights, which are believed a little more."""
GRID: Final = tuple(range(300_000, 650_000, 50_000))
"""Lower ones mark one in forty ordinary posts as spam, and one in eighty as something sexual."""
GRID_OF_MANY: Final = tuple(range(100_000, 650_000, 50_000))
"""Where real rows of these harms teach, a low belief is worth more."""
GRIEVANCE_BAR: Final = Bar(600_000, 450_000)
"""Where real petitions teach, and weigh much, ordinary posts about a city sound like them."""
SPOKEN_BARS: Final = {
    Label.COMPLAINT: Bar(400_000, 266_000),
    Label.PRAISE: Bar(400_000, 400_000),
    Label.RUMOUR: Bar(400_000, 400_000),
}
"""Learnt from our own rows alone: what happened to somebody has more words than we wrote, so that a
half-believed grievance goes to a person. Of ordinary posts about a city 3 in 100 do."""
NEARLY: Final = 0.97
"""The lowest bar is taken at which F1 is still nearly the best: a harm missed costs more than one
looked at for nothing."""
NEARLY_OF_MANY: Final = 0.9
"""Where harms are told apart among themselves, a low bar catches more of each and mistakes none for
another."""
DOUBTED: Final = 3, 4
"""The part of the bar from which on a person is asked."""


def bars_of(
    heads: Mapping[Column, Head], lessons: Mapping[Column, Lesson], kind: Kind = "permissive"
) -> dict[Label, Bar]:
    """Return the bars of all labels, lowered where what was held back allows it."""
    bars = DEFAULT_BARS | {
        Label.ABUSE: ATTACK_BAR,
        Label.HATE: ATTACK_BAR,
        Label.SELF_HARM: CRY_BAR,
    }
    bars |= SPOKEN_BARS | ATTACK_BARS if kind == "permissive" else {Label.COMPLAINT: GRIEVANCE_BAR}
    grid, nearly = (GRID, NEARLY) if kind == "permissive" else (GRID_OF_MANY, NEARLY_OF_MANY)
    for label in RARE:
        if label in heads:
            bars[label] = _bar(heads[label].held_out, lessons[label], bars[label], grid, nearly)
    return bars


def _bar(
    belief: NDArray[np.float64], lesson: Lesson, usual: Bar, grid: Sequence[int], nearly: float
) -> Bar:
    some = (lesson.gauge > 0) & ~np.isnan(belief)
    believed, truth, weight = belief[some], lesson.truth[some], lesson.weight[some]
    reached = [_f1(believed >= least / MILLION, truth, weight) for least in grid]
    if not max(reached):
        return usual
    least = next(bar for bar, f1 in zip(grid, reached, strict=True) if f1 >= nearly * max(reached))
    return Bar(least, least * DOUBTED[0] // DOUBTED[1])


def _f1(
    decided: NDArray[np.bool_], truth: NDArray[np.bool_], weight: NDArray[np.float64]
) -> float:
    """Return twice what is rightly decided over all that is decided or so."""
    right = weight[decided & truth].sum()
    both = weight[decided].sum() + weight[truth].sum()
    return float(2 * right / both) if both else 0.0
