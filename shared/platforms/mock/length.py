"""How the platform counts characters: in units, rounded up."""

from math import ceil

from shared.text import length


def units(text: str) -> int:
    """Return the length in full-width characters."""
    return ceil(length.units(text))
