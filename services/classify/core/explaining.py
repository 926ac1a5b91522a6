"""What a label's probability is made of, piece by piece, and what would turn it; pure."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from services.classify.core.features import HASHED, MARKS, SHARE_BITS, SIGNS, SIZE, Features
from services.classify.core.lexicon import CATEGORIES
from services.classify.core.scores import SCALE, Weights

_LONGER_THAN: Final = (0, 6, 12, 25, 50, 100, 200)
_ASKS: Final = 40
_FIRST_MARK: Final = 8


class Pull(NamedTuple):
    """How one piece of a canonical text moves a label: in thousandths of a logit, plus is towards it.

    `what` is empty for the characters [start, end) themselves (their spelling, words and sound
    together), `list:...` for a term of one of our lists, `form:...` for the text seen from afar.
    """

    start: int
    end: int
    what: str
    weight: int


def pulls(features: Features, weights: Weights, text: int, column: int) -> list[Pull]:
    """Return what moves model label `column` in text `text`, the strongest first.

    Their sum and the label's bias are its score. What rounds to nothing is left out.
    """
    inside = np.arange(features.offsets[text], features.offsets[text + 1])
    ids = features.ids.take(inside)
    moved = weights.table[weights.rows.take(ids), column].tolist()
    spans = zip(*(each.tolist() for each in features.spans(inside)), strict=True)
    total: dict[tuple[int, int, str], int] = defaultdict(int)
    for each, (start, end), weight in zip(ids.tolist(), spans, moved, strict=True):
        total[start, end, _what(each)] += weight
    unit = 1000 * int(features.shares[text]) / (SCALE << SHARE_BITS)
    found = [Pull(*place, round(unit * weight)) for place, weight in total.items()]
    return sorted((each for each in found if each.weight), key=_strongest)


def bias(weights: Weights, column: int) -> int:
    """Return what the label starts from, in thousandths of a logit."""
    return round(1000 * int(weights.bias[column]) / SCALE)


def _strongest(pull: Pull) -> tuple[int, int, int, str]:
    return -abs(pull.weight), pull.start, pull.end, pull.what


def _what(feature: int) -> str:
    if not HASHED <= feature < SIZE:
        return ""
    if feature < SIGNS:
        return f"list:{CATEGORIES[(feature - HASHED) // 2]}"
    sign = feature - SIGNS
    if sign == _ASKS:
        return "form:ends_with ?"
    if sign >= _FIRST_MARK:
        mark, many = divmod(sign - _FIRST_MARK, 2)
        return f"form:{'several' if many else 'one'} {MARKS[mark]}"
    return f"form:longer_than {_LONGER_THAN[sign]}" if sign else "form:at_most 6"


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a text without some of its stretches."""
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(text[at : max(start, at)])
        at = max(at, end)
    return "".join((*kept, text[at:]))
