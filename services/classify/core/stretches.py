"""Where in a text the model sees a label: whole words, weighed by what their characters add.

What a feature adds to a label's score is spread evenly over its characters. Words that add much
are joined to stretches with their neighbours that do too. All in integers, for a batch at once.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.classify.core.features import Features, offsets_of
from services.classify.core.scores import Weights
from shared.text.normalise import Canonical

Ints = NDArray[np.int64]

MOST: Final = 4
"""Stretches a text and label; a term may cover one of them."""
SPREAD: Final = 4
"""Bits added before a weight is divided among characters."""
FAINT: Final = 3
"""A word that adds less than this part of the best word's is left out."""
_BEYOND_LATIN: Final = 0xC0
_MARKS: Final = (range(0x2000, 0x2070), range(0x3000, 0x3040), range(0xFF00, 0xFF10))
_CODES: Final = np.arange(0xFF11)
SPEAKS: Final = np.where(
    _CODES < _BEYOND_LATIN,
    np.isin(_CODES, [code for code in range(_BEYOND_LATIN) if chr(code).isalnum()]),
    ~np.isin(_CODES, [code for each in _MARKS for code in each]),
)
"""Which characters say something by themselves; the last entry stands for all beyond."""


class Stretches(NamedTuple):
    """Stretches [start, end) of canonical texts; `share` of what speaks for it, in thousandths."""

    text: Ints
    column: Ints
    start: Ints
    end: Ints
    share: Ints


class _Words(NamedTuple):
    """The words of the chosen texts, pair by pair: whose, from where to where, what they add."""

    pair: Ints
    start: Ints
    end: Ints
    push: Ints


def stretches(
    texts: Canonical, words: Ints, features: Features, weights: Weights, wanted: NDArray[np.bool_]
) -> Stretches:
    """Return the stretches that push most, for each text and model label that is `wanted`."""
    text, column = np.nonzero(wanted)
    found = _pushes(texts, words, features, weights, (text, column))
    best, total = np.zeros((2, len(text)), np.int64)
    np.maximum.at(best, found.pair, found.push)
    np.add.at(total, found.pair, np.maximum(found.push, 0))
    hot = np.flatnonzero((found.push > 0) & (found.push * FAINT >= best.take(found.pair)))
    first, last, push = _joined(hot, found)
    pair = found.pair.take(first)
    return Stretches(
        text.take(pair),
        column.take(pair),
        found.start.take(first),
        found.end.take(last),
        push * 1000 // total.take(pair),
    )


def _pushes(
    texts: Canonical, lengths: Ints, features: Features, weights: Weights, pairs: tuple[Ints, Ints]
) -> _Words:
    heat, base = _heat(texts, features, weights, *pairs)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    owner = texts.owner.take(starts)
    word, pair = _within(offsets_of(np.bincount(owner, minlength=len(texts))), pairs[0])
    speaks = SPEAKS.take(np.minimum(texts.codes, len(SPEAKS) - 1))
    says = np.logical_or.reduceat(speaks, starts) if len(starts) else speaks
    start = starts.take(word) - texts.starts.take(pairs[0].take(pair))
    at = base.take(pair) + start
    push = np.add.reduceat(heat, at) if len(at) else at
    return _Words(pair, start, start + lengths.take(word), np.where(says.take(word), push, 0))


def _heat(
    texts: Canonical, features: Features, weights: Weights, text: Ints, column: Ints
) -> tuple[Ints, Ints]:
    """Return what each character adds, pair by pair, and where each pair begins.

    A pair has one place more than its text has characters; nothing is ever added there.
    """
    which, pair = _within(features.offsets, text)
    rows = features.rows.take(which)
    cell = rows * np.int64(len(weights.labels)) + column.take(pair)
    weight = weights.table.ravel().take(cell)
    some = np.flatnonzero(weight != 0)
    pair, added = pair.take(some), weight.take(some).astype(np.int64) << SPREAD
    start, end = features.spans(which.take(some))
    base = offsets_of(np.diff(texts.starts).take(text) + 1)
    each = added // np.maximum(end - start, 1)
    steps = np.zeros(int(base[-1]), np.int64)
    np.add.at(steps, base.take(pair) + start, each)
    np.subtract.at(steps, base.take(pair) + end, each)
    return np.cumsum(steps), base


def _within(offsets: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Return the members of the chosen stretches, end to end, and for each whose it is."""
    first = offsets.take(chosen)
    count = offsets.take(chosen + 1) - first
    whose = np.repeat(np.arange(len(chosen)), count)
    shift = first - offsets_of(count)[:-1]
    return np.arange(len(whose)) + shift.take(whose), whose


def _joined(hot: Ints, words: _Words) -> tuple[Ints, Ints, Ints]:
    """Return first word, last word and sum of the MOST weighty runs of hot words of each pair."""
    whose = words.pair.take(hot)
    opens = np.ones(len(hot), np.bool_)
    opens[1:] = (np.diff(hot) != 1) | (np.diff(whose) != 0)
    first = np.flatnonzero(opens)
    last = np.append(first, len(hot))[1:] - 1
    push = np.add.reduceat(words.push.take(hot), first) if len(first) else first
    order = np.lexsort((first, -push, whose.take(first)))
    ranked = whose.take(first.take(order))
    order = order[np.arange(len(order)) - np.searchsorted(ranked, ranked) < MOST]
    return hot.take(first.take(order)), hot.take(last.take(order)), push.take(order)
