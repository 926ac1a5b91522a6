"""From rows to heads, and from heads to the integers that serve: the same data, the same bytes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.classify.core.rules import LABELS
from services.classify.core.scores import DISPLEASED, MATTER, OFFENSIVE, Column, Weights
from services.classify.core.verdict import HARMS, Bar
from services.classify.training.among import TOLD_APART
from services.classify.training.bars import bars_of
from services.classify.training.data import Kind, Row
from services.classify.training.disguise import Homophones, disguised
from services.classify.training.fit import Head, Lesson, Recipe, fit_head
from services.classify.training.many import UNDISGUISED, counting, head_of_many
from services.classify.training.matrix import Extractor, Matrix
from services.classify.training.matters import SUMS, known_beside, weight_beside
from services.classify.training.repeats import comments
from services.classify.training.terms import BARE
from shared.contracts.verdicts import Label
from shared.text.normalise import normalise

LEARNT: Final[tuple[Column, ...]] = (
    *(label for label in LABELS if label not in {Label.OTHER, Label.PRIVACY}),
    OFFENSIVE,
    *SUMS,
)
"""Privacy is known by its form, and `other` is what the rest leaves."""
ATTACKS: Final = frozenset({Label.ABUSE, Label.HATE})
LARGE: Final[frozenset[Column]] = ATTACKS | {OFFENSIVE}
ATTACK: Final = Recipe(strength=0.012, ratio=0.35, least=0.006, trust=0.95)
"""COLD's own labels are partly a machine's, and easier to guess than people's."""
ATTACK_OF_MANY: Final = replace(ATTACK, strength=0.025, trust=0.9)
"""Where people of several places marked the rows, they may be learnt more closely."""
OTHERS: Final = Recipe(strength=0.2, ratio=0.7, named=1.5, least=0.006)
SPOKEN: Final = replace(OTHERS, strength=0.05)
"""Grievance and praise have more words than our own rows, so that these are learnt less closely."""
OF_MATTERS: Final = replace(SPOKEN, strength=0.1, ratio=1.0)
FAINT: Final = Recipe(strength=0.001, ratio=0.35, least=0.001, margin=True)
"""Where rows of the very places are there, by the widest margin and as faintly as this: cries for
help, harms and petitions are few."""
OF_REVIEWS: Final = replace(FAINT, strength=0.01, ratio=0.7)
OF_POSTS: Final = replace(FAINT, strength=0.05, ratio=0.7)
"""What posts are called rumours for are names and things, which a faint head does not come to know."""
LIKINGS: Final = frozenset({Label.COMPLAINT, Label.PRAISE})
OF_MANY_ROWS: Final[Mapping[Column, Recipe]] = {
    Label.COMPLAINT: OF_REVIEWS, Label.PRAISE: OF_REVIEWS, Label.RUMOUR: OF_POSTS,
    MATTER: OF_REVIEWS, DISPLEASED: OF_REVIEWS,
    Label.SELF_HARM: replace(FAINT, strength=0.002),
    **dict.fromkeys(TOLD_APART, replace(FAINT, strength=0.003)),
}  # fmt: skip
COPY_WEIGHT: Final = 3.0
"""A disguised copy counts for more than its row: the plain row is easily learnt."""
PLAIN: Final = frozenset({BARE, "smp2020"})
"""Terms are no texts, and who tells of his day hides nothing."""
ARGUED: Final = frozenset({"swsr"})
"""Sets gathered by what is argued about: how often it is hate there is how they were gathered."""
CHOSEN: Final = 0.3
"""We chose what our own rows say, so that they tell little of how often it is hate."""
GRIEVED: Final = 1.35
"""One in five of our own rows complains; of those who write to an account more do."""
AMONG_MATTERS: Final = 5.0
"""Who writes about goods and services is more often displeased than in our own rows."""
ONE_KIND_ONLY: Final = frozenset({"state_toxicn"})
"""Sets that mark one kind of attack and leave the other unmarked."""
FEWEST: Final = 6

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """All rows, then the disguised copies of some; `kin` says of which row each text is."""

    rows: list[Row]
    texts: list[str]
    kin: NDArray[np.int64]
    comment: NDArray[np.int64] | None = None
    """Which rows are one comment in several collections, where there are such."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """Everything that came out of training, before rounding."""

    heads: dict[Column, Head]
    lessons: dict[Column, Lesson]
    matrix: Matrix
    lexicon: str
    bars: dict[Label, Bar]

    def shares(self) -> dict[Column, float]:
        """Return how often each column holds where it was learnt."""
        return {
            label: round(float(np.average(taught.truth, weights=taught.weight * taught.gauge)), 4)
            for label, taught in self.lessons.items()
        }


def with_copies(rows: list[Row], extractor: Extractor) -> Rows:
    """Return the rows with one disguised copy of each that speaks of a harm, harmful or not."""
    wanted = [place for place, row in enumerate(rows) if _speaks_of_harm(row)]
    forms = [
        form
        for first in range(0, len(wanted), 1024)
        for form in normalise(
            [rows[place].text for place in wanted[first : first + 1024]], extractor.tables
        ).texts
    ]
    homophones = Homophones.of(forms, extractor.tables)
    copies = [disguised(form, homophones) for form in forms]
    kin = np.concatenate((np.arange(len(rows)), np.array(wanted, np.int64)))
    return Rows(rows, [row.text for row in rows] + copies, kin)


def _speaks_of_harm(row: Row) -> bool:
    return row.source not in PLAIN and any(
        label in HARMS and label not in row.guessed for label in row.known
    )


def known_of(row: Row, column: Column, *, names_a_group: bool) -> bool | None:
    """Return what a row says of a column; None if nothing.

    COLD marks attacks, on groups and on single people alike: all of them teach `abuse`, and those
    that name a group teach `hate` too. What it does not mark teaches neither. What is one of the
    two is offensive; what is known not to be one may still be the other, unless a set marks both.
    """
    if column == OFFENSIVE:
        attacks = [row.known[each] for each in (Label.ABUSE, Label.HATE) if each in row.known]
        return any(attacks) if attacks and row.source not in ONE_KIND_ONLY else None
    if not isinstance(column, Label):
        return known_beside(row, column)
    known = row.known.get(column)
    if column is Label.HATE and row.source == "cold":
        return None if row.known[Label.ABUSE] and not names_a_group else row.known[Label.ABUSE]
    return known


def lesson(
    label: Column,
    rows: Rows,
    matrix: Matrix,
    used: NDArray[np.bool_],
    kind: Kind = "permissive",
) -> Lesson:
    """Return what a column is learnt from."""
    plain_only = kind == "research" and label in UNDISGUISED
    places, truth, weight = [], [], []
    for place, kin in enumerate(rows.kin.tolist()):
        row = rows.rows[kin]
        known = known_of(row, label, names_a_group=bool(matrix.groups[place]))
        copied = place != kin and not plain_only and _also_disguised(row, label)
        if known is not None and (place == kin or copied):
            places.append(place)
            truth.append(known)
            counts = weight_beside(row) if label in SUMS else row.weight_of(label)
            kept = counting(label, row) if kind == "research" else 1.0
            weight.append(counts * kept * (1.0 if place == kin else COPY_WEIGHT))
    values = csr_matrix(matrix.values[places][:, used], dtype=np.float64)
    kin = rows.kin[places]
    learnt = np.array(truth, np.bool_)
    gauge = _gauge(label, [rows.rows[each] for each in kin.tolist()], learnt)
    together = kin if rows.comment is None else rows.comment[kin]
    plain = np.array(places, np.int64) == kin
    return Lesson(values, learnt, np.array(weight), together, gauge, kin, plain)


def _also_disguised(row: Row, column: Column) -> bool:
    """Tell whether a copy in disguise teaches too; nobody disguises what a text is about."""
    return column != MATTER and column not in row.guessed


def _gauge(column: Column, rows: list[Row], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how much each row tells of how often a column holds where people write.

    A term is no text, and what COLD says of hate is our reading of what it marks. Where a set was
    gathered by what is argued about, hate and its absence tell as much as each other: another
    place may have either more often.
    """
    sources = np.array([row.source for row in rows])
    gauge: NDArray[np.float64] = np.where(sources == BARE, 0.0, 1.0)
    if column is Label.HATE:
        gauge[sources == "cold"] = 0.0
        gauge[sources == "own"] = CHOSEN
        for name in sorted(ARGUED):
            hate, none = (sources == name) & truth, (sources == name) & ~truth
            if hate.any():
                gauge[hate] = none.sum() / hate.sum()
    if column is Label.COMPLAINT:
        gauge[(sources == "own") & truth] *= GRIEVED
    if column == DISPLEASED:
        gauge[(sources == "own") & truth] *= AMONG_MATTERS
    return gauge


