"""A linear model in integers: equal inputs give equal probabilities on every machine."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core.features import Features
from shared.contracts.verdicts import Label

Ints = NDArray[np.int64]

SCALE: Final = 1 << 20
"""A weight or score of 1.0."""
NODES: Final = 2048
STEP_BITS: Final = 14
REACH: Final = (NODES << STEP_BITS) // 2
"""Scores outside [-16, 16) count as the nearest inside."""
PROBABILITY_BITS: Final = 30
MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """`table[rows[feature]]` are the weights of a feature for each label; row 0 is all zero.

    `curves[label]` gives the probability (scale 2^30) at NODES + 1 evenly spaced scores and never
    falls, so that calibration can change no order.
    """

    labels: tuple[Label, ...]
    rows: NDArray[np.int32]
    table: NDArray[np.int32]
    bias: Ints
    curves: Ints


def scores(features: Features, weights: Weights) -> Ints:
    """Return text x label sums of weights, exact."""
    gathered = weights.table[weights.rows[features.ids]]
    total: Ints = np.add.reduceat(gathered, features.offsets[:-1], axis=0, dtype=np.int64)
    biased: Ints = total + weights.bias
    return biased


def probabilities(score: Ints, weights: Weights) -> Ints:
    """Return text x label probabilities in millionths, by table with straight lines between."""
    shifted = np.clip(score + REACH, 0, 2 * REACH - 1)
    node = shifted >> STEP_BITS
    rest = shifted & ((1 << STEP_BITS) - 1)
    label = np.arange(len(weights.labels))
    low, high = weights.curves[label, node], weights.curves[label, node + 1]
    value = low + (((high - low) * rest) >> STEP_BITS)
    millionths: Ints = (value * MILLION) >> PROBABILITY_BITS
    return millionths


def contributions(features: Features, text: int, label: int, weights: Weights) -> Features:
    """Return the features of one text with, as ids, what each adds to one label's score."""
    first, last = int(features.offsets[text]), int(features.offsets[text + 1])
    ids = weights.table[weights.rows[features.ids[first:last]], label].astype(np.int64)
    return Features(
        ids, features.start[first:last], features.end[first:last], np.array([0, last - first])
    )
