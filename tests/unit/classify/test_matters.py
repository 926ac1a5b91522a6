"""Complaints reckoned twice: by what is asked for, and as a matter somebody is displeased with."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from services.classify.adapters.engine import Classifier
from services.classify.core import rules
from services.classify.core.judge import Batch
from services.classify.core.scores import (
    DISPLEASED,
    MATTER,
    MILLION,
    OFFENSIVE,
    probabilities,
    scores,
)
from services.classify.core.verdict import INDEX
from services.classify.training.data import Raw, Row, own_row, rows_of
from services.classify.training.matrix import Extractor
from services.classify.training.matters import SUMS, known_beside, weight_beside
from services.classify.training.terms import BARE, term_files, term_rows
from services.classify.training.train import LEARNT, known_of
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables
from shared.text.normalise import normalise

TABLES = load_tables()
TERMS: Final = {each.text: each for each in term_rows()}
REVIEW: Final = Raw("1", "面坨了", {"negative": 1}, {"star": 1.0})
TEXTS: Final = ("等了三天没人管，我要投诉！", "面坨了，汤也洒了", "屏幕很清楚", "今天又下雨了", "")


def argument(number: int) -> Row:
    [row] = rows_of("cold", Raw(str(number), "甲", {"offensive": 1}, {}))
    return row


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (own_row("退款三天没到", [Label.COMPLAINT]), (True, True)),
        (own_row("几点关门", [Label.QUESTION]), (True, False)),
        (own_row("下雨了", []), (False, None)),
        (next(rows_of("asap_sample", REVIEW)), (True, True)),
        (Row("甲", {Label.RUMOUR: True}, "ced"), (None, None)),
        (TERMS["面坨了"], (True, True)),
        (TERMS["屏占比"], (True, None)),
    ],
)
def test_a_row_says_what_it_is_about_and_only_then_whether_one_is_displeased(
    row: Row, says: tuple[bool | None, bool | None]
) -> None:
    assert (known_beside(row, MATTER), known_beside(row, DISPLEASED)) == says
    assert known_of(row, MATTER, names_a_group=False) is says[0]


def test_arguments_are_about_no_matter_where_they_serve_as_background() -> None:
    told = [argument(number) for number in range(40)]
    assert {known_beside(row, MATTER) for row in told} == {False, None}
    assert {known_beside(row, DISPLEASED) for row in told} == {None}
    review = next(rows_of("asap_sample", REVIEW))
    assert weight_beside(told[0]) == 2 * told[0].weight
    assert weight_beside(review) > review.weight
    assert weight_beside(TERMS["面坨了"]) == TERMS["面坨了"].weight


def test_lists_of_matters_say_nothing_of_labels_and_teach_no_research_weights() -> None:
    aside = [each for each in term_rows() if not each.known]
    assert all(each.source == BARE and MATTER in each.beside for each in aside)
    assert term_rows()[-len(aside) :] == aside
    research = term_rows(kind="research")
    assert research == term_rows()[: -len(aside)]
    assert all(each.known for each in research)
    assert {"goods", "day"} <= {path.stem for path in term_files()}
    assert {"goods", "day"}.isdisjoint(path.stem for path in term_files(kind="research"))
    assert {MATTER, DISPLEASED} <= set(LEARNT)


def test_features_that_only_such_lists_bring_are_unknown_to_labels() -> None:
    texts = ["天气真好啊", "面坨了", "屏占比"]
    aside = np.array([False, False, True])
    extractor = Extractor(TABLES)
    matrix = extractor.matrix(texts, ~aside, fewest=2, bare=aside, aside=aside)
    without = extractor.matrix(texts[:2], ~aside[:2], fewest=2)
    assert matrix.known[matrix.usual].tolist() == without.known.tolist()
    assert matrix.known[matrix.usual & matrix.own].tolist() == without.known[without.own].tolist()
    assert (matrix.aside & ~matrix.usual).any()


def test_a_complaint_is_believed_by_both_reckonings_and_by_its_own_sum_where_somebody_asks() -> (
    None
):
    places = np.array([INDEX[each] for each in (Label.COMPLAINT, Label.PRAISE, Label.QUESTION)])
    model = np.array([[300_000, 7, 0], [300_000, 7, MILLION], [300_000, 7, 500_000]])
    joined = rules.grieved(places, model, np.full(3, 600_000))
    assert joined.tolist() == [[500_000, 7, 0], [300_000, 7, MILLION], [400_000, 7, 500_000]]
    assert rules.grieved(places[:1], model[:, :1], np.full(3, 0)).ravel().tolist() == [100_000] * 3


def test_the_shipped_weights_serve_both_reckonings() -> None:
    judge = Classifier.load(None, TABLES)._judge
    batch = Batch(judge, normalise(list(TEXTS), TABLES))
    weights = judge.weights
    assert weights is not None
    assert {MATTER, DISPLEASED, OFFENSIVE} <= set(weights.labels)
    told = probabilities(scores(batch.features, weights), weights)
    matter, displeased = (told[:, weights.labels.index(each)] for each in (MATTER, DISPLEASED))
    own = told[:, judge.columns]
    joined = rules.grieved(judge.places, own, matter * displeased // MILLION)
    expected = joined[:, judge.places == INDEX[Label.COMPLAINT]].ravel()
    spoken = batch.says_something
    assert batch.beliefs[spoken, INDEX[Label.COMPLAINT]].tolist() == expected[spoken].tolist()
    dirty, clean, weather = told[1], told[2], told[3]
    places = [weights.labels.index(each) for each in (MATTER, DISPLEASED)]
    assert dirty[places[1]] > clean[places[1]]
    assert min(dirty[places[0]], clean[places[0]]) > weather[places[0]]


def test_weights_without_both_sums_believe_a_complaint_by_its_own() -> None:
    judge = Classifier.load(None, TABLES)._judge
    weights = judge.weights
    assert weights is not None
    kept = [place for place, each in enumerate(weights.labels) if each not in SUMS]
    labels = tuple(weights.labels[place] for place in kept)
    table, bias, curves = weights.table[:, kept], weights.bias[kept], weights.curves[kept]
    alone = replace(weights, labels=labels, table=table, bias=bias, curves=curves)
    batch = Batch(replace(judge, weights=alone), normalise(list(TEXTS[:-1]), TABLES))
    told = probabilities(scores(batch.features, alone), alone)[:, labels.index(Label.COMPLAINT)]
    assert batch.beliefs[:, INDEX[Label.COMPLAINT]].tolist() == told.tolist()