def train(
    rows: list[Row],
    kind: Kind,
    extractor: Extractor,
    tell: Tell,
    *,
    columns: Sequence[Column] = LEARNT,
    alike: csr_matrix | None = None,
) -> Trained:
    """Train a head for each column on the rows that speak of it.

    Features of the whole space that are `alike` speak for lists, to weights for research.
    """
    copied = with_copies(rows, extractor)
    if kind == "research":
        copied = replace(copied, comment=comments(rows, extractor.tables))
    sources = np.array([rows[kin].source for kin in copied.kin.tolist()])
    own, bare = sources == "own", sources == BARE
    aside = np.array(
        [not rows[kin].known and bool(rows[kin].beside) for kin in copied.kin.tolist()]
    )
    matrix = extractor.matrix(copied.texts, own, fewest=FEWEST, bare=bare, aside=aside)
    tell(f"{len(rows)} rows, {len(copied.texts)} texts, {len(matrix.known)} features")
    heads: dict[Column, Head] = {}
    lessons: dict[Column, Lesson] = {}
    for label in columns:
        used = _used(label, kind, matrix)
        taught = lesson(label, copied, matrix, used, kind)
        named, recipe = matrix.named[used], _recipe(label, kind)
        shared = None if alike is None else csr_matrix(alike[matrix.known[used]])
        head = (
            head_of_many(label, taught, rows, named, recipe, alike=shared)
            if kind == "research"
            else fit_head(taught, named, recipe)
        )
        spread = np.zeros(len(matrix.known))
        spread[used] = head.coefficients
        heads[label] = Head(spread, head.intercept, head.a, head.b, head.held_out)
        lessons[label] = taught
        tell(f"{label}: {int(taught.truth.sum())} of {len(taught.truth)}")
    return Trained(heads, lessons, matrix, extractor.lexicon.digest, bars_of(heads, lessons, kind))


