"""Every figure that an alert or a panel asks for is measured; every alert has its runbook."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import promql_parser
import pytest
import yaml

from shared.observability.metrics import Metric, Spec

ROOT = Path(__file__).resolve().parents[2]
ALERTS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((ROOT / "deploy/grafana/zhishou.json").read_text(encoding="utf-8"))
SCRAPE = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
RUNBOOKS = ROOT / "docs" / "runbooks"
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
EXPRESSIONS = sorted({*(rule["expr"] for rule in RULES), *PANELS})
SCRAPED_LABELS = {"service", "job", "instance"}


def series() -> dict[str, Spec | None]:
    """Return every series name that a scrape gives; None for Prometheus' own."""
    found: dict[str, Spec | None] = {"up": None}
    for metric in Metric:
        spec = metric.value
        ends = ("_bucket", "_sum", "_count") if spec.kind == "histogram" else ("",)
        found |= {spec.name + end: spec for end in ends}
    return found


SERIES = series()


def selectors(node: object) -> Iterator[promql_parser.VectorSelector]:
    """Yield every series selector below a parsed expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("lhs", "rhs", "expr", "param", "vector_selector"):
        below = getattr(node, name, None)
        if below is not None:
            yield from selectors(below)
    for below in getattr(node, "args", ()):
        yield from selectors(below)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_parses_and_asks_only_for_what_is_measured(expression: str) -> None:
    asked = list(selectors(promql_parser.parse(expression)))
    assert len(asked) == len(re.findall(r"\bzhishou_\w+|\bup\b", expression))
    for selector in asked:
        assert selector.name in SERIES
        spec = SERIES[selector.name]
        known = SCRAPED_LABELS | set(spec.labels if spec else ())
        assert {each.name for each in selector.matchers.matchers} <= known


def test_grouping_uses_labels_that_exist() -> None:
    labels = (
        SCRAPED_LABELS
        | {"le"}
        | {each for spec in SERIES.values() if spec for each in spec.labels}
    )
    for expression in EXPRESSIONS:
        for group in re.findall(r"by \(([^)]*)\)", expression):
            assert {each.strip() for each in group.split(",")} <= labels


def test_every_alert_has_a_runbook_of_its_name_and_the_reverse() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(set(names)) == len(names)
    pages = {page.stem for page in RUNBOOKS.glob("Zhishou*.md")}
    assert pages == set(names)
    index = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["runbook"] == f"docs/runbooks/{rule['alert']}.md"
        assert f"({rule['alert']}.md) | {rule['labels']['severity']} |" in index


def test_every_runbook_says_where_to_look_and_what_to_do() -> None:
    for page in RUNBOOKS.glob("Zhishou*.md"):
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.stem}\n")
        look, do = text.index("\n## Look\n- "), text.index("\n## Do\n1. ")
        assert 0 < look < do


def test_a_metric_named_in_a_runbook_exists() -> None:
    for page in RUNBOOKS.glob("*.md"):
        named = set(re.findall(r"`(zhishou_\w+)`", page.read_text(encoding="utf-8")))
        assert named <= {metric.value.name for metric in Metric}, page.name


def test_summaries_use_only_labels_their_alert_keeps() -> None:
    for rule in RULES:
        used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        kept = {
            each.strip()
            for by in re.findall(r"by \(([^)]*)\)", rule["expr"])
            for each in by.split(",")
        }
        specs = [SERIES[str(each.name)] for each in selectors(promql_parser.parse(rule["expr"]))]
        own = SCRAPED_LABELS | {label for spec in specs if spec for label in spec.labels}
        assert used <= (kept or own), rule["alert"]


def test_every_service_is_scraped() -> None:
    [job] = SCRAPE["scrape_configs"]
    named = {each["labels"]["service"] for each in job["static_configs"]}
    services = {each.parent.name for each in (ROOT / "services").glob("*/__main__.py")}
    assert named >= services - {"cli"}


def test_panels_do_not_overlap() -> None:
    places: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not places & cells
        places |= cells
