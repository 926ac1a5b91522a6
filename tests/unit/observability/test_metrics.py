"""Every metric and line of log has one row, and every row is used."""

import re
from pathlib import Path

import pytest

from shared.observability.catalog import Event
from shared.observability.metrics import Metric, Metrics

ROOT = Path(__file__).resolve().parents[3]


def test_every_row_is_registered_under_a_name_of_its_own() -> None:
    names = [metric.value.name for metric in Metric]
    assert len(set(names)) == len(names)
    assert all(name.startswith("zhishou_") for name in names)
    text = Metrics().text().decode()
    assert all(metric.value.help in text for metric in Metric)


def test_counters_gauges_and_times_add_up() -> None:
    metrics = Metrics()
    metrics.count(Metric.ITEMS_RECEIVED, 3, platform="weibo", kind="comment")
    metrics.count(Metric.CASES_OPENED)
    metrics.set(Metric.TERM, 7)
    metrics.set(Metric.SOURCE_OK, 1, account="a", source="poll")
    metrics.observe(Metric.FOLD_DELAY, 0.02)
    metrics.observe(Metric.HTTP_TIME, 0.02, route="/queue")
    with metrics.timed(Metric.CLASSIFY_BATCH):
        pass
    with metrics.timed(Metric.HTTP_TIME, route="/queue"):
        pass
    assert metrics.value(Metric.ITEMS_RECEIVED, platform="weibo", kind="comment") == 3
    assert metrics.value(Metric.CASES_OPENED) == 1
    assert metrics.value(Metric.TERM) == 7
    assert metrics.value(Metric.ITEMS_DUPLICATE, platform="weibo") == 0
    text = metrics.text().decode()
    assert 'zhishou_http_request_seconds_count{route="/queue"} 2.0' in text


def test_two_processes_in_one_do_not_share_figures() -> None:
    one, two = Metrics(), Metrics()
    one.count(Metric.CASES_OPENED)
    assert two.value(Metric.CASES_OPENED) == 0


@pytest.mark.parametrize("table", [Metric, Event])
def test_every_row_is_measured_or_written_somewhere(table: type[Metric | Event]) -> None:
    sources = [each for top in ("services", "shared") for each in (ROOT / top).rglob("*.py")]
    code = "\n".join(each.read_text(encoding="utf-8") for each in sources)
    named = rf"\b{table.__name__}\.(\w+)"
    assert {each.name for each in table} <= set(re.findall(named, code))


def test_what_a_runbook_looks_for_is_a_line_that_is_written() -> None:
    said = [each.read_text(encoding="utf-8") for each in (ROOT / "docs/runbooks").glob("*.md")]
    lines = [line for text in said for line in text.splitlines() if "og line" in line]
    names = {name for line in lines for name in re.findall(r"`([a-z]+\.[a-z_]+)`", line)}
    assert names
    assert names <= {each.value for each in Event}
