"""The figures of `zhishou evaluate`, on sets small enough to reckon by hand."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from services.classify.core.cascade_lines import Cascade
from services.classify.evaluation.figures import (
    bar_for_flagged,
    bar_for_recall,
    calibration_error,
    figures,
    surest_accuracy,
)
from services.classify.evaluation.goals import GOALS, markdown, table
from services.classify.evaluation.measure import calibration, evaluate
from shared.contracts.verdicts import Label, Verdict
from shared.runtime.text_tables import load_tables

TABLES = load_tables()
SURE, UNSURE = 0.9, 0.1
ATTACK, PLAIN = "你这种人真坏", "今天天气不错"
KINDS = ("homophone", "pinyin")


class Keyword:
    """Believes in a label where its word stands; research weights, to be asked everything."""

    model = "research-0"
    words: ClassVar = {
        Label.ABUSE: "坏", Label.COMPLAINT: "投诉", Label.RUMOUR: "听说", Label.SELF_HARM: "不想活",
        Label.QUESTION: "请问", Label.GAMBLING: "下注",
    }  # fmt: skip

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        return [self._judged(text) for text in texts]

    def _judged(self, text: str) -> Verdict:
        labels = dict.fromkeys(Label, UNSURE) | {
            label: SURE for label, word in self.words.items() if word in text
        }
        decided = tuple(label for label, value in labels.items() if value == SURE)
        return Verdict.of(labels, decided=decided, model=self.model)

    def foretell(
        self, cascades: Sequence[Cascade], texts: Sequence[float] | None = None
    ) -> list[list[float]]:
        believed = [SURE] * len(cascades) if texts is None else texts
        return [[each] * 7 for each in believed]


Rows = list[tuple[str, dict[str, int], dict[str, str]]]


def a_set(folder: Path, name: str, rows: Rows) -> None:
    lines = [
        json.dumps({"id": f"{name}-{place}", "text": text, "labels": labels, "meta": meta})
        for place, (text, labels, meta) in enumerate(rows)
    ]
    for split in ("dev", "train"):
        (folder / f"{name}.{split}.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Return a folder with a few rows of every set, all of them judged rightly by Keyword."""
    both: Rows = [(ATTACK, {"offensive": 1}, {}), (PLAIN, {"offensive": 0}, {})] * 6
    for name in ("cold", "toxicn", "toxicloak"):
        a_set(tmp_path, name, both)
    fine = [(text, labels, {"fine": ("anti_bias", "attack_group")[labels["offensive"]]})
            for text, labels, _ in both]  # fmt: skip
    a_set(tmp_path, "cold_hand", fine)
    a_set(tmp_path, "cntp", [(ATTACK, {"offensive": 1}, {"perturbation": each}) for each in KINDS])
    evaded = [
        (text, labels, {"perturbation": kind, "base": f"cold-{place}"})
        for kind in KINDS
        for place, (text, labels, _) in enumerate(both[:2])
    ]
    a_set(tmp_path, "cold_evade", evaded)
    for name in ("shopping", "waimai", "hotel"):
        a_set(tmp_path, name, [("投诉你们", {"negative": 1}, {}), (PLAIN, {"negative": 0}, {})])
    petitions: Rows = [
        ("投诉噪音", {"complaint": 1, "inquiry": 0, "suggestion": 0}, {}),
        ("请问电话", {"complaint": 0, "inquiry": 1, "suggestion": 0}, {}),
    ]
    a_set(tmp_path, "fz12345", petitions)
    a_set(tmp_path, "smp2020", [(PLAIN, {"angry": 0}, {})])
    a_set(tmp_path, "sos1k", [("我不想活了", {"self_harm": 1}, {}), (PLAIN, {"self_harm": 0}, {})])
    none = dict.fromkeys(("gambling", "porn", "abuse", "fraud", "illicit_ad"), 0)
    a_set(tmp_path, "chineseharm", [("来下注", none | {"gambling": 1}, {}), (PLAIN, none, {})])
    for name in ("ced", "weibo17", "checked", "ltcr"):
        rows: Rows = [(f"听说{name}停水第{each}天", {"rumour": 1}, {}) for each in range(6)]
        rows += [(f"{name}今天天气第{each}回不错", {"rumour": 0}, {}) for each in range(6)]
        a_set(tmp_path, name, rows)
    streams = tmp_path / "streams"
    streams.mkdir()
    post = {
        "event": "x",
        "kind": "post",
        "text": "听说要停水",
        "dt_s": 0,
        "event_label": {"rumour": 1},
    }
    city = {"id": "1", "text": PLAIN}
    for name, line in (("ced_events", post), ("fuzhou_weibo", city)):
        (streams / f"{name}.jsonl.gz").write_bytes(gzip.compress(json.dumps(line).encode()))
    return tmp_path


