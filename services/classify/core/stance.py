"""What a text does with what it passes on: denies it, asks whether it is true, is delighted by it."""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core.lexicon import CATEGORIES, Lexicon
from services.classify.core.needs import Found
from shared.policy.cascade import HABITS

_QUOTED: Final = re.compile(r"(?<!http:)(?<!https:)//")
"""What follows in a repost was written by those before; in an address it says nothing."""
_BITS: Final = {name: 1 << place for place, name in enumerate(HABITS)}
_BITS_OF: Final = np.array([_BITS.get(name, 0) for name in CATEGORIES], np.int64)
_ZERO: Final = ord("0")


def own_words(text: str) -> str:
    """Return what the writer of a repost added to it."""
    return _QUOTED.split(text, maxsplit=1)[0]


def quotes(text: str) -> bool:
    """Tell whether a text carries words of others."""
    return "//" in text and _QUOTED.search(text) is not None


def stance_of_terms(lexicon: Lexicon) -> NDArray[np.int64]:
    """Return for each term the sum of the bits of HABITS it speaks of."""
    bits = np.zeros(len(lexicon.terms), np.int64)
    np.bitwise_or.at(bits, lexicon.term_of, _BITS_OF.take(lexicon.category_of))
    return bits


def stances(found: Found, of_terms: NDArray[np.int64], count: int) -> str:
    """Return a digit for each of `count` texts: the sum of the bits of HABITS it has."""
    bits = np.full(count, _ZERO, np.int64)
    np.bitwise_or.at(bits, found.text, of_terms.take(found.term))
    return bits.astype(np.uint8).tobytes().decode()
