"""A rumour that spreads decides the same in every replay, and as the tool for cascades says."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cli.app import run
from services.cli.errors import guarded
from services.cli.replay.engine import replay as engine
from shared.testing.pytest_plugin import Replayer
from shared.testing.report import ReplayReport

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
SPREADS = RECORDINGS / "rumour-spreads.jsonl"
LINES = SPREADS.read_text(encoding="utf-8").splitlines()
FIRST = "m1"


@cache
def whole() -> ReplayReport:
    """Return the spreading rumour as the shipped rules and weights decide it; computed once."""
    return engine(SPREADS)


def readings(decisions: Sequence[str]) -> list[Mapping[str, object]]:
    told = [json.loads(each) for each in decisions]
    return [each for each in told if each["kind"] == "rumour.weighed"]


def test_a_rumour_that_spreads_is_decided_as_reviewed(replay: Replayer) -> None:
    report = replay.expect(SPREADS, RECORDINGS / "rumour-spreads.expected.txt", pack="company")
    assert report.accounted
    told = readings(report.decisions)
    first = [each for each in told if each["case_id"] == told[0]["case_id"]]
    assert [each["minutes"] for each in first] == [0, 5, 15, 30, 60, 360]
    assert [each["reposts"] for each in first] == [0, 5, 11, 15, 19, 21]


@settings(max_examples=8, deadline=None)
@given(cut=st.integers(min_value=0, max_value=len(LINES)))
def test_a_prefix_of_a_spreading_rumour_is_a_prefix_of_its_decisions(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    part = tmp_path_factory.mktemp("cut") / "part.jsonl"
    part.write_text("\n".join(LINES[:cut]), encoding="utf-8")
    head = engine(part)
    assert head.decisions == whole().decisions[: len(head.decisions)]


def test_the_fold_believes_what_the_tool_for_cascades_believes(
    replay: Replayer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = readings(replay(SPREADS).decisions)
    cascade = [json.loads(each) for each in LINES]
    own = [each for each in cascade if FIRST in {each["id"], each.get("parent")}]
    lines = [
        {**each, "event": "e", "kind": "repost" if each.get("parent") else "post"} for each in own
    ]
    file = tmp_path / "cascade.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in lines), encoding="utf-8")
    assert guarded(lambda: run(["classify", "cascade", str(file)], {})) == 0
    answer = json.loads(capsys.readouterr().out)
    by_minute = dict(zip(answer["minutes"], answer["p"], strict=True))
    folded = {
        each["minutes"]: each["likely"]
        for each in told
        if each["case_id"] == told[0]["case_id"] and each["minutes"] != 360
    }
    assert set(folded) == {0, 5, 15, 30, 60}
    for minute, likely in folded.items():
        assert likely == min(max(round(1000 * by_minute[minute]), 1), 999)
