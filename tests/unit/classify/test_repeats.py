"""What is measured is not learnt by heart under another spelling."""

import gzip
import json
from pathlib import Path

from services.classify.training.data import Raw, Row, training_rows, weighed
from services.classify.training.repeats import Repeats
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables

TABLES = load_tables()
MEASURED = "他们都是坏人"


def raw(text: str, **meta: object) -> Raw:
    return Raw("1", text, {"offensive": 1}, meta)


def a_set(folder: Path, name: str, split: str, texts: list[str]) -> None:
    lines = [
        json.dumps({"id": str(place), "text": text, "labels": {"offensive": 1, "hate": 0}})
        for place, text in enumerate(texts)
    ]
    (folder / f"{name}.{split}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


def repeats(folder: Path) -> Repeats:
    a_set(folder, "toxicn", "dev", [MEASURED, "？？"])
    return Repeats.of(folder, TABLES)


def test_a_row_that_sounds_like_a_measured_one_is_left_out(tmp_path: Path) -> None:
    rows = [raw("它门都是坏人"), raw("ta们都是huai人"), raw("他们都是好人")]
    kept = repeats(tmp_path).without("toxicloak", rows)
    assert [each.text for each in kept] == ["他们都是好人"]


def test_all_that_is_made_from_the_same_comment_goes_with_it(tmp_path: Path) -> None:
    rows = [raw(MEASURED, base_id=7), raw("👤🐶", base_id=7), raw("天气很好", base_id=8)]
    kept = repeats(tmp_path).without("toxicloak", rows)
    assert [each.text for each in kept] == ["天气很好"]


def test_a_text_without_a_sound_repeats_nothing(tmp_path: Path) -> None:
    assert repeats(tmp_path).without("toxicn", [raw("！！")]) == [raw("！！")]


def test_sets_of_other_comments_are_learnt_whole(tmp_path: Path) -> None:
    assert repeats(tmp_path).without("cold", [raw(MEASURED)]) == [raw(MEASURED)]
    empty = tmp_path / "nothing"
    empty.mkdir()
    assert Repeats.of(empty, TABLES).without("toxicn", [raw(MEASURED)]) == [raw(MEASURED)]


def test_training_asks_which_rows_to_keep(tmp_path: Path) -> None:
    a_set(tmp_path, "toxicn", "train", [MEASURED, "今天风大"])
    nothing = tmp_path / "rows"
    nothing.mkdir()
    rows = training_rows(tmp_path, "research", nothing, repeats(tmp_path).without)
    assert [each.text for each in rows] == ["今天风大"]


def test_our_rows_step_back_where_rows_of_the_very_places_are_learnt_from() -> None:
    ours = Row("甲", {Label.SPAM: True}, "own", 3.0)
    few = Row("乙", {Label.SPAM: True}, "chineseharm")
    assert weighed(ours, "permissive") == ours
    assert weighed(ours, "research").weight < ours.weight
    assert weighed(few, "research").weight > few.weight
