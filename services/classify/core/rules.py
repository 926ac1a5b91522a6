"""What is believed from terms alone, when there is no model or where a term settles it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core.lexicon import ANGER, CATEGORIES, LABEL_OF, Lexicon
from services.classify.core.needs import Found
from shared.contracts.verdicts import Label

Ints = NDArray[np.int64]

LABELS: Final = tuple(Label)
STRONG: Final = 900_000
BY_HINTS: Final = np.array([20_000, 300_000, 520_000, 640_000, 740_000], np.int64)
"""Belief in millionths by the number of different hints; ours, set by hand."""
FLOORED: Final = frozenset(
    {
        Label.SELF_HARM,
        Label.GAMBLING,
        Label.FRAUD,
        Label.SEXUAL,
        Label.VIOLENCE,
    }
)
"""Labels for which a strong term counts even against the model."""
FLOOR: Final = 720_000
THIN: Final = frozenset(
    {
        Label.SEXUAL,
        Label.VIOLENCE,
        Label.GAMBLING,
        Label.SPAM,
        Label.FRAUD,
        Label.BOOKING,
        Label.CONCERN,
        Label.COUNTER_SPEECH,
    }
)
"""Labels learnt from few rows: the model alone decides none of them."""
THIN_CAPS: Final = (400_000, 650_000)
"""The most that is believed of them without a term of theirs, and with one hint only."""


def beliefs(entries: Found, lexicon: Lexicon, count: int) -> Ints:
    """Return text x label beliefs in millionths, from terms alone."""
    hits, strong = tally(entries, lexicon, count)
    believed = np.zeros((count, len(LABELS)), np.int64)
    for category, name in enumerate(CATEGORIES):
        label = LABEL_OF.get(name)
        if label is None:
            continue
        by_hints = BY_HINTS[np.minimum(hits[:, category], len(BY_HINTS) - 1)]
        belief = np.where(strong[:, category] > 0, STRONG, by_hints)
        column = LABELS.index(label)
        believed[:, column] = np.maximum(believed[:, column], belief)
    return believed


def settled(label: Label, model: Ints, by_terms: Ints) -> Ints:
    """Return the model's probabilities of one label within what terms allow and demand."""
    if label in THIN:
        for believed, cap in zip(BY_HINTS[:2], THIN_CAPS, strict=True):
            model = np.where(by_terms <= believed, np.minimum(model, cap), model)
    if label in FLOORED:
        model = np.where(by_terms >= STRONG, np.maximum(model, FLOOR), model)
    return model


def tally(entries: Found, lexicon: Lexicon, count: int) -> tuple[Ints, Ints]:
    """Return text x category numbers of all hits and of strong ones."""
    width = len(CATEGORIES)
    cell = entries.text * width + lexicon.category_of[entries.term]
    hits = np.bincount(cell, minlength=count * width)
    strong = np.bincount(cell[lexicon.strong[entries.term]], minlength=count * width)
    return hits.reshape(count, width), strong.reshape(count, width)


def anger(hits: Ints, strong: Ints, marks: Ints, abuse: Ints) -> Ints:
    """Return 0 to 100 from terms of anger, insults, exclamation marks and the belief in abuse."""
    insults = strong[:, CATEGORIES.index("insult")]
    reproach = hits[:, CATEGORIES.index("form_reproach")]
    words = 12 * hits[:, ANGER] + 13 * strong[:, ANGER] + 15 * insults + 8 * reproach
    loud = 5 * np.minimum(marks, 4)
    total: Ints = np.minimum(100, words + np.where(words > 0, loud, loud // 2) + abuse // 40_000)
    return total
