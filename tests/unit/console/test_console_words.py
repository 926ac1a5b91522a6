"""Words: times, doubts, evidence, and catalogs that are complete."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.respond.console.catalog import LANGUAGES, load_catalogs
from services.respond.console.render import HERE
from services.respond.console.words import doubt, pieces, severity, span, time_left
from shared.contracts.verdicts import Label, Reason
from shared.errors import UserError

CATALOGS = load_catalogs(HERE / "locale")
ZH, EN = CATALOGS["zh"], CATALOGS["en"]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BY_VALUE = (
    "label.",
    "severity.",
    "weight.",
    "claim.is_",
    "mode.",
    "kind.",
    "slot.",
    "clock.",
    "reason.",
    "level.",
    "gate.level_",
    "reply.status_",
    "case.status_",
    "queue.show_",
    "keys.",
    "status.",
    "platform.",
    "code.",
    "rate.",
    "category.",
    "history.",
    "detail.",
    "degraded.",
    "source.",
    "state.",
    "page_reason.",
    "problem.",
)
PLACE = re.compile(r"\{\w+\}")


def test_every_language_has_the_same_texts_with_the_same_places() -> None:
    assert set(ZH.texts) == set(EN.texts)
    for key, text in ZH.texts.items():
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(EN.texts[key])), key


def test_every_text_is_used_and_every_use_has_a_text() -> None:
    sources = [*(HERE / "templates").glob("*.html"), *HERE.glob("*.py")]
    used: set[str] = set()
    for path in sources:
        used |= set(
            re.findall(r"""\bt\(\s*["']([a-z_.]+)["']""", path.read_text(encoding="utf-8"))
        )
    named = {key for key in used if not key.endswith((".", "_"))}
    assert named <= set(ZH.texts)
    unused = {key for key in ZH.texts if key not in named and not key.startswith(BY_VALUE)}
    assert unused == set()


def test_every_label_has_a_word() -> None:
    for language in LANGUAGES:
        for label in Label:
            assert CATALOGS[language](f"label.{label.value}")


def test_a_missing_catalog_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        load_catalogs(tmp_path)
    assert "zh.toml" in caught.value.line()


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (4, "4 秒", "4 s"),
        (250, "4 分 10 秒", "4 min 10 s"),
        (7740, "2 小时 9 分", "2 h 9 min"),
        (180000, "2 天 2 小时", "2 d 2 h"),
    ],
)
def test_times_are_words(seconds: int, zh: str, en: str) -> None:
    assert span(seconds, ZH) == zh
    assert span(-seconds, EN) == en


@pytest.mark.parametrize(("seconds", "state"), [(301, "ok"), (299, "soon"), (-1, "late")])
def test_time_left_has_a_state(seconds: int, state: str) -> None:
    assert time_left(NOW + timedelta(seconds=seconds), NOW, ZH).state == state


def test_doubt_is_said() -> None:
    assert "请人工判断" in doubt(0.62, ZH)
    assert "likely" in doubt(0.75, EN)
    assert doubt(None, ZH) == "人工已改判"
    assert [severity(n) for n in (90, 60, 30, 3)] == ["critical", "high", "medium", "low"]


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(list(Label))), max_size=8
)


@given(st.text(max_size=30), SPANS)
def test_marking_evidence_never_changes_the_text(
    text: str, spans: list[tuple[int, int, Label]]
) -> None:
    reasons = [
        Reason(label=label, start=a, end=b, source="model", weight=1) for a, b, label in spans
    ]
    cut = pieces(text, reasons)
    assert "".join(each.text for each in cut) == text
