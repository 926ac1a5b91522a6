"""Weights for research know longer pieces of a text; the shipped ones do not, and lose nothing by it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.core.explaining import pulls
from services.classify.core.features import HASHED, SIZE, WIDE, Features, Seen, extract
from services.classify.core.needs import Found
from services.classify.core.scores import NODES, Column, Weights, probabilities, scores
from services.classify.training.data import own_rows
from services.classify.training.fit import Head, Lesson, Recipe, fit_head
from services.classify.training.matrix import Extractor
from services.classify.training.train import FAINT, train, whole_weights
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables
from shared.text.normalise import Canonical, normalise
from shared.text.sounds import initials, sounds

TABLES = load_tables()
TEXT = "等了三天没人管"
NONE = np.zeros(0, np.int64)


def features_of(batch: Canonical, rows: NDArray[np.int32] | None, *, wide: bool) -> Features:
    heard = sounds(batch, TABLES)
    words = RjiebaSegmenter().lengths(batch.texts)
    seen = Seen(words, Found(NONE, NONE, NONE, NONE), heard, initials(heard.units, TABLES))
    return extract(batch, seen, NONE, rows, wide=wide)


def test_the_wide_space_adds_longer_pieces_and_changes_no_other() -> None:
    batch = normalise([TEXT, "好", "", "退款"], TABLES)
    narrow, wide = features_of(batch, None, wide=False), features_of(batch, None, wide=True)
    longer = np.flatnonzero(wide.ids >= SIZE)
    assert set(narrow.ids.tolist()) == set(wide.ids[wide.ids < SIZE].tolist())
    spans = {TEXT[start:end] for start, end in zip(*wide.spans(longer), strict=True)}
    assert {"等了三", "没人管", "三天没人"} <= spans
    assert "天没人" in spans, "a word and the next, or three characters"
    assert min(map(len, spans)) >= 2
    assert wide.offsets[1] - narrow.offsets[1] == len(longer), "too short for longer pieces"


def test_longer_pieces_are_explained_as_pieces_of_the_text() -> None:
    batch = normalise([TEXT], TABLES)
    ids = features_of(batch, None, wide=True).ids
    rows = np.zeros(WIDE, np.int32)
    rows[ids[ids >= SIZE][0]] = 1
    table = np.array([[0], [1 << 20]], np.int32)
    curves = np.zeros((1, NODES + 1), np.int64)
    weights = Weights((Label.COMPLAINT,), rows, table, np.zeros(1, np.int64), curves)
    found = pulls(features_of(batch, rows, wide=weights.wide), weights, 0, 0)
    assert [(each.what, each.weight) for each in found] == [("", 1000)]
    assert found[0].end - found[0].start >= 2


def line(spread: int, recipe: Recipe) -> Head:
    """Learn one feature that says everything, with some noise."""
    random = np.random.default_rng(0)
    truth = random.random(spread) < 1 / 2
    seen = np.stack([truth ^ (random.random(spread) < 0.1), random.random(spread) < 0.5], axis=1)
    ones = np.ones(spread)
    lesson = Lesson(csr_matrix(seen.astype(float)), truth, ones, np.arange(spread), ones)
    return fit_head(lesson, np.zeros(2, np.bool_), recipe)


def test_a_margin_is_as_well_calibrated_as_odds() -> None:
    head = line(2000, Recipe(strength=1.0, margin=True))
    assert head.a == 1.0
    believed = head.probability(csr_matrix(np.eye(2)))
    assert believed[0] == pytest.approx(0.9, abs=0.03)
    assert believed[1] == pytest.approx(0.1, abs=0.03)
    assert line(2000, Recipe(strength=1.0, margin=True)).coefficients.tolist() == (
        head.coefficients.tolist()
    )


@pytest.mark.training
def test_wide_whole_numbers_give_what_the_trained_model_gives() -> None:
    rows = own_rows()[::24]
    columns: tuple[Column, ...] = (Label.COMPLAINT, Label.QUESTION)
    extractor = Extractor(TABLES, wide=True)
    trained = train(rows, "research", extractor, lambda _: None, columns=columns)
    weights = whole_weights(trained)
    assert weights.wide
    assert FAINT.margin
    texts = normalise([row.text for row in rows], TABLES)
    known = trained.matrix.values[: len(rows)]
    raw = {each: known @ head.coefficients for each, head in trained.heads.items()}
    heard = sounds(texts, TABLES)
    lexicon, words = extractor.lexicon, extractor._segmenter.lengths(texts.texts)
    hits = lexicon.entries(lexicon.on_words(extractor._finder.find(texts.texts), texts, words))
    seen = Seen(words, hits, heard, initials(heard.units, TABLES))
    found = extract(texts, seen, lexicon.category_of, weights.rows, wide=True)
    served = probabilities(scores(found, weights), weights) / 1e6
    for column, (label, head) in enumerate(trained.heads.items()):
        exact = expit(head.a * (raw[label] + head.intercept) + head.b)
        inside = np.abs(raw[label] + head.intercept) < 15
        assert np.abs(served[:, column] - exact)[inside].max() <= 1e-5, label
    again = whole_weights(train(rows, "research", extractor, lambda _: None, columns=columns))
    assert np.array_equal(again.table, weights.table)
    assert (trained.matrix.known[trained.matrix.named] >= HASHED).all()
    assert (trained.matrix.known[trained.matrix.named] < SIZE).all()
