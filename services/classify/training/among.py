"""Harms told apart by those who were gathered together: a second sum beside that of all rows.

Among a moderator's cases the question is which of the harms it is, or none of them; among all rows it
is whether it is this harm at all. Both are asked, and their sums are added.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.classify.core.scores import Column
from services.classify.training.fit import Beside, Floats, Lesson, Recipe, Sum, fit_sum
from shared.contracts.verdicts import Label

GATHERED: Final = "chineseharm"
"""Professionals sorted these texts into five harms and none."""
TOLD_APART: Final[frozenset[Column]] = frozenset(
    {Label.SEXUAL, Label.GAMBLING, Label.SPAM, Label.FRAUD}
)
"""Abuse is learnt from tens of thousands of arguments."""
RECIPE: Final = Recipe(strength=0.001, ratio=0.35, margin=True)
FEWEST: Final = 100
SHARE: Final = 0.5
"""How loudly this sum is heard beside the other."""


def told_apart(
    lesson: Lesson, sources: NDArray[np.str_], harmless: NDArray[np.bool_]
) -> Beside | None:
    """Return what to add: that it is this harm, less that it is none; `harmless` rows are none.

    Nothing where too few of either were gathered.
    """
    gathered = (sources == GATHERED) & lesson.plain
    if min((gathered & lesson.truth).sum(), (gathered & harmless).sum()) < FEWEST:
        return None

    def learnt(some: NDArray[np.bool_]) -> Sum:
        chosen = gathered & some
        values = csr_matrix(lesson.values[chosen])
        rare = _rarity(values)
        ones = np.ones(values.shape[0])
        harm, at = fit_sum(values, lesson.truth[chosen], ones, rare, RECIPE)
        none, none_at = fit_sum(values, harmless[chosen], ones, rare, RECIPE)
        return SHARE * (harm - none), SHARE * (at - none_at)

    return learnt


def _rarity(values: csr_matrix) -> Floats:
    """Return how much more a feature counts the fewer of the texts have it; once is chance."""
    often = np.asarray(values.sign().sum(axis=0)).ravel()
    rarity: Floats = np.where(often > 1, np.log((1 + values.shape[0]) / (1 + often)) + 1, 0.0)
    return rarity
