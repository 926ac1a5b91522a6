"""What training does to rows before it learns from them."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from services.classify.core.verdict import DEFAULT_BARS
from services.classify.training import data
from services.classify.training.bars import bars_of
from services.classify.training.data import (
    Raw,
    Row,
    names_of,
    own_row,
    own_rows,
    training_rows,
)
from services.classify.training.disguise import KINDS, Homophones, Kind, disguised
from services.classify.training.fit import Head, Lesson, folds
from services.classify.training.matrix import Extractor
from services.classify.training.terms import (
    BARE,
    BESIDE,
    FAIR_WEIGHT,
    REST_WEIGHT,
    TAUGHT,
    term_files,
    term_rows,
)
from services.classify.training.train import CHOSEN, Rows, known_of, lesson, with_copies
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.runtime.text_tables import load_tables
from shared.text.normalise import canonical, normalise
from shared.text.sounds import sounds

TABLES = load_tables()
TEXT = canonical("这个男孩子真可爱，上海本地人排外倾向很严重，你是如何认识你的老公", TABLES)
KINDS_OF_WEIGHTS: tuple[data.Kind, ...] = ("permissive", "research")
RAW = Raw("4", "甲", {"offensive": 1}, {})
HOMOPHONES = Homophones.of([TEXT, "哲者折轻请清人仁任海还孩"] * 5, TABLES)


def units(text: str) -> list[int]:
    heard: list[int] = sounds(normalise([text], TABLES), TABLES).units.tolist()
    return heard


@pytest.mark.parametrize("kind", KINDS)
def test_a_disguise_changes_a_text_and_is_always_the_same(kind: Kind) -> None:
    first = disguised(TEXT, HOMOPHONES, kind)
    assert first != TEXT
    assert disguised(TEXT, HOMOPHONES, kind) == first


def test_homophones_and_pinyin_change_no_sound_and_a_swap_no_character() -> None:
    assert units(disguised(TEXT, HOMOPHONES, "homophone")) == units(TEXT)
    assert units(disguised(TEXT, HOMOPHONES, "pinyin")) == units(TEXT)
    assert sorted(disguised(TEXT, HOMOPHONES, "swap")) == sorted(TEXT)


def test_a_text_without_characters_has_no_disguise() -> None:
    assert disguised("abc 123", HOMOPHONES) == "abc 123"
    assert disguised("", HOMOPHONES) == ""


def test_rows_that_speak_of_harm_are_copied_whether_harmful_or_not() -> None:
    rows = [
        Row("你这个人真坏", {Label.ABUSE: True}, "cold"),
        Row("这个人真好", {Label.ABUSE: False}, "cold"),
        Row("快递三天没到", {Label.COMPLAINT: True}, "fz12345"),
        Row("天气真好", {Label.SPAM: False}, "cold", guessed=(Label.SPAM,)),
    ]
    copied = with_copies(rows, Extractor(TABLES))
    assert copied.kin.tolist() == [0, 1, 2, 3, 0, 1]


def test_a_row_and_its_disguise_are_never_on_both_sides_of_a_fold() -> None:
    kin = np.concatenate((np.arange(500), np.arange(0, 500, 3)))
    fold = folds(kin)
    assert np.array_equal(fold[500:], fold[:500:3])
    assert min(np.bincount(fold)) > 100


def test_what_a_set_marks_teaches_no_more_than_it_marks() -> None:
    attack = Row("", {Label.ABUSE: True}, "cold")
    assert known_of(attack, Label.HATE, names_a_group=True) is True
    assert known_of(attack, Label.HATE, names_a_group=False) is None
    assert known_of(attack, "offensive", names_a_group=False) is True
    harmless = Row("", {Label.ABUSE: False}, "cold")
    assert known_of(harmless, Label.HATE, names_a_group=False) is False
    one_kind = Row("", {Label.HATE: False}, "state_toxicn")
    assert known_of(one_kind, "offensive", names_a_group=True) is None
    assert known_of(Row("", {Label.SPAM: True}, "x"), "offensive", names_a_group=True) is None


def written(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / f"{name}.train.jsonl.gz").write_bytes(gzip.compress(body.encode()))


def test_every_set_that_is_there_is_learnt_from_and_no_other(tmp_path: Path) -> None:
    row: dict[str, object] = {"id": "4", "text": "甲", "labels": {"offensive": 1}, "meta": {}}
    written(tmp_path, "cold", [row])
    written(tmp_path, "toxirewrite", [row | {"meta": {"neutral": "乙", "polite": "甲"}}])
    written(tmp_path, "shopping", [row | {"labels": {"negative": 1}}])
    written(tmp_path, "asap_sample", [row | {"labels": {"negative": 0}, "meta": {"star": 5.0}}])
    written(tmp_path, "smp2020", [row | {"labels": {"emotion": "angry"}}])
    written(tmp_path, "chineseharm", [row | {"labels": {"fraud": 1, "porn": 0}}])
    own = len(own_rows())
    assert names_of(tmp_path, "permissive") == ["cold", "toxirewrite", "asap_sample"]
    assert len(training_rows(tmp_path, "permissive")) == own + 4
    rows = training_rows(tmp_path, "research")[own:]
    assert Label.SPAM not in next(data.rows_of("cold", replace(RAW, id="1"))).known
    assert [each.source for each in rows] == [
        "cold", "toxirewrite", "toxirewrite", "asap_sample", "chineseharm", "shopping", "smp2020",
    ]  # fmt: skip
    assert rows[0].weight_of(Label.SPAM) == data.BACKGROUND_WEIGHT
    assert rows[0].weight_of(Label.ABUSE) == data.AFAR["cold"]
    assert training_rows(tmp_path, "permissive")[own].weight_of(Label.ABUSE) == 1.0
    assert rows[4].known == {Label.FRAUD: True, Label.SEXUAL: False}


def test_a_term_teaches_its_own_label_and_faintly_what_it_is_not() -> None:
    rows = {each.text: each for each in term_rows()}
    bad, fair = rows["面坨了"], rows["地图炮"]
    assert bad.known[Label.COMPLAINT]
    assert not bad.known[Label.PRAISE]
    assert not bad.known[Label.SELF_HARM]
    assert bad.weight_of(Label.SELF_HARM) == REST_WEIGHT < bad.weight_of(Label.COMPLAINT)
    assert Label.ABUSE not in bad.known
    assert fair.known[Label.ABUSE] is fair.known[Label.HATE] is False
    assert fair.weight_of(Label.ABUSE) == FAIR_WEIGHT
    assert len(rows) == len(term_rows())


def test_a_list_of_terms_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "fair.txt").write_bytes(b"\xff")
    with pytest.raises(UserError, match=r"cannot read this term list"):
        term_rows(tmp_path)


def test_every_list_of_terms_has_something_to_teach() -> None:
    assert {path.stem for path in term_files()} <= {*TAUGHT, *BESIDE}


def test_a_term_has_neither_form_nor_category_but_all_its_words_are_kept() -> None:
    texts = ["面坨了。面坨了！", "天气真好啊", "面坨了"]
    bare = np.array([False, False, True])
    matrix = Extractor(TABLES).matrix(texts, ~bare, fewest=2, bare=bare)
    assert not matrix.values[2, np.flatnonzero(matrix.named)].sum()
    assert matrix.values[0, np.flatnonzero(matrix.named)].sum()
    assert matrix.values[2].sum()
    assert matrix.own.all()


def lesson_of(beliefs: list[float], truth: list[bool]) -> tuple[Head, Lesson]:
    count = len(truth)
    head = Head(np.zeros(1), 0.0, 1.0, 0.0, np.array(beliefs))
    some = np.ones(count)
    taught = Lesson(csr_matrix((count, 1)), np.array(truth), some, np.arange(count), some)
    return head, taught


def test_a_bar_is_as_low_as_what_was_held_back_allows() -> None:
    head, taught = lesson_of([0.42] * 20 + [0.32] * 20 + [0.1] * 20, [True] * 20 + [False] * 40)
    bars = bars_of({Label.FRAUD: head}, {Label.FRAUD: taught})
    assert bars[Label.FRAUD] == (350_000, 262_500)
    assert bars[Label.SPAM] == DEFAULT_BARS[Label.SPAM]


def test_the_bar_of_a_rare_harm_goes_lower_where_real_rows_of_it_teach() -> None:
    head, taught = lesson_of([0.22] * 20 + [0.08] * 40, [True] * 20 + [False] * 40)
    shipped, research = (
        bars_of({Label.FRAUD: head}, {Label.FRAUD: taught}, kind)[Label.FRAUD]
        for kind in KINDS_OF_WEIGHTS
    )
    assert research == (100_000, 75_000)
    assert shipped == DEFAULT_BARS[Label.FRAUD]


def test_a_bar_stays_where_it_is_when_nothing_held_back_is_so() -> None:
    head, taught = lesson_of([0.1] * 9, [False] * 9)
    bars = bars_of({Label.SPAM: head}, {Label.SPAM: taught})
    assert bars[Label.SPAM] == DEFAULT_BARS[Label.SPAM]


def test_where_real_petitions_teach_a_complaint_must_be_surer() -> None:
    shipped, research = bars_of({}, {}), bars_of({}, {}, "research")
    assert shipped[Label.COMPLAINT].decide < DEFAULT_BARS[Label.COMPLAINT].decide
    assert research[Label.COMPLAINT].decide > shipped[Label.COMPLAINT].decide


def test_what_may_be_a_grievance_goes_to_a_person() -> None:
    bar = bars_of({}, {})[Label.COMPLAINT]
    assert bar.doubt < bar.decide


def test_hate_and_its_absence_tell_as_much_where_a_set_was_gathered_by_what_is_argued() -> None:
    argued = [Row(text, {Label.HATE: text == "甲"}, "swsr") for text in "甲乙丙丁"]
    term = Row("辛", {Label.HATE: False}, BARE)
    rows = [*argued, own_row("戊", [Label.HATE]), own_row("己", []), term]
    texts, one_each = [row.text for row in rows], np.ones(len(rows), np.bool_)
    matrix = Extractor(TABLES).matrix(texts, one_each, fewest=1)
    every = np.ones(len(matrix.known), np.bool_)
    taught = lesson(Label.HATE, Rows(rows, texts, np.arange(len(rows))), matrix, every)
    assert taught.gauge.tolist() == [3.0, 1.0, 1.0, 1.0, CHOSEN, CHOSEN, 0.0]


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no data set"):
        training_rows(tmp_path, "research")
