"""Why a verdict is as it is: pieces that add up, and turns that were really judged."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classify.adapters.child import EXPLAIN
from services.classify.adapters.engine import Classifier
from services.classify.core.explaining import bias, pulls, without
from services.classify.core.judge import Batch
from services.classify.core.scores import SCALE, scores
from services.classify.training.data import own_rows
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables
from shared.text.normalise import normalise

TABLES = load_tables()
SHIPPED = Classifier.load(None, TABLES)
TEXTS = [row.text for row in own_rows()][::150]
ROUNDING = 1
"""Thousandths that each piece may be off."""


def test_the_pieces_of_a_label_add_up_to_its_score() -> None:
    judge = SHIPPED._judge
    weights = judge.weights
    assert weights is not None
    batch = Batch(judge, normalise(TEXTS, TABLES))
    whole = scores(batch.features, weights)
    for text in range(len(TEXTS)):
        for column in range(len(weights.labels)):
            found = pulls(batch.features, weights, text, column)
            told = sum(each.weight for each in found) + bias(weights, column)
            count = int(np.diff(batch.features.offsets)[text]) + 1
            assert abs(told - 1000 * int(whole[text, column]) / SCALE) <= ROUNDING * count


@pytest.mark.parametrize("text", TEXTS)
def test_what_would_turn_a_label_does_turn_it(text: str) -> None:
    for each in SHIPPED.explain(text):
        if each.flip is not None:
            [after] = SHIPPED.judge([without(text, each.flip.cut)])
            assert (each.label in after.decided) != each.decided
            assert after.labels.get(each.label, 0.0) == each.flip.belief


def test_some_words_decide_a_complaint_and_are_named() -> None:
    text = "等了三天没人管，我要投诉！"
    [complaint] = SHIPPED.explain(text, [Label.COMPLAINT])
    assert complaint.decided
    assert complaint.flip is not None
    cut = "".join(text[start:end] for start, end in complaint.flip.cut)
    assert "没人管" in cut or "投诉" in cut
    assert any(each.what == "list:complaint" for each in complaint.pulls)
    assert any(each.what.startswith("form:") for each in complaint.pulls)


def test_signs_of_the_whole_text_are_named() -> None:
    [question] = SHIPPED.explain("几点关门啊？？", [Label.QUESTION])
    named = {each.what for each in question.pulls}
    assert named & {"form:longer_than 6", "form:at_most 6"}
    assert named & {"form:several ?", "form:ends_with ?"}


def test_both_kinds_of_attack_are_explained_by_what_makes_an_attack() -> None:
    abuse, hate = SHIPPED.explain("你就是个蠢货", [Label.ABUSE, Label.HATE])
    assert abuse.pulls == hate.pulls


def test_places_are_of_the_original_text() -> None:
    text = "线 上 赌 场，加Ｖ 信领福利"
    [gambling] = SHIPPED.explain(text, [Label.GAMBLING])
    assert any("赌 场" in text[each.start : each.end] for each in gambling.pulls)


def test_where_nothing_was_learnt_terms_still_explain(tmp_path: Path) -> None:
    blind = Classifier.load(tmp_path, TABLES)
    [complaint] = blind.explain("我要投诉，服务态度差", [Label.COMPLAINT])
    assert complaint.pulls == ()
    assert complaint.flip is not None
    assert Classifier.load(None, TABLES, lexicon_dir=tmp_path).explain("你好") == []


def test_an_empty_text_has_no_pieces() -> None:
    assert [each.pulls for each in SHIPPED.explain("", [Label.COMPLAINT])] == [()]


@settings(max_examples=60)
@given(
    st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5)
)
def test_what_is_left_is_what_was_not_cut(text: str, spans: list[tuple[int, int]]) -> None:
    cut = [(start, max(start, end)) for start, end in spans]
    gone = {place for start, end in cut for place in range(start, end)}
    left = "".join(each for place, each in enumerate(text) if place not in gone)
    assert without(text, cut) == left


def test_the_service_explains_one_text_by_itself() -> None:
    command = (sys.executable, "-m", "services.classify", EXPLAIN)
    told = json.loads(subprocess.check_output(command, input="等了三天没人管".encode()))
    assert told["text"] == "等了三天没人管"
    assert told["model"] == SHIPPED.model
    assert told["labels"]
