"""Why a label holds: the spans that speak most for it, from terms, the model and rules."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.classify.core.lexicon import CATEGORIES, HAZARD, STATUTORY, Lexicon
from services.classify.core.needs import Found
from services.classify.core.privacy import PersonalData
from services.classify.core.rules import LABELS, PLACE_OF
from services.classify.core.stretches import Stretches
from shared.contracts.verdicts import Label
from shared.text.normalise import Canonical

Ints = NDArray[np.int64]

MOST_REASONS: Final = 3
STRONG: Final = 1000
HINT: Final = 500
SOURCES: Final = ("model", "lexicon", "rule")
MODEL, LEXICON, RULE = range(3)
FORMS: Final = ("identity_number", "bank_card", "phone", "number_plate")
RULES: Final = (*CATEGORIES, *FORMS, None)
NO_RULE: Final = len(RULES) - 1
_RULED: Final = tuple(f" {rule}" if rule else "" for rule in RULES)
_BY_LAW: Final = np.array([place in STATUTORY for place in range(len(CATEGORIES))])
_OTHER: Final = LABELS.index(Label.OTHER)
_PRIVACY: Final = LABELS.index(Label.PRIVACY)


class Evidence(NamedTuple):
    """Reasons of a batch, column by column: [start, end) of canonical texts.

    `label`, `source` and `rule` are places in LABELS, SOURCES and RULES; `weight` is in thousandths.
    """

    text: Ints
    label: Ints
    start: Ints
    end: Ints
    weight: Ints
    source: Ints
    rule: Ints


def together(*parts: Evidence) -> Evidence:
    """Return all reasons in one table."""
    return Evidence(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def by_terms(hits: Found, lexicon: Lexicon, decided: NDArray[np.bool_]) -> Evidence:
    """Return the terms that name a decided label."""
    category = lexicon.category_of.take(hits.term)
    label = PLACE_OF.take(category)
    some = np.flatnonzero((label >= 0) & decided[hits.text, label])
    return Evidence(
        hits.text.take(some),
        label.take(some),
        hits.start.take(some),
        hits.end.take(some),
        np.where(lexicon.strong.take(hits.term.take(some)), STRONG, HINT),
        np.full(len(some), LEXICON),
        category.take(some),
    )


def by_duty(hits: Found, lexicon: Lexicon, decided: NDArray[np.bool_]) -> Evidence:
    """Return the terms for which somebody looks: by law always, for a hazard where no label is found."""
    category = lexicon.category_of.take(hits.term)
    unnamed = (category == HAZARD) & decided[hits.text, _OTHER]
    some = np.flatnonzero((_BY_LAW.take(category) | unnamed) & lexicon.strong.take(hits.term))
    return Evidence(
        hits.text.take(some),
        np.full(len(some), _OTHER),
        hits.start.take(some),
        hits.end.take(some),
        np.full(len(some), STRONG),
        np.full(len(some), LEXICON),
        category.take(some),
    )


def by_model(found: Stretches, places: Ints) -> Evidence:
    """Return the stretches that the model goes by; its labels stand at `places` of LABELS."""
    count = len(found.text)
    return Evidence(
        found.text,
        places.take(found.column),
        found.start,
        found.end,
        found.share,
        np.full(count, MODEL),
        np.full(count, NO_RULE),
    )


def by_form(
    personal: Mapping[int, Sequence[PersonalData]], decided: NDArray[np.bool_]
) -> Evidence:
    """Return the personal data of texts where privacy is decided."""
    rows = [
        (text, _PRIVACY, hit.start, hit.end, hit.millionths // 1000, RULE, RULES.index(hit.rule))
        for text, hits in personal.items()
        for hit in hits
        if decided[text, _PRIVACY]
    ]
    return Evidence(*np.array(rows, np.int64).reshape(-1, len(Evidence._fields)).T)


def strongest(found: Evidence) -> list[int]:
    """Return which reasons to give: at most three a text and label, the weightiest, none overlapping.

    What the model makes of a single character tells a reader nothing, so it stands only where
    there is nothing longer. They come in the order of texts and labels, the weightiest first.
    """
    fragment = (found.source == MODEL) & (found.end - found.start == 1)
    place = found.text * len(LABELS) + found.label
    order = np.lexsort((-found.end, found.start, -found.weight, fragment, place))
    most = np.where(fragment, 1, MOST_REASONS)
    columns = (each.take(order).tolist() for each in (place, found.start, found.end, most))
    kept: list[int] = []
    chosen: list[tuple[int, int]] = []
    current = -1
    for index, now, start, end, limit in zip(order.tolist(), *columns, strict=True):
        if now != current:
            current, chosen = now, []
        if len(chosen) >= limit:
            continue
        for first, last in chosen:
            if start < last and first < end:
                break
        else:
            chosen.append((start, end))
            kept.append(index)
    return kept


def reasons(found: Evidence, texts: Canonical) -> dict[int, str]:
    """Return for each text that has any its reasons, placed in the original, as verdicts spell them."""
    best = np.array(strongest(found), np.int64)
    kept = Evidence(*(column.take(best) for column in found))
    shift = texts.starts.take(kept.text)
    placed: dict[int, list[str]] = defaultdict(list)
    rows = zip(
        kept.text.tolist(),
        kept.label.tolist(),
        texts.origin.take(shift + kept.start).tolist(),
        (texts.origin.take(shift + kept.end - 1) + 1).tolist(),
        kept.weight.tolist(),
        kept.source.tolist(),
        kept.rule.tolist(),
        strict=True,
    )
    for text, label, start, end, weight, source, rule in rows:
        spelt = f"{LABELS[label]} {start} {end} {SOURCES[source]} {weight}{_RULED[rule]}"
        placed[text].append(spelt)
    return {text: ";".join(each) for text, each in placed.items()}
