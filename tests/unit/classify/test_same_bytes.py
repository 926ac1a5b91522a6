"""The same rows make the same weights, byte for byte, in whatever order their lines stand."""

import gzip
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from services.classify.adapters.weight_files import save_arrays
from services.classify.core.scores import OFFENSIVE, Column
from services.classify.training.data import own_files, training_rows
from services.classify.training.matrix import Extractor
from services.classify.training.train import train, whole_weights
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables

EXTRACTOR = Extractor(load_tables())
EACH: Final = 6
"""Rows of every label: enough that each fold has some."""
ATTACKS: Final = {Label.ABUSE, Label.HATE}
ARGUED: Final = {"cold": "offensive", "swsr": "hate_gender"}
COLUMNS: Final[tuple[Column, ...]] = (Label.HATE, OFFENSIVE)

Line = dict[str, object]


def ours() -> list[Line]:
    """Return a few of our own rows of every label."""
    texts = (path.read_text(encoding="utf-8") for path in own_files())
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    found: dict[str, Line] = {}
    for label in Label:
        some = islice((row for row in rows if label in row["labels"]), EACH)
        found |= {row["id"]: row for row in some}
    return list(found.values())


def body(lines: Iterable[Line]) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines).encode()


def argued(row: Line, given: str) -> Line:
    labels = row["labels"]
    assert isinstance(labels, list)
    return {"id": row["id"], "text": row["text"], "labels": {given: bool(ATTACKS & set(labels))}}


def learnt(folder: Path, rows: list[Line]) -> bytes:
    """Return the weights that the rows make, as our own and as two sets about groups."""
    own = folder / "rows"
    own.mkdir(parents=True)
    (own / "own.jsonl").write_bytes(body(rows))
    for name, given in ARGUED.items():
        lines = body(argued(row, given) for row in rows)
        (folder / f"{name}.train.jsonl.gz").write_bytes(gzip.compress(lines))
    taught = training_rows(folder, "permissive", own)
    trained = train(taught, "permissive", EXTRACTOR, lambda _: None, columns=COLUMNS)
    save_arrays(folder / "weights.npz", whole_weights(trained))
    return (folder / "weights.npz").read_bytes()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return learnt(tmp_path_factory.mktemp("first"), ours())


def test_the_same_rows_make_the_same_bytes(first: bytes, tmp_path: Path) -> None:
    assert learnt(tmp_path / "again", ours()) == first


def test_the_order_of_the_lines_changes_no_byte(first: bytes, tmp_path: Path) -> None:
    assert learnt(tmp_path / "backwards", ours()[::-1]) == first


def test_one_row_fewer_makes_other_weights(first: bytes, tmp_path: Path) -> None:
    assert learnt(tmp_path / "fewer", ours()[1:]) != first
