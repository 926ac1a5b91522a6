"""Our own rows: well formed, each label known, no text that is another one with other nouns."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.contracts.verdicts import Label

ROWS = Path(__file__).resolve().parents[3] / "services" / "classify" / "training" / "rows"
SECOND = "second.jsonl"
"""Labels given blind by a second reader: an id and labels, no text."""
GRAM = 5
MOST_SHARED = 0.6
OPENING = 6
MOST_OPENINGS = 0.01
LEAST_AGREED = 0.95


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def texts() -> dict[str, str]:
    """Return id -> text of every row in every file."""
    paths = sorted(path for path in ROWS.glob("*.jsonl") if path.name != SECOND)
    return {str(row["id"]): str(row["text"]) for path in paths for row in lines(path)}


def grams(text: str) -> set[str]:
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def alike(rows: dict[str, str]) -> Iterator[tuple[str, str, float]]:
    """Yield the pairs that share too many grams, and how much of the shorter one is shared."""
    sizes: dict[str, int] = {}
    holders: dict[str, list[str]] = defaultdict(list)
    for name, text in rows.items():
        found = grams(text)
        sizes[name] = len(found)
        shared = Counter(other for gram in found for other in holders[gram])
        for other, count in shared.items():
            part = count / min(sizes[name], sizes[other])
            if part > MOST_SHARED:
                yield other, name, round(part, 2)
        for gram in found:
            holders[gram].append(name)


@pytest.mark.parametrize("path", sorted(ROWS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_row_has_an_id_a_text_and_known_labels_of_which_other_stands_alone(path: Path) -> None:
    fields = {"id", "labels"} if path.name == SECOND else {"id", "text", "labels"}
    for row in lines(path):
        assert set(row) == fields, row
        labels = row["labels"]
        assert isinstance(labels, list), row
        assert labels, row
        assert len({Label(each) for each in labels}) == len(labels), row
        assert Label.OTHER not in labels or len(labels) == 1, row
        text = row.get("text", "x")
        assert isinstance(text, str), row
        assert text, row
        assert text == text.strip(), row


def test_no_id_and_no_text_stands_twice() -> None:
    rows = [row for path in ROWS.glob("*.jsonl") if path.name != SECOND for row in lines(path)]
    for field in ("id", "text"):
        counted = Counter(row[field] for row in rows)
        assert [each for each, count in counted.items() if count > 1] == []


def test_no_two_rows_share_more_than_three_fifths_of_their_grams() -> None:
    rows = texts()
    assert [(part, rows[one], rows[two]) for one, two, part in alike(rows)] == []


def test_no_opening_begins_more_than_one_row_in_a_hundred() -> None:
    rows = texts()
    counted = Counter(text[:OPENING] for text in rows.values())
    most = len(rows) * MOST_OPENINGS
    assert {opening: count for opening, count in counted.items() if count > most} == {}


def test_the_second_reader_labelled_rows_that_exist_each_once() -> None:
    path = ROWS / SECOND
    labelled = [str(row["id"]) for row in lines(path)] if path.exists() else []
    assert len(set(labelled)) == len(labelled)
    assert set(labelled) <= set(texts())


def labels_of(path: Path) -> dict[str, set[object]]:
    """Return id -> labels of every row in a file."""
    found = {}
    for row in lines(path):
        labels = row["labels"]
        assert isinstance(labels, list), row
        found[str(row["id"])] = set(labels)
    return found


def test_the_second_reader_gave_nearly_every_row_the_same_labels() -> None:
    first: dict[str, set[object]] = {}
    for path in ROWS.glob("*.jsonl"):
        if path.name != SECOND:
            first |= labels_of(path)
    second = labels_of(ROWS / SECOND)
    agreed = [name for name, labels in second.items() if labels == first[name]]
    assert len(agreed) >= LEAST_AGREED * len(second)
