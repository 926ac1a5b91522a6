"""Pictures of how far the model can be trusted: points that can be reckoned by hand."""

import re
from pathlib import Path

import numpy as np
import pytest

from services.classify.evaluation.curves import abstaining, draw, reliability
from services.cli.app import run
from services.cli.errors import guarded
from tests.unit.classify.test_evaluation import ATTACK, PLAIN, Keyword, a_set

TRUTH = np.array([False, True, False, True, True])
BELIEF = np.array([0.05, 0.05, 0.45, 0.95, 0.85])


def test_each_bin_tells_what_was_believed_and_what_was_so() -> None:
    points = reliability(TRUTH, BELIEF)
    assert [(round(x, 2), y) for x, y, _ in points] == [
        (0.05, 0.5),
        (0.45, 0),
        (0.85, 1),
        (0.95, 1),
    ]
    assert sum(share for *_, share in points) == pytest.approx(1)


def test_who_answers_only_what_is_sure_is_right_more_often() -> None:
    points = abstaining(TRUTH, BELIEF)
    assert points[-1][:2] == (1.0, 4 / 5)
    assert [x for x, *_ in points] == sorted(x for x, *_ in points)
    assert all(0.2 <= x <= 1 for x, *_ in points)


def test_both_pictures_are_drawn_of_what_has_rows_enough(tmp_path: Path) -> None:
    for name, half in (("cold_hand", 200), ("toxicn", 100)):
        a_set(
            tmp_path, name, [(PLAIN, {"offensive": 0}, {}), (ATTACK, {"offensive": 1}, {})] * half
        )
    drawn = draw(Keyword(), tmp_path, tmp_path / "out")
    assert [each.name for each in drawn] == ["reliability.svg", "abstaining.svg"]
    reliable, abstained = (each.read_text("utf-8") for each in drawn)
    for told in (reliable, abstained):
        assert "cold_hand: offensive" in told
        assert "toxicn: offensive" not in told, "too few rows to say anything"
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', reliable)
    assert dots == [("16.0", "160.0"), ("144.0", "0.0")]
    assert "<circle" not in abstained


def test_where_there_is_nothing_to_draw_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["curves", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    assert guarded(lambda: run(words, {})) == 2
    assert "no labelled data set here" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
