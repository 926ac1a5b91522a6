"""Every metric has one row, and every row can be counted."""

import re
from pathlib import Path

from shared.observability.metrics import Metric, Metrics


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


def test_every_row_is_measured_somewhere() -> None:
    root = Path(__file__).resolve().parents[3]
    table = root / "shared" / "observability" / "metrics.py"
    sources = [each for top in ("services", "shared") for each in (root / top).rglob("*.py")]
    code = "\n".join(each.read_text(encoding="utf-8") for each in sources if each != table)
    unused = [each.name for each in Metric if not re.search(rf"Metric\.{each.name}\b", code)]
    assert unused == []
