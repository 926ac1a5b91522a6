"""Signatures of texts compared: how nearly two texts are the same."""

from typing import Final

VALUE_DIGITS: Final = 8
ALIKE: Final = 10
"""Of 16 signature values that must agree: about 6 in 10 shared 3-grams."""


def agree(one: str, other: str) -> bool:
    """Tell whether two MinHash signatures are of nearly the same text."""
    pairs = range(0, min(len(one), len(other)), VALUE_DIGITS)
    same = (one[at : at + VALUE_DIGITS] == other[at : at + VALUE_DIGITS] for at in pairs)
    return sum(same) >= ALIKE
