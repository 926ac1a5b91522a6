"""The goals of speed, as ratios inside one run of `zhishou bench`; each misses by itself."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.cli.app import run
from services.cli.errors import guarded

TIMES_THE_RELAY = 3.3
TIMES_LESS_THAN_THE_TWIN = 8.0
COLD_START_SECONDS = 2.0
QUIET = 0.3
"""Cores that others keep busy; above it no wall time means anything."""

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    out = tmp_path_factory.mktemp("bench") / "figures.json"
    assert guarded(lambda: run(["bench", "--out", str(out)], {})) == 0
    found: Mapping[str, Any] = json.loads(out.read_text())
    return found


def test_an_item_costs_little_more_than_its_way(figures: Mapping[str, Any]) -> None:
    assert figures["cpu_ratio_to_relay"] <= TIMES_THE_RELAY


def test_an_item_costs_far_less_than_by_the_message(figures: Mapping[str, Any]) -> None:
    assert figures["cpu_ratio_faststream_to_pipeline"] >= TIMES_LESS_THAN_THE_TWIN


def test_a_house_gives_its_first_verdict_soon(figures: Mapping[str, Any]) -> None:
    if figures["foreign_load"] > QUIET:
        pytest.skip(f"others kept {figures['foreign_load']} cores busy")
    assert figures["cold_start_s"] <= COLD_START_SECONDS


def test_everything_was_on(figures: Mapping[str, Any]) -> None:
    assert {"archive", "classify", "metrics", "respond", "watchdog"} <= set(figures["on"])
    assert figures["pipeline"]["cases"] >= figures["pipeline"]["items"] / 20
