"""A model learns from what people corrected, and its manifest and card say so."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from services.classify.adapters.engine import Classifier
from services.classify.adapters.weight_files import MANIFEST, Manifest
from services.classify.evaluation.card import write_card
from services.classify.evaluation.measure import evaluate
from services.classify.training.data import OWN_WEIGHT, PERMISSIVE, own_files
from services.classify.training.feedback import feedback_of
from services.classify.training.folder import Ours, train_to
from services.cli.app import run
from shared.contracts.verdicts import Label
from shared.errors import UserError
from shared.runtime.text_tables import load_tables

ROWS = [
    {"text": "票务热线一直打不通,改签找谁", "labels": ["question"], "at": "2026-05-02T08:00:00Z"},
    {"text": "这家的汤包真香", "labels": [], "at": "2026-05-01T08:00:00Z", "by": "token"},
]


def a_file(rows: Sequence[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows).encode()


def test_a_row_says_of_every_label_whether_it_holds() -> None:
    found = feedback_of(a_file(ROWS), "rows.jsonl")
    asked, praised = found.rows
    assert (asked.known[Label.QUESTION], asked.known[Label.COMPLAINT]) == (True, False)
    assert not any(praised.known.values())
    assert {each.weight for each in found.rows} == {OWN_WEIGHT}
    assert (found.origin.rows, found.origin.first.day, found.origin.last.day) == (2, 1, 2)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{oops", "line"),
        (b'{"text":"x","at":"2026-05-01T08:00:00Z"}', "labels"),
        (b'{"text":"","labels":[],"at":"2026-05-01T08:00:00Z"}', "text"),
        (b'{"text":"x","labels":["weather"],"at":"2026-05-01T08:00:00Z"}', "labels.0"),
        (b'{"text":"x","labels":[],"at":"yesterday"}', "at"),
    ],
)
def test_a_line_that_is_no_row_is_named(line: bytes, why: str) -> None:
    with pytest.raises(UserError, match=f"no row of feedback: {why}") as refused:
        feedback_of(a_file(ROWS) + line + b"\n", "rows.jsonl")
    assert refused.value.where == "rows.jsonl:3"


def test_no_feedback_is_a_mistake_and_not_an_empty_lesson() -> None:
    with pytest.raises(UserError, match="there is no feedback"):
        feedback_of(b"", "rows.jsonl")


def some_data(folder: Path) -> Path:
    """Write the smallest data sets that training takes."""
    folder.mkdir()
    for name in PERMISSIVE:
        rows = [
            {
                "id": f"{name}-{number}",
                "text": f"第{number}条:{'滚开你这废物' if number % 2 else '早上好各位'}",
                "labels": {
                    "offensive": number % 2,
                    "hate_gender": number % 2,
                    "negative": number % 2,
                },
                "meta": {"star": 5 - 4 * (number % 2)},
            }
            for number in range(24)
        ]
        for split in ("train", "dev"):
            with gzip.open(folder / f"{name}.{split}.jsonl.gz", "wt", encoding="utf-8") as file:
                file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
    return folder


def some_of_ours(folder: Path) -> Ours:
    """Write a few rows of each of our files, and a list of a few terms."""
    (folder / "rows").mkdir(parents=True)
    (folder / "terms").mkdir()
    for path in own_files():
        few = path.read_text(encoding="utf-8").splitlines()[::24]
        (folder / "rows" / path.name).write_text("\n".join(few) + "\n", encoding="utf-8")
    (folder / "terms" / "displeased.txt").write_text("[strong]\n面坨了\n", encoding="utf-8")
    return Ours(folder / "rows", folder / "terms")


@pytest.mark.long
@pytest.mark.training
@pytest.mark.timeout(300)
def test_a_candidate_says_what_it_learnt_from(tmp_path: Path) -> None:
    data, out, tables = some_data(tmp_path / "data"), tmp_path / "candidate", load_tables()
    feedback, ours = feedback_of(a_file(ROWS), "rows.jsonl"), some_of_ours(tmp_path / "ours")
    train_to(data, out, "permissive", tables, print, feedback=feedback, ours=ours)
    judge = Classifier.load(out, tables)
    write_card(out, evaluate(judge, data, print, tables=tables, peers=False))
    manifest = Manifest.model_validate_json((out / MANIFEST).read_bytes())
    assert manifest.feedback == feedback.origin
    assert {"cold", "own/harm.jsonl", "terms/displeased.txt"} <= set(manifest.data)
    card = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "2 rows are corrections by people of this house, from 2026-05-01 to 2026-05-02" in card
    assert "汤包" not in card


def test_feedback_that_is_not_there_is_named(tmp_path: Path) -> None:
    words = ["train", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    with pytest.raises(UserError, match="cannot read the feedback"):
        run([*words, "--feedback-file", str(tmp_path / "none")], {})
    with pytest.raises(UserError, match="cannot read the archive"):
        run([*words, "--add-feedback", "--data-dir", str(tmp_path)], {})
