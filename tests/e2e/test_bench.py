"""The bench counts what it says it counts; its figures are reported, never asserted."""

import json

import pytest

from services.classify.training.data import OWN_ROWS
from services.cli.app import run
from services.cli.bench.load import CASES_IN_TEN, items
from services.cli.errors import guarded


@pytest.mark.servers
def test_every_item_goes_through_and_every_process_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guarded(lambda: run(["bench", "--items", "512", "--json"], {})) == 0
    figures = json.loads(capsys.readouterr().out)
    pipeline = figures["pipeline"]
    assert pipeline["items"] == 512
    assert pipeline["cases"] >= 1
    processes = pipeline["cpu_us_per_item_by_process"]
    assert set(processes) == {"nats", "valkey", "respond", "classify", "archive"}
    assert pipeline["cpu_us_per_item"] == pytest.approx(sum(processes.values()), abs=1.0)
    assert 0 < pipeline["p50_ms"] <= pipeline["p99_ms"]
    assert all(value > 0 for value in figures["stages"].values())


def test_one_item_in_ten_complains_and_all_are_different() -> None:
    load = list(items(200, OWN_ROWS, run="t"))
    assert len({each.item_id for each in load}) == 200
    assert len({each.author.author_id for each in load}) == 200
    assert CASES_IN_TEN == 1
    assert list(items(200, OWN_ROWS, run="t")) == load
