"""The bench counts what it says it counts; its figures are reported, never asserted."""

import json
from hashlib import sha256

import pytest

from services.cli.app import run
from services.cli.bench import others
from services.cli.bench.load import CASES_IN_TEN, ROWS, items
from services.cli.bench.rounds import Round, Score
from services.cli.errors import guarded

KEYS = {"cpu_us_per_item", "cpu_us_per_item_by_process", "items_per_s", "items", "rounds"}
FROZEN = "5e22bf109f276f474307851ea2e64b525d251921949749ff505f3e8874d372c1"
SHORT = ["bench", "--items", "512", "--rounds", "1", "--cold-starts", "0", "--json"]


@pytest.mark.servers
def test_every_item_goes_through_and_every_process_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guarded(lambda: run([*SHORT, "--against", "relay,faststream"], {})) == 0
    figures = json.loads(capsys.readouterr().out)
    pipeline = figures["pipeline"]
    assert pipeline["items"] == 512
    assert pipeline["cases"] >= 1
    processes = pipeline["cpu_us_per_item_by_process"]
    assert set(processes) >= {"nats", "valkey", "respond", "classify", "archive", "watchdog"}
    assert pipeline["cpu_us_per_item"] == pytest.approx(sum(processes.values()), abs=1.0)
    assert 0 < pipeline["p50_ms"] <= pipeline["p99_ms"]
    assert pipeline["peak_rss_mb"] > 0
    for name, roles in (("relay", {"middle", "sink"}), ("faststream", {"classify", "respond"})):
        assert set(figures[name]) == KEYS
        assert set(figures[name]["cpu_us_per_item_by_process"]) == {"nats", "valkey", *roles}
    assert figures["cpu_ratio_to_relay"] > 0
    assert figures["cpu_ratio_faststream_to_pipeline"] > 0
    assert {"archive", "metrics"} <= set(figures["on"])


def test_one_item_in_ten_complains_and_all_are_different() -> None:
    load = list(items(200, ROWS, run="t"))
    assert len({each.item_id for each in load}) == 200
    assert len({each.author.author_id for each in load}) == 200
    assert CASES_IN_TEN == 1
    assert list(items(200, ROWS, run="t")) == load


def test_ratios_are_the_middle_of_those_of_rounds_side_by_side() -> None:
    ours = Score([Round(100, 1.0, {"a": seconds}) for seconds in (0.3, 0.9, 8.0)])
    theirs = Score([Round(100, 1.0, {"b": seconds}) for seconds in (0.1, 0.3, 1.0)])
    assert ours.ratio_to(theirs) == 3.0
    assert ours.figures()["cpu_us_per_item"] == 9000.0


def test_a_name_nobody_has_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert guarded(lambda: run(["bench", "--against", "celery"], {})) == 2
    assert "relay, faststream" in capsys.readouterr().err


def test_the_ceiling_is_short_and_frozen() -> None:
    relay = others.KINDS["relay"].path.read_bytes()
    assert len(relay.splitlines()) <= 150
    assert sha256(relay).hexdigest() == FROZEN, "what is measured against is not tuned"
