"""Lists of insults beside the data sets, which weights for research learn from."""

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from services.classify.adapters.weight_files import MANIFEST, Manifest
from services.classify.training.data import Kind, Row, own_files
from services.classify.training.fit import Lesson, Recipe, fit_head
from services.classify.training.folder import Ours, train_to
from services.classify.training.lists import FOLDER, LOUDNESS, list_hashes, listed
from services.classify.training.many import head_of_many
from services.classify.training.matrix import Extractor
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.runtime.text_tables import load_tables

EXTRACTOR = Extractor(load_tables(), wide=True)
RECIPE = Recipe(strength=1.0)
TERMS = 30
COUNT = 600


def a_list(data: Path, terms: str, name: str = "toxicn_general") -> Path:
    (data / FOLDER).mkdir(exist_ok=True)
    path = data / FOLDER / f"{name}.txt"
    path.write_text(terms, encoding="utf-8")
    return path


def insults() -> tuple[Lesson, csr_matrix]:
    """Return texts with one term each, of which half are on a list; the last term no text has."""
    random = np.random.default_rng(7)
    term = random.integers(0, TERMS - 1, COUNT)
    values = np.zeros((COUNT, TERMS))
    values[np.arange(COUNT), term] = 1.0
    on_list = np.arange(TERMS) % 2 == 1
    truth = random.random(COUNT) < np.where(on_list[term], 0.9, 0.1)
    each, ones = np.arange(COUNT), np.ones(COUNT)
    plain = np.ones(COUNT, np.bool_)
    lesson = Lesson(csr_matrix(values), truth, ones, each, ones, each, plain)
    return lesson, csr_matrix(on_list.reshape(-1, 1) * LOUDNESS)


def test_a_term_nobody_used_is_known_by_the_others_of_its_list() -> None:
    lesson, alike = insults()
    named = np.zeros(TERMS, np.bool_)
    usual = fit_head(lesson, named, RECIPE)
    told = fit_head(replace(lesson, alike=alike), named, RECIPE)
    assert usual.coefficients[-1] == 0.0
    assert told.coefficients[-1] > 1.0
    unseen = np.eye(TERMS)[-1:]
    assert told.probability(csr_matrix(unseen))[0] > 0.8


def test_lists_say_what_is_an_attack_and_nothing_else() -> None:
    lesson, alike = insults()
    named, rows = np.zeros(TERMS, np.bool_), [Row("", {}, "toxicn")] * COUNT
    for label, speaks in ((Label.ABUSE, True), (Label.HATE, True), (Label.COMPLAINT, False)):
        told = head_of_many(label, lesson, rows, named, RECIPE, alike=alike)
        usual = head_of_many(label, lesson, rows, named, RECIPE)
        assert np.array_equal(told.coefficients, usual.coefficients) != speaks


def test_what_is_the_whole_of_a_term_speaks_for_its_list(tmp_path: Path) -> None:
    a_list(tmp_path, "铁皮茄子\n茄\n\n纸糊灯笼\n")
    a_list(tmp_path, "木头脑瓜\n", "sexhatelex")
    alike = listed(tmp_path, EXTRACTOR)
    assert alike is not None
    texts = ["他真是铁皮茄子一个", "他是木头脑瓜", "茄子和铁皮", "铁 皮 茄 子"]
    first, second, loose, spaced = (EXTRACTOR.presence(texts).sign() @ alike).toarray()
    assert first[0] > 0
    assert first[1] == 0
    assert second[0] == 0
    assert second[1] > 0
    assert loose.tolist() == [0, 0], "parts of a term are no term"
    assert spaced[0] > 0


def test_a_folder_without_lists_teaches_as_before(tmp_path: Path) -> None:
    assert listed(tmp_path, EXTRACTOR) is None
    a_list(tmp_path, "铁皮茄子\n", "fwwdn_guns")
    a_list(tmp_path, "\n")
    assert listed(tmp_path, EXTRACTOR) is None, (
        "arms are no insult, and an empty list says nothing"
    )


def test_every_list_is_named_by_its_hash(tmp_path: Path) -> None:
    path = a_list(tmp_path, "铁皮茄子\r\n")
    known = hashlib.sha256(path.read_bytes()).hexdigest()
    assert list_hashes(tmp_path) == {"lexicons/toxicn_general.txt": known}


def test_a_list_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    a_list(tmp_path, "").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(UserError, match="cannot read this term list"):
        listed(tmp_path, EXTRACTOR)


@pytest.mark.training
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["research", "permissive"])
def test_lists_teach_weights_for_research_alone(tmp_path: Path, kind: Kind) -> None:
    rows = [
        {"id": f"{each}", "text": f"第{each}条", "labels": {"offensive": each % 2}}
        for each in range(24)
    ]
    with gzip.open(tmp_path / "cold.train.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
    ours = Ours(tmp_path / "rows", tmp_path / "terms")
    ours.rows.mkdir()
    ours.terms.mkdir()
    for path in own_files():
        few = path.read_text(encoding="utf-8").splitlines()[::24]
        (ours.rows / path.name).write_text("\n".join(few) + "\n", encoding="utf-8")
    a_list(tmp_path, "铁皮茄子\n")
    train_to(tmp_path, tmp_path / "out", kind, load_tables(), print, ours=ours)
    manifest = Manifest.model_validate_json((tmp_path / "out" / MANIFEST).read_bytes())
    assert ("lexicons/toxicn_general.txt" in manifest.data) == (kind == "research")
