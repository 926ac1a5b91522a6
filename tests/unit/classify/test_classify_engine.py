"""The classifier as it ships, and what it does without its parts."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from services.classify.adapters.engine import WEIGHTS_DIR, Classifier
from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.adapters.weight_files import MANIFEST
from services.classify.core import features
from services.classify.core.features import (
    SHARE_BITS,
    SHORT,
    Features,
    Marks,
    Seen,
    Units,
    extract,
    shares,
)
from services.classify.core.scores import NODES, Column, Weights, probabilities, scores
from services.classify.training.data import own_rows
from services.classify.training.matrix import Extractor
from services.classify.training.train import train, whole_weights
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.runtime.text_tables import load_tables
from shared.text.normalise import normalise
from shared.text.sounds import initials, sounds

TABLES = load_tables()
SHIPPED = Classifier.load(None, TABLES)
TEXTS = [row.text for row in own_rows()][::7]


def test_the_shipped_model_is_whole() -> None:
    verdict = SHIPPED.judge(["我要投诉！你们停车场乱收费，客服态度恶劣，没人管"])[0]
    assert verdict.degraded == ()
    assert Label.COMPLAINT in verdict.decided
    assert set(verdict.labels) == set(Label)


def test_a_verdict_does_not_depend_on_the_batch() -> None:
    assert SHIPPED.judge(TEXTS) == [SHIPPED.judge([text])[0] for text in TEXTS]


def test_nothing_in_gives_nothing_out() -> None:
    assert SHIPPED.judge([]) == []
    assert [each.degraded for each in SHIPPED.judge(["", "\n"])] == [("no_text",)] * 2


def test_marks_alone_say_nothing_of_anybody() -> None:
    silent = SHIPPED.judge(["。。。？！", "  —  "])
    assert [each.decided for each in silent] == [(Label.OTHER,)] * 2
    assert not any(each.abstained for each in silent)


def test_reasons_are_spans_of_the_original_text() -> None:
    text = "【注意】加Ｖ 信领福利，线 上 赌 场秒到账"
    reasons = SHIPPED.judge([text])[0].reasons
    assert any("线 上 赌 场" in text[each.start : each.end] for each in reasons)


def test_self_harm_is_never_passed_over() -> None:
    verdict = SHIPPED.judge(["药已经攒够了，不想活了"])[0]
    assert Label.SELF_HARM in verdict.decided or verdict.abstained


def test_hostile_texts_are_judged_too() -> None:
    hostile = ["\ud800\udfff", "\x00" * 50, "哈" * 20_000, "١٢٣", "👨‍👩‍👧" * 30, "{}%s<script>"]
    assert len(SHIPPED.judge(hostile)) == len(hostile)


def test_without_weights_it_says_so_and_goes_by_terms(tmp_path: Path) -> None:
    verdict = Classifier.load(tmp_path, TABLES).judge(["我要投诉，服务态度差"])[0]
    assert verdict.degraded == ("no_model",)
    assert Label.COMPLAINT in verdict.decided
    assert {each.source for each in verdict.reasons} == {"lexicon"}


def test_without_terms_everything_goes_to_a_person(tmp_path: Path) -> None:
    verdict = Classifier.load(None, TABLES, lexicon_dir=tmp_path).judge(["你好"])[0]
    assert verdict.abstained
    assert verdict.decided == ()
    assert "no_lexicon" in verdict.degraded


@pytest.mark.parametrize("change", ["flip", "missing", "version", "garbled", "lexicon"])
def test_weights_that_do_not_match_are_refused(tmp_path: Path, change: str) -> None:
    shutil.copytree(WEIGHTS_DIR, tmp_path / "w")
    manifest, arrays = tmp_path / "w" / MANIFEST, tmp_path / "w" / "weights.npz"
    body = json.loads(manifest.read_text())
    match change:
        case "flip":
            arrays.write_bytes(arrays.read_bytes()[:-1] + b"\x01")
        case "missing":
            arrays.unlink()
        case "version":
            manifest.write_text(json.dumps(body | {"feature_space": 7}))
        case "garbled":
            manifest.write_text("{")
        case _:
            manifest.write_text(json.dumps(body | {"lexicon": "another"}))
    with pytest.raises(UserError) as refusal:
        Classifier.load(tmp_path / "w", TABLES)
    assert "->" in refusal.value.line()


def test_other_tables_are_stated(tmp_path: Path) -> None:
    shutil.copytree(WEIGHTS_DIR, tmp_path / "w")
    manifest = tmp_path / "w" / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"tables": "older"}))
    assert Classifier.load(tmp_path / "w", TABLES).judge(["好"])[0].degraded == ("text_tables",)


def test_serving_needs_neither_scikit_learn_nor_scipy() -> None:
    code = (
        "import sys; import services.classify.app; "
        "sys.exit(any(m.split('.')[0] in {'sklearn', 'scipy', 'jieba'} for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def by_jieba(texts: list[str], folder: Path) -> list[list[str]]:
    """Cut in another process: jieba's source warns under the warnings that fail our tests."""
    code = (
        "import json, sys, jieba; jieba.dt.tmp_dir = sys.argv[1]; "
        "print(json.dumps([jieba.lcut(each) for each in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(folder)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    cuts: list[list[str]] = json.loads(done.stdout)
    return cuts


@pytest.mark.long
@pytest.mark.space
def test_the_fast_segmenter_cuts_as_jieba_does(tmp_path: Path) -> None:
    texts = normalise([row.text for row in own_rows()], TABLES).texts
    segmenter = RjiebaSegmenter()
    pairs = zip(texts, by_jieba(texts, tmp_path), strict=True)
    differing = [text for text, cut in pairs if segmenter.words(text) != cut]
    assert len(differing) <= len(texts) // 100


@pytest.mark.training
def test_whole_numbers_give_what_the_trained_model_gives() -> None:
    extractor = Extractor(TABLES)
    rows = own_rows()[::24]
    columns: tuple[Column, ...] = (Label.COMPLAINT, "offensive")
    trained = train(rows, "permissive", extractor, lambda _: None, columns=columns)
    weights = whole_weights(trained)
    batch = normalise([row.text for row in rows], TABLES)
    heard = sounds(batch, TABLES)
    lexicon, words = extractor.lexicon, extractor._segmenter.lengths(batch.texts)
    hits = lexicon.on_words(extractor._finder.find(batch.texts), batch, words)
    seen = Seen(words, lexicon.entries(hits), heard, initials(heard.units, TABLES))
    found = extract(batch, seen, extractor.lexicon.category_of, weights.rows)
    served = probabilities(scores(found, weights), weights) / 1e6
    for column, (label, head) in enumerate(trained.heads.items()):
        values = trained.matrix.values[: len(rows)]
        raw = values @ head.coefficients + head.intercept
        inside = np.abs(raw) < 15
        exact = expit(head.a * raw + head.b)
        assert np.abs(served[:, column] - exact)[inside].max() <= 1e-5, label
    assert len(weights.rows) == features.SIZE
    again = whole_weights(train(rows, "permissive", extractor, lambda _: None, columns=columns))
    assert np.array_equal(again.table, weights.table)
    assert np.array_equal(again.curves, weights.curves)


def test_a_text_of_which_nothing_weighs_has_the_bias_wherever_it_stands() -> None:
    """Between others and at the end: its stretch of features is empty."""
    weights = Weights(
        (Label.COMPLAINT,),
        np.arange(3, dtype=np.int32),
        np.array([[0], [5], [7]], np.int32),
        np.array([100]),
        np.zeros((1, NODES + 1), np.int64),
    )
    offsets = np.array([0, 0, 2, 2, 3, *[3] * 40])
    at = np.zeros(3, np.int64)
    whole = np.full(len(offsets) - 1, 1 << SHARE_BITS)
    rows, marks = np.array([1, 2, 1], np.int32), Marks(np.array([1, 2, 1]), at, at)
    found = Features(rows, offsets, whole, np.arange(3), marks, Units(at, at, at))
    assert scores(found, weights)[:, 0].tolist() == [100, 112, 100, 105, *[100] * 40]
    half = found._replace(shares=whole // 2)
    assert scores(half, weights)[:4, 0].tolist() == [100, 106, 100, 102]


def test_a_feature_counts_in_full_in_a_short_text_and_by_the_root_of_its_length_in_a_long_one() -> (
    None
):
    counted = shares(np.array([0, 1, SHORT, 4 * SHORT, 16 * SHORT, 10**9])).tolist()
    assert counted[:5] == [1 << SHARE_BITS] * 3 + [1 << SHARE_BITS - 1, 1 << SHARE_BITS - 2]
    assert 0 < counted[5] < counted[4]
