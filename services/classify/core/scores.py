"""A linear model in integers: equal inputs give equal probabilities on every machine."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from services.classify.core.features import SHARE_BITS, WIDE, Features
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
AT_ONCE: Final = 64
"""Texts: what is added up of so many stays in the processor's own memory."""
NOTHING: Final = 0
"""The row that weighs nothing."""


OFFENSIVE: Final = "offensive"
"""A column beside the labels: abuse or hate, whichever it is."""
MATTER: Final = "matter"
"""A column beside the labels: is it about goods, services or authorities at all."""
DISPLEASED: Final = "displeased"
"""A column beside the labels: if it is, is somebody displeased with them."""
Column = Label | Literal["offensive", "matter", "displeased"]


@dataclass(frozen=True, eq=False)
class Weights:
    """`table[rows[feature]]` are the weights of a feature for each label; row 0 is all zero.

    `curves[label]` gives the probability (scale 2^30) at NODES + 1 evenly spaced scores and never
    falls, so that calibration can change no order.
    """

    labels: tuple[Column, ...]
    rows: NDArray[np.int32]
    table: NDArray[np.int32]
    bias: Ints
    curves: Ints

    @property
    def wide(self) -> bool:
        """Tell whether they know the features of the wide space."""
        return len(self.rows) == WIDE

    @cached_property
    def safely(self) -> int:
        """Return how many rows can be added up before 32 bits might not hold the sum."""
        heaviest = max(-int(self.table.min(initial=0)), int(self.table.max(initial=0)), 1)
        return max(1, int(np.iinfo(np.int32).max) // heaviest)


def scores(features: Features, weights: Weights) -> Ints:
    """Return text x label sums of weights, each by how much a feature of its text counts; exact.

    Texts of about equal length lie side by side, the first feature of each, then the second: so all their
    labels are added up in one stroke. Where a text has no more features, it has those that weigh nothing.
    """
    sizes = np.diff(features.offsets)
    rows = np.append(features.rows, np.int32(NOTHING))
    total = np.empty((len(sizes), len(weights.labels)), np.int64)
    order = np.argsort(sizes, kind="stable")
    for first in range(0, len(order), AT_ONCE):
        texts = order[first : first + AT_ONCE]
        size, nth = sizes.take(texts), np.arange(sizes[texts[-1]])[:, None]
        place = np.where(nth < size, features.offsets.take(texts) + nth, len(features.rows))
        total[texts] = _added(rows.take(place), weights)
    total *= features.shares[:, None]
    total >>= SHARE_BITS
    total += weights.bias
    return total


def _added(rows: NDArray[np.int32], weights: Weights) -> Ints:
    """Return the sums of the columns of rows; so many at a time that 32 bits hold any sum."""
    total = np.zeros((rows.shape[1], len(weights.labels)), np.int64)
    for first in range(0, len(rows), weights.safely):
        some = weights.table.take(rows[first : first + weights.safely], axis=0)
        total += np.add.reduce(some, axis=0, dtype=np.int32)
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
