"""A linear model in integers: equal inputs give equal probabilities on every machine."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from services.classify.core.features import SHARE_BITS, Features
from shared.contracts.verdicts import Label

Ints = NDArray[np.int64]

SCALE: Final = 1 << 20
"""A weight or score of 1.0."""
NODES: Final = 4096
STEP_BITS: Final = 13
REACH: Final = (NODES << STEP_BITS) // 2
"""Scores outside [-16, 16) count as the nearest inside."""
PROBABILITY_BITS: Final = 30
MILLION: Final = 1_000_000
AT_ONCE: Final = 32
NOTHING: Final = 0
"""The row that weighs nothing: the last text ends with it, in case nothing of that weighs anything."""


OFFENSIVE: Final = "offensive"
"""A column beside the labels: abuse or hate, whichever it is."""


@dataclass(frozen=True, eq=False)
class Weights:
    """`table[rows[feature]]` are the weights of a feature for each label; row 0 is all zero.

    `curves[label]` gives the probability (scale 2^30) at NODES + 1 evenly spaced scores and never
    falls, so that calibration can change no order.
    """

    labels: tuple[Label | Literal["offensive"], ...]
    rows: NDArray[np.int32]
    table: NDArray[np.int32]
    bias: Ints
    curves: Ints


def scores(features: Features, weights: Weights) -> Ints:
    """Return text x label sums of weights, each by how much a feature of its text counts; exact.

    Few texts at a time: what is added up then stays in the processor's own memory.
    """
    offsets = features.offsets
    total = np.empty((len(offsets) - 1, len(weights.labels)), np.int64)
    for first in range(0, len(total), AT_ONCE):
        starts = offsets[first : first + AT_ONCE + 1]
        rows = np.append(features.rows[starts[0] : starts[-1]], NOTHING)
        gathered = weights.table.take(rows, axis=0)
        sums = total[first : first + AT_ONCE]
        np.add.reduceat(gathered, starts[:-1] - starts[0], axis=0, dtype=np.int64, out=sums)
        sums[starts[1:] == starts[:-1]] = 0
    total *= features.shares[:, None]
    total >>= SHARE_BITS
    total += weights.bias
    return total


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
