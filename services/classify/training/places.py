"""Where a text comes from says how often an attack is one: what is believed of attacks is set by it.

Collections differ in how often a like text is an attack. One more sum, learnt from where rows come from
and not from what they are, moves the belief; how far, rows that were held back say.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from services.classify.training.fit import Floats, Head, Lesson, Recipe, fit_sum, folds
from services.classify.training.repeats import KIN

PLACES: Final = {
    "cold": 1.0, "swsr": 1.0, "toxicn": 1.0, "toxicloak": 1.0, "state_toxicn": 1.0,
    "chineseharm": 0.5,
}  # fmt: skip
"""How much each collection says of how an attack is to be believed, whatever its size."""
ELSEWHERE: Final = ("cold", "swsr")
RECIPE: Final = Recipe(strength=0.01, least=0.01)
FEWEST: Final = 100
SURE: Final = 1e-6


def placed(head: Head, lesson: Lesson, sources: NDArray[np.str_]) -> Head:
    """Return a head whose belief is set by where a text comes from, if both families are there."""
    there = np.isin(sources, KIN) & lesson.plain
    told = there | (np.isin(sources, ELSEWHERE) & lesson.plain)
    if min(there.sum(), (told & ~there).sum()) < FEWEST:
        return head
    held_back = ~np.isnan(head.held_out)
    side = np.zeros(len(told))
    for each in set(folds(lesson.kin)[held_back].tolist()):
        rest = folds(lesson.kin) == each
        place, at = _side(lesson, told & ~rest, there)
        side[rest] = lesson.values[rest] @ place + at
    counting = _counting(lesson, sources) * held_back
    some = np.flatnonzero(counting)
    score = logit(np.clip(head.held_out, SURE, 1 - SURE))
    seen = np.stack([score, side], axis=1)
    scaler = LogisticRegression(C=100.0, solver="lbfgs")
    scaler.fit(seen[some], lesson.truth[some], sample_weight=counting[some])
    (slope, turn), shift = scaler.coef_[0], float(scaler.intercept_[0])
    place, at = _side(lesson, told, there)
    held_out: Floats = np.full(len(score), np.nan)
    held_out[held_back] = scaler.predict_proba(seen[held_back])[:, 1]
    return replace(
        head,
        coefficients=slope * head.a * head.coefficients + turn * place,
        intercept=slope * (head.a * head.intercept + head.b) + turn * at + shift,
        a=1.0,
        b=0.0,
        held_out=held_out,
    )


def _side(
    lesson: Lesson, told: NDArray[np.bool_], there: NDArray[np.bool_]
) -> tuple[Floats, float]:
    """Return the sum that tells the places of one family of collections from the others."""
    truth = there[told]
    weight = np.where(truth, (~truth).sum() / truth.sum(), 1.0)
    every = np.ones(lesson.values.shape[1])
    return fit_sum(csr_matrix(lesson.values[told]), truth, weight, every, RECIPE)


def _counting(lesson: Lesson, sources: NDArray[np.str_]) -> Floats:
    """Return how much each row counts: every collection by its share, its rows by their weight."""
    counting: Floats = np.zeros(len(lesson.truth))
    for name, share in PLACES.items():
        here = np.where(sources == name, lesson.weight * lesson.gauge, 0.0)
        if here.any():
            counting += share * here / here.sum()
    return counting * len(counting)
