"""One linear head: logistic regression in floating point, calibrated, then rounded to integers."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from services.classify.core.scores import NODES, PROBABILITY_BITS, REACH, SCALE, STEP_BITS

Floats = NDArray[np.float64]

FOLDS: Final = 3
SMOOTHING: Final = 1.0
STEEPEST: Final = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A trained head: score = x @ coefficients + intercept; probability = expit(a * score + b)."""

    coefficients: Floats
    intercept: float
    a: float
    b: float
    held_out: Floats
    """The probability of each training row by a model that had not seen it."""

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

    `ratio`: weight features by their naive Bayes log ratio first; `least`: weights nearer to zero
    than this are dropped.
    """

    strength: float
    ratio: bool = False
    least: float = 0.0


def fit_head(
    values: csr_matrix, truth: NDArray[np.bool_], weight: Floats, named: Floats, recipe: Recipe
) -> Head:
    """Train one head; equal inputs give equal bits."""
    held_out = np.zeros(len(truth))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, rest in folds.split(values, truth):
        coefficients, intercept = _fit(values[train], truth[train], weight[train], named, recipe)
        held_out[rest] = values[rest] @ coefficients + intercept
    scaler = LogisticRegression(C=100.0, solver="lbfgs")
    scaler.fit(held_out.reshape(-1, 1), truth, sample_weight=weight)
    a = float(np.clip(scaler.coef_[0, 0], 0.05, STEEPEST))
    b = float(scaler.intercept_[0])
    coefficients, intercept = _fit(values, truth, weight, named, recipe)
    return Head(coefficients, intercept, a, b, expit(a * held_out + b))


def _fit(
    values: csr_matrix, truth: NDArray[np.bool_], weight: Floats, named: Floats, recipe: Recipe
) -> tuple[Floats, float]:
    stretch = named * _ratio(values, truth) if recipe.ratio else named
    model = LogisticRegression(
        C=recipe.strength, solver="liblinear", random_state=0, max_iter=300, tol=1e-3
    )
    model.fit(csr_matrix(values @ diags(stretch)), truth, sample_weight=weight)
    coefficients = model.coef_[0] * stretch
    coefficients[np.abs(coefficients) < recipe.least] = 0.0
    return coefficients, float(model.intercept_[0])


def _ratio(values: csr_matrix, truth: NDArray[np.bool_]) -> Floats:
    """Return |log ratio| of each feature's share among positives and negatives."""
    yes = np.asarray(values[truth].sum(axis=0)).ravel() + SMOOTHING
    no = np.asarray(values[~truth].sum(axis=0)).ravel() + SMOOTHING
    ratio: Floats = np.abs(np.log((yes / yes.sum()) / (no / no.sum())))
    return np.maximum(ratio, 1e-3)
