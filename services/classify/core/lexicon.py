"""Our own terms by category, and what a hit of each says."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.classify.core.needs import Found
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.text.normalise import Canonical

CATEGORIES: Final = (
    "complaint", "question", "suggestion", "praise", "rumour", "gambling", "sexual", "fraud",
    "spam", "self_harm", "violence", "booking", "concern", "counter_speech", "insult", "slur",
    "anger", "form_question", "form_reproach", "form_news", "denial", "doubt", "delight",
    "allow", "statutory_terror", "statutory_cult", "statutory_incitement", "statutory_contraband",
    "hazard",
)  # fmt: skip
"""The order is part of the model's format: append only. `allow` are long harmless phrases: of hits that
overlap the leftmost and then the longest counts, so where one stands, no shorter term inside does."""
LABEL_OF: Final[dict[str, Label]] = {
    each.value: each for each in Label if each.value in CATEGORIES
} | {"insult": Label.ABUSE, "slur": Label.HATE}
ANGER: Final = CATEGORIES.index("anger")
STATUTORY: Final = tuple(
    place for place, name in enumerate(CATEGORIES) if name.startswith("statutory_")
)
"""What the law has somebody look at. It goes to a person, with the reason, and hides nothing."""
HAZARD: Final = CATEGORIES.index("hazard")
"""Somebody is hurt or may be. It names no label, and is never `other` without a person's look."""
HARMS: Final = (
    "gambling", "sexual", "fraud", "spam", "self_harm", "violence", "insult", "slur",
)  # fmt: skip
SHORT: Final = 3
"""Longer terms do not come about by chance; who splits words to hide them is still found."""
_A, _Z = ord("a"), ord("z")


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Canonical `terms`; entry `e` puts term `term_of[e]` into `category_of[e]`."""

    terms: tuple[str, ...]
    term_of: NDArray[np.int64]
    category_of: NDArray[np.int64]
    strong: NDArray[np.bool_]
    digest: str

    def on_words(self, found: Found, texts: Canonical, words: NDArray[np.int64]) -> Found:
        """Return the hits that are no accident of neighbours: 路口交通灯 holds no 口交, usb no sb.

        A short hit with both ends inside of words is none, nor with one end if it would settle a
        harm by itself, nor one that reaches into a run of Latin letters. `words` are lengths that
        tile the texts.
        """
        if not len(found.term):
            return found
        edges = np.zeros(len(texts.codes) + 1, np.bool_)
        edges[0] = edges[np.cumsum(words)] = True
        word = np.cumsum(edges[:-1])
        shift = texts.starts.take(found.text)
        start, end = shift + found.start, shift + found.end
        inside = 2 - edges.take(start).astype(np.int64) - edges.take(end)
        most = np.where(self._settles.take(found.term), 1, 2)
        crosses = (word.take(start) != word.take(end - 1)) & (inside >= most)
        chance = crosses & (found.end - found.start <= SHORT)
        some = np.flatnonzero(~chance & ~_cut_from_latin(texts, start, end))
        return Found(*(column.take(some) for column in found))

    @cached_property
    def _settles(self) -> NDArray[np.bool_]:
        """Return which terms are strong ones of a harm."""
        settles = np.zeros(len(self.terms), np.bool_)
        harm = np.isin(self.category_of, [CATEGORIES.index(name) for name in HARMS])
        settles[self.term_of[harm & self.strong]] = True
        return settles

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


def _cut_from_latin(
    texts: Canonical, start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which stretches begin or end in the middle of a run of Latin letters.

    Texts lie end to end, so a letter that ends one text may stand before one that begins the next.
    """
    latin = (texts.codes >= _A) & (texts.codes <= _Z)
    joined = np.zeros(len(latin) + 1, np.bool_)
    joined[1:-1] = latin[1:] & latin[:-1]
    joined[texts.starts] = False
    cut: NDArray[np.bool_] = joined.take(start) | joined.take(end)
    return cut


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


class Head(NamedTuple):
    """What a list says of itself: who answers for it, whence it is, how grave, until when it holds."""

    owner: str
    source: str
    severity: int
    expires: date


def head(body: str, where: str) -> Head:
    """Return what heads a list, as `# name: value`. Raises UserError for what is missing or no value."""
    lines = (line[1:].partition(":") for line in body.splitlines() if line.startswith("#"))
    told = {name.strip(): value.strip() for name, colon, value in lines if colon}
    try:
        owner, source = (told[name] or told[f"{name} is empty"] for name in ("owner", "source"))
        return Head(owner, source, int(told["severity"]), date.fromisoformat(told["expires"]))
    except (KeyError, ValueError) as error:
        raise UserError(
            f"this term list does not say whose it is: {error}",
            where=where,
            fix="head it with '# owner: ...', '# source: ...', '# severity: 1', '# expires: 2027-12-31'",
        ) from error


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
