"""Our own terms by category, and what a hit of each says."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classify.core.needs import Found
from shared.contracts.verdicts import Label
from shared.errors import UserError

CATEGORIES: Final = (
    "complaint", "question", "suggestion", "praise", "rumour", "gambling", "sexual", "fraud",
    "spam", "self_harm", "violence", "booking", "concern", "counter_speech", "insult", "slur",
    "anger", "form_question", "form_reproach", "form_news", "denial", "doubt", "delight",
)  # fmt: skip
"""The order is part of the model's format: append only."""
LABEL_OF: Final[dict[str, Label]] = {
    each.value: each for each in Label if each.value in CATEGORIES
} | {"insult": Label.ABUSE, "slur": Label.HATE}
ANGER: Final = CATEGORIES.index("anger")


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Canonical `terms`; entry `e` puts term `term_of[e]` into `category_of[e]`."""

    terms: tuple[str, ...]
    term_of: NDArray[np.int64]
    category_of: NDArray[np.int64]
    strong: NDArray[np.bool_]
    digest: str

    def entries(self, found: Found) -> Found:
        """Return the hits with entries in place of terms; a term of two categories counts twice."""
        first = np.searchsorted(self.term_of, found.term, side="left")
        count = np.searchsorted(self.term_of, found.term, side="right") - first
        which = np.repeat(np.arange(len(found.term)), count)
        inside = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        return Found(
            np.repeat(first, count) + inside,
            found.text[which],
            found.start[which],
            found.end[which],
        )


def build(terms: Mapping[str, Mapping[str, bool]]) -> Lexicon:
    """Return the lexicon of canonical terms: category -> term -> is it strong."""
    rows = sorted(
        (term, CATEGORIES.index(category), is_strong)
        for category, members in terms.items()
        for term, is_strong in members.items()
        if term
    )
    names = tuple(sorted({term for term, _, _ in rows}))
    place = {term: index for index, term in enumerate(names)}
    digest = hashlib.sha256(repr(rows).encode("utf-8", "surrogatepass")).hexdigest()
    return Lexicon(
        names,
        np.array([place[term] for term, _, _ in rows], np.int64),
        np.array([category for _, category, _ in rows], np.int64),
        np.array([is_strong for _, _, is_strong in rows], np.bool_),
        digest,
    )


def parse(body: str, where: str) -> dict[str, bool]:
    """Return the terms of one list; `[strong]` and `[hint]` head its two parts."""
    terms: dict[str, bool] = {}
    is_strong = False
    for number, line in enumerate(body.splitlines(), 1):
        if line.startswith("["):
            if line.strip() not in {"[strong]", "[hint]"}:
                raise UserError(
                    f"unknown part {line.strip()}",
                    where=f"{where}:{number}",
                    fix="use [strong] or [hint]",
                )
            is_strong = line.strip() == "[strong]"
        elif not line.startswith("#"):
            for term in line.split():
                terms[term] = terms.get(term, False) or is_strong
    return terms
