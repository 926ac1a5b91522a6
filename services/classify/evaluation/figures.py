"""The usual figures of one yes-or-no column, and a few that a moderator asks for."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_recall_curve, precision_recall_fscore_support

Truth = NDArray[np.bool_]
Belief = NDArray[np.float64]
Figures = dict[str, float]

BINS: Final = 10
HIGH_PRECISION: Final = 0.9
SURE_SHARE: Final = 0.8
EVEN: Final = 0.5


def figures(truth: Truth, belief: Belief, decided: Truth) -> Figures:
    """Return what is told of every set and label."""
    precision, recall, f1, _ = precision_recall_fscore_support(
        truth, decided, labels=[False, True], zero_division=0.0
    )
    measured = {
        "rows": float(len(truth)),
        "positives": float(truth.sum()),
        "accuracy": float((truth == decided).mean()),
        "macro_f1": float(f1.mean()),
        "precision": float(precision[1]),
        "recall": float(recall[1]),
        "f1": float(f1[1]),
        "recall_at_p90": recall_at_precision(truth, belief),
        "ece": calibration_error(truth, belief),
        "surest_80": surest_accuracy(truth, belief),
        "decided_share": float(decided.mean()),
    }
    return {name: round(value, 4) for name, value in measured.items()}


def recall_at_precision(truth: Truth, belief: Belief, least: float = HIGH_PRECISION) -> float:
    """Return how much can be caught while this share of what is caught is right."""
    if not truth.any():
        return 0.0
    precision, recall, _ = precision_recall_curve(truth, belief)
    return float(recall[precision >= least].max(initial=0.0))


def macro_f1(truth: Truth, decided: Truth) -> float:
    """Return the mean F1 of both classes."""
    return float(f1_score(truth, decided, average="macro"))


def calibration_error(truth: Truth, belief: Belief) -> float:
    """Return the mean gap between what was believed and what was so, over ten equal bins."""
    place = np.minimum((belief * BINS).astype(np.int64), BINS - 1)
    gaps = (abs(belief[place == each].sum() - truth[place == each].sum()) for each in range(BINS))
    return float(sum(gaps) / len(truth))


def surest_accuracy(truth: Truth, belief: Belief, share: float = SURE_SHARE) -> float:
    """Return the accuracy on the rows that are furthest from even odds."""
    surest = np.argsort(-np.abs(belief - EVEN), kind="stable")[: max(1, int(share * len(truth)))]
    return float(((belief >= EVEN) == truth)[surest].mean())


def bar_for_recall(positive: Belief, recall: float) -> float:
    """Return the highest bar that still catches this share of the positive rows."""
    ranked = np.sort(positive)[::-1]
    return float(ranked[int(np.ceil(recall * len(ranked))) - 1])


def bar_for_flagged(negative: Belief, share: float) -> float:
    """Return the lowest bar above which at most this share of the negative rows lies."""
    ranked = np.sort(negative)[::-1]
    return float(np.nextafter(ranked[int(share * len(ranked))], 1.0))
