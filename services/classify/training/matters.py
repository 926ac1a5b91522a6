"""What rows say of matters: are they about goods, services or authorities, and is one displeased."""

from typing import Final

from services.classify.core.scores import DISPLEASED, MATTER
from services.classify.training.data import Row
from shared.contracts.verdicts import Label

SUMS: Final = (MATTER, DISPLEASED)
GROUNDS: Final = (Label.COMPLAINT, Label.PRAISE, Label.QUESTION, Label.SUGGESTION)
"""Who does one of these is a customer or a citizen, and speaks of a matter."""
REVIEWS: Final = "asap_sample"
MATTERS: Final = frozenset({REVIEWS, "shopping", "waimai", "hotel", "fz12345"})
"""Sets that hold nothing else."""
DAYS: Final = frozenset({"smp2020"})
"""Sets of people who tell of their day."""
REVIEW_WEIGHT: Final = 3.0
ELSEWHERE_WEIGHT: Final = 2.0
"""How much more arguments count here: they are the only posts that are not ours."""


def known_beside(row: Row, column: str) -> bool | None:
    """Return what a row says of one of the two sums; None if nothing."""
    if row.beside:
        return row.beside.get(column)
    grieves = row.known.get(Label.COMPLAINT)
    about_it: bool | None
    if row.source == "own":
        about_it = any(row.known.get(each) for each in GROUNDS)
    elif row.source in MATTERS | DAYS:
        about_it = row.source in MATTERS
    else:  # arguments about groups, of which some are background
        about_it = False if Label.COMPLAINT in row.guessed and grieves is not None else None
    if column == MATTER:
        return about_it
    return grieves if about_it else None


def weight_beside(row: Row) -> float:
    """Return how much a row counts for both sums."""
    if row.source == REVIEWS:
        return row.weight * REVIEW_WEIGHT
    return row.weight * (ELSEWHERE_WEIGHT if row.guessed and not row.beside else 1.0)
