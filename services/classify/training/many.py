"""What is learnt otherwise where real rows of the very places teach: weights for research."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.classify.core.scores import OFFENSIVE, Column
from services.classify.core.verdict import HARMS
from services.classify.training.among import TOLD_APART, told_apart
from services.classify.training.data import Row
from services.classify.training.fit import Head, Lesson, Recipe, fit_head
from services.classify.training.places import placed
from services.classify.training.terms import BARE
from shared.contracts.verdicts import Label

ASIDE: Final[Mapping[Column, float]] = {Label.SELF_HARM: 0.2}
"""How much of their weight our own rows and terms keep: they cry for help in other words."""
OURS: Final = frozenset({"own", BARE})
UNDISGUISED: Final[frozenset[Column]] = frozenset({Label.SELF_HARM})
"""Who cries for help does not hide it; copies in disguise only drown the plain rows."""
PLACED: Final[frozenset[Column]] = frozenset({Label.ABUSE, Label.HATE, OFFENSIVE})


def counting(column: Column, row: Row) -> float:
    """Return what part of its weight a row keeps."""
    return ASIDE.get(column, 1.0) if row.source in OURS else 1.0


def head_of_many(
    column: Column,
    lesson: Lesson,
    rows: Sequence[Row],
    is_named: NDArray[np.bool_],
    recipe: Recipe,
    *,
    alike: csr_matrix | None = None,
) -> Head:
    """Train one head; `rows` are those that the lesson's `row` speaks of.

    Features that are `alike` speak for lists of insults, which say what is an attack.
    """
    taught = [rows[each] for each in lesson.row.tolist()]
    sources = np.array([each.source for each in taught])
    beside = None
    if column in TOLD_APART:
        harmless = np.array([not any(each.known.get(harm) for harm in HARMS) for each in taught])
        beside = told_apart(lesson, sources, harmless)
    if column not in PLACED:
        return fit_head(lesson, is_named, recipe, beside)
    head = fit_head(replace(lesson, alike=alike), is_named, recipe, beside)
    return placed(head, lesson, sources)
