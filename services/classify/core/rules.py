"""What is believed from terms alone, when there is no model or where a term settles it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core.lexicon import ANGER, CATEGORIES, LABEL_OF, Lexicon
from services.classify.core.needs import Found
from services.classify.core.scores import MILLION
from shared.contracts.verdicts import Label

Ints = NDArray[np.int64]

LABELS: Final = tuple(Label)
STRONG: Final = 900_000
BY_HINTS: Final = np.array([20_000, 300_000, 520_000, 640_000, 740_000], np.int64)
"""Belief in millionths by the number of different hints; ours, set by hand."""
FLOORS: Final = dict.fromkeys(
    (Label.SELF_HARM, Label.GAMBLING, Label.FRAUD, Label.SEXUAL, Label.VIOLENCE), 720_000
) | {Label.ABUSE: 400_000}
"""What a strong term leaves of a label at least, even against the model; an insult is often quoted
to be refused, so it lies between the bar of abuse and that for who does so."""
PLACE_OF: Final = np.array(
    [LABELS.index(LABEL_OF[name]) if name in LABEL_OF else -1 for name in CATEGORIES], np.int64
)
"""category -> place of its label in LABELS, -1 for none; no label has two categories."""
_NAMED: Final = np.flatnonzero(PLACE_OF >= 0)
_COMPLAINT: Final = LABELS.index(Label.COMPLAINT)
_ASKS: Final = [LABELS.index(each) for each in (Label.QUESTION, Label.SUGGESTION)]
_ATTACKS: Final = np.array([label in {Label.ABUSE, Label.HATE} for label in LABELS])
_FLOORS: Final = np.array([FLOORS.get(label, 0) for label in LABELS], np.int64)


def beliefs(hits: Ints, strong: Ints) -> Ints:
    """Return text x label beliefs in millionths, from the tally of terms alone."""
    believed = np.zeros((len(hits), len(LABELS)), np.int64)
    by_hints = BY_HINTS.take(np.minimum(hits[:, _NAMED], len(BY_HINTS) - 1))
    believed[:, PLACE_OF[_NAMED]] = np.where(strong[:, _NAMED] > 0, STRONG, by_hints)
    return believed


def shared_out(places: Ints, model: Ints, offensive: Ints) -> Ints:
    """Return the model's probabilities with abuse and hate scaled to what both together are.

    How likely an attack is, is known better than of which kind: the likelier of the two is exactly
    as likely as an attack, and the other keeps its share of it.
    """
    attacks = np.flatnonzero(_ATTACKS.take(places))
    both = model[:, attacks]
    most = np.maximum(both.max(axis=1, initial=1), 1)
    shared = model.copy()
    shared[:, attacks] = both * offensive[:, None] // most[:, None]
    return shared


def grieved(places: Ints, model: Ints, by_matter: Ints) -> Ints:
    """Return the model's probabilities, that of a complaint nearer to another reckoning of it.

    The label's own sum hears what people ask for, the other knows more goods and more ways to be
    displeased. It has two parts of three where nobody asks or proposes, and less where one does.
    """
    asks = model[:, np.isin(places, _ASKS)].max(axis=1, initial=0)
    share = 2 * (MILLION - asks)[:, None]
    joined = model.copy()
    own = joined[:, places == _COMPLAINT]
    joined[:, places == _COMPLAINT] = (
        own * (3 * MILLION - share) + by_matter[:, None] * share
    ) // (3 * MILLION)
    return joined


def settled(places: Ints, model: Ints, by_terms: Ints) -> Ints:
    """Return the model's probabilities, raised where terms settle a label.

    Both are text x label, for the labels at `places` of LABELS. What is raised keeps its order.
    """
    floor = _FLOORS.take(places) * (by_terms >= STRONG)
    return floor + (MILLION - floor) * model // MILLION


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