def _used(column: Column, kind: Kind, matrix: Matrix) -> NDArray[np.bool_]:
    """Return which features a column may know."""
    if kind == "research":
        return matrix.usual
    if column in SUMS:
        return matrix.own | matrix.aside
    return matrix.usual if column in LARGE else matrix.usual & matrix.own


def _recipe(column: Column, kind: Kind) -> Recipe:
    if column in LARGE:
        return ATTACK if kind == "permissive" else ATTACK_OF_MANY
    if kind == "research":
        return OF_MANY_ROWS.get(column, FAINT)
    if column in SUMS:
        return OF_MATTERS
    return SPOKEN if column in LIKINGS else OTHERS


def rank_unseen(
    label: Label, rows: list[Row], unseen: list[Row], extractor: Extractor
) -> NDArray[np.float64]:
    """Return what a head that learnt from `rows` alone believes of others."""
    taught = [row for row in rows if label in row.known]
    texts = [row.text for row in (*taught, *unseen)]
    own = np.arange(len(texts)) < len(taught)
    matrix = extractor.matrix(texts, own, fewest=FEWEST)
    values = csr_matrix(matrix.values[:, matrix.own], dtype=np.float64)
    truth = np.array([row.known[label] for row in taught])
    count = len(taught)
    learnt = Lesson(values[:count], truth, np.ones(count), np.arange(count), np.ones(count))
    head = fit_head(learnt, matrix.named[matrix.own], _recipe(label, "research"))
    return head.probability(values[count:])


def whole_weights(trained: Trained) -> Weights:
    """Round the heads to the integers that serve."""
    labels = tuple(trained.heads)
    rounded = [head.whole_weights() for head in trained.heads.values()]
    columns = np.stack([column for column, _ in rounded], axis=1)
    used = np.flatnonzero(columns.any(axis=1))
    rows = np.zeros(trained.matrix.space, np.int32)
    rows[trained.matrix.known[used]] = np.arange(1, len(used) + 1)
    table = np.zeros((len(used) + 1, len(labels)), np.int32)
    table[1:] = columns[used]
    bias = np.array([intercept for _, intercept in rounded], np.int64)
    curves = np.stack([head.curve() for head in trained.heads.values()])
    return Weights(labels, rows, table, bias, curves)
