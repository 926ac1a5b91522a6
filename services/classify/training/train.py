"""From data sets and our own rows to a folder of weights: the same data give the same bytes."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from services.classify.adapters.weight_files import (
    ARRAYS,
    FORMAT,
    MANIFEST,
    Manifest,
    save_arrays,
)
from services.classify.core import features
from services.classify.core.rules import LABELS
from services.classify.core.scores import Weights
from services.classify.core.verdict import DEFAULT_BARS, Bar
from services.classify.training.data import (
    OWN_ROWS,
    PERMISSIVE,
    RESEARCH,
    Kind,
    Row,
    digest,
    training_rows,
)
from services.classify.training.fit import Head, Recipe, fit_head
from services.classify.training.matrix import Extractor, Matrix
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.text.normalise import Tables

LEARNT: Final[tuple[Label, ...]] = tuple(
    label for label in LABELS if label not in {Label.OTHER, Label.PRIVACY}
)
"""Privacy is known by its form, and `other` is what the rest leaves."""
LARGE: Final = Recipe(strength=0.05, least=0.004)
SMALL: Final = Recipe(strength=0.3, least=0.004)
BY_ATTACKS: Final = frozenset({Label.ABUSE, Label.HATE})
ATTACK_BAR: Final = Bar(550_000, 450_000)
FEWEST: Final = 6
NAMED: Final = 3
PACKAGES: Final = ("numpy", "scipy", "scikit-learn", "rjieba", "opencc", "ahocorasick-rs")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What one label learns from: which rows, and the truth of each."""

    rows: NDArray[np.int64]
    truth: NDArray[np.bool_]
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """Everything that came out of training, before rounding."""

    heads: dict[Label, Head]
    lessons: dict[Label, Lesson]
    matrix: Matrix
    lexicon: str
    bars: dict[Label, Bar]


def lesson(label: Label, rows: list[Row], matrix: Matrix) -> Lesson:
    """Return the rows that speak of a label.

    COLD marks attacks, on groups and on single people alike: all of them teach `abuse`, and those
    that name a group teach `hate` too. What it does not mark teaches neither.
    """
    places, truth = [], []
    for place, row in enumerate(rows):
        known = row.known.get(label)
        if label is Label.HATE and row.source == "cold" and Label.ABUSE in row.known:
            attack = row.known[Label.ABUSE]
            known = None if attack and not matrix.groups[place] else attack
        if known is not None:
            places.append(place)
            truth.append(known)
    weight = np.array([rows[place].weight for place in places])
    return Lesson(np.array(places), np.array(truth, np.bool_), weight)


def train(rows: list[Row], extractor: Extractor, tell: Tell) -> Trained:
    """Train every head on the rows that speak of it."""
    own = sum(row.source == "own" for row in rows)
    matrix = extractor.matrix([row.text for row in rows], own, fewest=FEWEST, named=NAMED)
    tell(f"{len(rows)} texts, {len(matrix.known)} features")
    heads: dict[Label, Head] = {}
    lessons: dict[Label, Lesson] = {}
    for label in LEARNT:
        taught = lesson(label, rows, matrix)
        heads[label] = _head(label, taught, matrix)
        lessons[label] = taught
        tell(f"{label}: {int(taught.truth.sum())} of {len(taught.truth)}")
    bars = DEFAULT_BARS | dict.fromkeys(BY_ATTACKS, ATTACK_BAR)
    return Trained(heads, lessons, matrix, extractor.lexicon.digest, bars)


def _head(label: Label, taught: Lesson, matrix: Matrix) -> Head:
    recipe = LARGE if label in BY_ATTACKS else SMALL
    used = np.ones(len(matrix.known), np.bool_) if recipe is LARGE else matrix.own
    values = csr_matrix(matrix.values[taught.rows][:, used])
    named = matrix.named[used].astype(np.float64)
    head = fit_head(values, taught.truth, taught.weight, named, recipe)
    spread = np.zeros(len(matrix.known))
    spread[used] = head.coefficients
    return Head(spread, head.intercept, head.a, head.b, head.held_out)


def whole_weights(trained: Trained) -> Weights:
    """Round the heads to the integers that serve."""
    labels = tuple(trained.heads)
    rounded = [head.whole_weights() for head in trained.heads.values()]
    columns = np.stack([column for column, _ in rounded], axis=1)
    used = np.flatnonzero(columns.any(axis=1))
    rows = np.zeros(features.SIZE, np.int32)
    rows[trained.matrix.known[used]] = np.arange(1, len(used) + 1)
    table = np.zeros((len(used) + 1, len(labels)), np.int32)
    table[1:] = columns[used]
    bias = np.array([intercept for _, intercept in rounded], np.int64)
    curves = np.stack([head.curve() for head in trained.heads.values()])
    return Weights(labels, rows, table, bias, curves)


def train_to(data: Path, out: Path, kind: Kind, tables: Tables, tell: Tell) -> Trained:
    """Train and write the folder. Raises UserError."""
    rows = training_rows(data, kind)
    trained = train(rows, Extractor(tables), tell)
    try:
        out.mkdir(parents=True, exist_ok=True)
        arrays = save_arrays(out / ARRAYS, whole_weights(trained))
        manifest = _manifest(data, kind, trained, tables, arrays)
        body = json.dumps(manifest.model_dump(mode="json"), indent=1, sort_keys=True)
        (out / MANIFEST).write_text(body + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"cannot write the weights: {error.strerror}",
            where=str(out),
            fix="choose another --out",
        ) from error
    return trained


def _manifest(data: Path, kind: Kind, trained: Trained, tables: Tables, arrays: str) -> Manifest:
    names = PERMISSIVE if kind == "permissive" else (*PERMISSIVE, *RESEARCH)
    sources = {name: digest(data, name, "train") for name in names}
    return Manifest(
        format=FORMAT,
        kind=kind,
        labels=tuple(trained.heads),
        bars=trained.bars,
        feature_space=features.SIZE,
        lexicon=trained.lexicon,
        tables=tables.digest,
        data=sources | {"own": _hash(OWN_ROWS)},
        versions={name: version(name) for name in PACKAGES},
        files={ARRAYS: arrays},
    )


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