def test_who_is_always_right_reaches_every_goal_of_quality(sets: Path) -> None:
    told: list[str] = []
    report = evaluate(Keyword(), sets, told.append, tables=TABLES, peers=True)
    rows = {str(row["measure"]): row for row in table(report.measures, "research")}
    by_quality = [goal.name for goal in GOALS if not goal.name.startswith(("speed", "single"))]
    assert [name for name in by_quality if rows[name]["value"] is None] == ["worst_ece"]
    assert report.measures["cold_hand_macro_f1"] == 1.0
    assert report.measures["anti_bias_flagged"] == 0.0
    assert report.measures["evasion_loss_worst"] == 0.0
    assert report.measures["cntp_recall_mean"] == 1.0
    assert report.measures["self_harm_recall"] == 1.0
    assert report.measures["complaint_mix_macro_f1"] == 1.0
    assert report.measures["harm_classes_macro_f1"] == 1.0
    assert report.measures["cascade_accuracy_15"] == 1.0
    assert report.measures["city_posts_complaints"] == 0.0
    assert report.sets["cold"]["offensive"]["macro_f1"] == 1.0
    assert report.speed["single_p99_ms"] >= 0
    assert told


def test_what_a_folder_does_not_hold_is_told_as_unknown(tmp_path: Path) -> None:
    a_set(tmp_path, "hotel", [("投诉", {"negative": 1}, {}), (PLAIN, {"negative": 0}, {})])
    report = evaluate(Keyword(), tmp_path, lambda _: None, tables=TABLES, peers=True)
    assert list(report.sets) == ["hotel", "own_later"]
    rows = table(report.measures, "permissive")
    missing = [row for row in rows if row["value"] is None]
    assert all(row["reached"] is None for row in missing)
    assert len(missing) > len(rows) / 2


def test_the_table_says_what_was_reached_and_what_was_missed() -> None:
    rows = table({"anti_bias_flagged": 0.5, "cold_hand_ratio": 1.03}, "permissive")
    reached = {row["measure"]: row["reached"] for row in rows}
    assert reached["anti_bias_flagged"] is False
    assert reached["cold_hand_ratio"] is True
    assert reached["toxicn_macro_f1"] is None
    text = markdown(rows)
    assert len(text.splitlines()) == len(GOALS) + 2
    assert "missed" in text
    assert "≤ 0.45" in text


def test_figures_of_a_column_are_the_usual_ones() -> None:
    truth = np.array([True, True, False, False])
    belief = np.array([0.9, 0.4, 0.6, 0.1])
    told = figures(truth, belief, belief >= 0.5)
    assert told["accuracy"] == told["precision"] == told["recall"] == 0.5
    assert told["positives"] == 2
    assert calibration_error(truth, belief) == pytest.approx((0.1 + 0.6 + 0.6 + 0.1) / 4)
    assert surest_accuracy(truth, belief, 0.5) == 1.0


def test_bars_follow_from_what_they_must_catch_or_may_flag() -> None:
    belief = np.arange(10) / 10
    assert (belief >= bar_for_recall(belief, 0.8)).mean() == 0.8
    assert (belief >= bar_for_flagged(belief, 0.2)).mean() == 0.2
    assert (belief >= bar_for_flagged(belief, 0.0)).mean() == 0.0


def test_calibration_counts_large_sets_of_two_classes_only() -> None:
    row = {"rows": 500.0, "positives": 100.0, "ece": 0.05}
    columns = {
        "cold": {"offensive": row},
        "toxicn": {"offensive": row | {"ece": 0.3}},
        "cntp": {"offensive": row | {"ece": 0.9, "positives": 500.0}},
        "sos1k": {"self_harm": row | {"ece": 0.8, "rows": 200.0}},
    }
    assert calibration(columns, "permissive") == {"worst_ece": 0.05, "worst_ece_of_all": 0.3}
    assert calibration(columns, "research")["worst_ece"] == 0.3
