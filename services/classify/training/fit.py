"""One linear head: logistic regression in floating point, calibrated, then rounded to integers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from services.classify.core.scores import NODES, PROBABILITY_BITS, REACH, SCALE, STEP_BITS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS: Final = 3
LARGE_LESSON: Final = 20_000
"""With this many rows one fold held back is enough to calibrate by."""
SMOOTHING: Final = 1.0
LEAST_RATIO: Final = 1e-3
STEEPEST: Final = 3.0
STEEPEST_BY_MARGIN: Final = 12.0
"""A margin is one wide whatever the odds are."""
FLATTEST: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A trained head: score = x @ coefficients + intercept; probability = expit(a * score + b)."""

    coefficients: Floats
    intercept: float
    a: float
    b: float
    held_out: Floats
    """The probability of each training row by a model that had not seen it; nan where none has."""

    def probability(self, values: csr_matrix) -> Floats:
        """Return the float model's probabilities, the reference for the integer one."""
        score = values @ self.coefficients + self.intercept
        result: Floats = expit(self.a * score + self.b)
        return result

    def whole_weights(self) -> tuple[NDArray[np.int32], int]:
        """Return the rounded coefficients and intercept, scale 2^20."""
        rounded = np.rint(self.coefficients * SCALE).astype(np.int32)
        return rounded, round(self.intercept * SCALE)

    def curve(self) -> NDArray[np.int64]:
        """Return the calibrated probability at each node, scale 2^30."""
        nodes = (np.arange(NODES + 1) * (1 << STEP_BITS) - REACH) / SCALE
        values = np.rint(expit(self.a * nodes + self.b) * (1 << PROBABILITY_BITS))
        whole: NDArray[np.int64] = values.astype(np.int64)
        return whole


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one label is learnt.

    `ratio`: features are first weighed by this power of their naive Bayes log ratio; `named`: how
    much more a named feature (a category or sign) counts than a hashed one; `least`: weights nearer
    to zero than this are dropped; `trust`: what part of its calibrated log odds is believed, where
    the rows that calibrate are easier than life; `margin`: it is the widest margin that is sought,
    not the likeliest odds.
    """

    strength: float
    ratio: float = 0.0
    named: float = 1.0
    least: float = 0.0
    trust: float = 1.0
    margin: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What one label is learnt from: rows of features, their truth, weight and kinship.

    Rows of one `kin` are one text and its disguises; they are never on both sides of a fold.
    """

    values: csr_matrix
    truth: NDArray[np.bool_]
    weight: Floats
    kin: Ints
    gauge: Floats
    """How much a row counts where it is calibrated; nothing if it is no text as people write."""
    row: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Which row each is, or is a copy of."""
    plain: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    """Which rows are as people wrote them, and no copies in disguise."""
    alike: csr_matrix | None = None
    """Feature x list: which speak for a list, and share what it is found to say."""


Sum = tuple[Floats, float]
"""Coefficients and intercept."""
Beside = Callable[[NDArray[np.bool_]], Sum]
"""What is added to a sum that was learnt from the chosen rows, learnt from these rows alone."""


def fit_head(
    lesson: Lesson, is_named: NDArray[np.bool_], recipe: Recipe, beside: Beside | None = None
) -> Head:
    """Train one head; equal inputs give equal bits."""
    truth, weight = lesson.truth, lesson.weight
    named = np.where(is_named, recipe.named, 1.0)

    def learnt(some: NDArray[np.bool_]) -> Sum:
        coefficients, intercept = fit_sum(
            lesson.values[some], truth[some], weight[some], named, recipe, alike=lesson.alike
        )
        if beside is None:
            return coefficients, intercept
        more, shift = beside(some)
        return coefficients + more, intercept + shift

    score = np.full(len(truth), np.nan)
    fold = folds(lesson.kin)
    for each in range(1 if len(truth) > LARGE_LESSON else FOLDS):
        rest = fold == each
        coefficients, intercept = learnt(~rest)
        score[rest] = lesson.values[rest] @ coefficients + intercept
    unseen = np.flatnonzero(~np.isnan(score) & (lesson.gauge > 0))
    told = (weight * lesson.gauge)[unseen]
    scaler = LogisticRegression(C=100.0, solver="lbfgs")
    scaler.fit(score[unseen].reshape(-1, 1), truth[unseen], sample_weight=told)
    steepest = STEEPEST_BY_MARGIN if recipe.margin else STEEPEST
    a = recipe.trust * float(np.clip(scaler.coef_[0, 0], FLATTEST, steepest))
    b = recipe.trust * float(scaler.intercept_[0])
    held_out = expit(a * score + b)
    coefficients, intercept = learnt(np.ones(len(truth), np.bool_))
    if recipe.margin:  # so steep a curve would need more nodes than it has
        coefficients, intercept, a = a * coefficients, a * intercept, 1.0
    return Head(coefficients, intercept, a, b, held_out)


def folds(kin: Ints) -> Ints:
    """Return a fold for each row: kin stay together, neighbours are spread."""
    mixed = (kin.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
    return (mixed % np.uint64(FOLDS)).astype(np.int64)


def fit_sum(
    values: csr_matrix,
    truth: NDArray[np.bool_],
    weight: Floats,
    named: Floats,
    recipe: Recipe,
    *,
    alike: csr_matrix | None = None,
) -> Sum:
    """Return one sum; `named` is how much more each feature counts from the start.

    What a list says whose features are `alike` is learnt beside them, and added to each.
    """
    stretch = named * _ratio(values, truth, weight) ** recipe.ratio if recipe.ratio else named
    model = (
        LinearSVC(C=recipe.strength, dual=True, random_state=0, max_iter=1000, tol=1e-2)
        if recipe.margin
        else LogisticRegression(
            C=recipe.strength, solver="liblinear", random_state=0, max_iter=300, tol=1e-2
        )
    )
    stretched = csr_matrix(values @ diags(stretch))
    if alike is not None:
        stretched = csr_matrix(hstack([stretched, values @ alike]))
    model.fit(stretched, truth, sample_weight=weight)
    coefficients = model.coef_[0, : len(stretch)] * stretch
    if alike is not None:
        coefficients = coefficients + alike @ model.coef_[0, len(stretch) :]
    coefficients[np.abs(coefficients) < recipe.least] = 0.0
    return coefficients, float(model.intercept_[0])


def _ratio(values: csr_matrix, truth: NDArray[np.bool_], weight: Floats) -> Floats:
    """Return |log ratio| of each feature's share among positives and negatives."""
    yes = values.T @ (weight * truth) + SMOOTHING
    no = values.T @ (weight * ~truth) + SMOOTHING
    ratio: Floats = np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    return np.maximum(ratio, LEAST_RATIO)
