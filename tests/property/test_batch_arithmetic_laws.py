"""What a whole batch is counted and spelt with gives what counting and spelling one by one gives."""

from itertools import compress

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.classify.core.features import SHARE_BITS, Features, Marks, Units, firsts
from services.classify.core.rules import LABELS
from services.classify.core.scores import MILLION, NODES, Weights, scores
from services.classify.core.spelling import held, numbers
from shared.contracts.verdicts import Label

HEAVY = np.iinfo(np.int32).max
ROWS = st.lists(st.lists(st.integers(0, MILLION), min_size=3, max_size=3), max_size=6)
DECIDED = st.lists(
    st.lists(st.booleans(), min_size=len(LABELS), max_size=len(LABELS)), min_size=1, max_size=6
)
KEYS = st.one_of(st.integers(0, 40), st.integers(0, 9).map(lambda each: each << 9))
TEXTS = st.lists(st.lists(KEYS, max_size=60), max_size=6)


@given(ROWS)
def test_numbers_are_spelt_as_each_would_be(rows: list[list[int]]) -> None:
    table = np.array(rows, np.int64).reshape(-1, 3)
    assert numbers(table) == [" ".join(map(str, row)) for row in rows]


@given(DECIDED)
def test_labels_are_spelt_as_each_would_be(rows: list[list[bool]]) -> None:
    assert held(np.array(rows)) == [",".join(compress(LABELS, row)) for row in rows]


@given(TEXTS)
def test_of_equal_features_of_a_text_the_first_stays(texts: list[list[int]]) -> None:
    pairs = [(text, key) for text, keys in enumerate(texts) for key in keys]
    expected = [place for place, each in enumerate(pairs) if each not in pairs[:place]]
    text, key = np.array(pairs, np.int64).reshape(-1, 2).T
    assert firsts(text, key).tolist() == expected


@given(
    st.lists(st.lists(st.integers(0, 3), max_size=9), min_size=1, max_size=9),
    st.sampled_from([1, HEAVY // 3, HEAVY]),
)
def test_weights_are_added_up_exactly_however_heavy_they_are(
    texts: list[list[int]], heaviest: int
) -> None:
    table = np.array([[0, 0], [heaviest, -1], [heaviest, -heaviest], [1, -heaviest]], np.int32)
    bias = np.array([5, -5])
    labels = (Label.COMPLAINT, Label.QUESTION)
    weights = Weights(
        labels, np.arange(4, dtype=np.int32), table, bias, np.zeros((2, NODES + 1), np.int64)
    )
    rows = np.array([row for text in texts for row in text], np.int32)
    offsets = np.cumsum([0, *map(len, texts)])
    at = np.zeros(len(rows), np.int64)
    counted = np.full(len(texts), 1 << SHARE_BITS)
    marks, units = Marks(rows.astype(np.int64), at, at), Units(at, at, at)
    found = Features(rows, offsets, counted, np.arange(len(rows)), marks, units)
    expected = [table[text].sum(axis=0, dtype=np.int64) + bias for text in texts]
    assert scores(found, weights).tolist() == [each.tolist() for each in expected]
