"""What rules and replays say in codes is read in the words of the trade."""

import pytest

from services.respond.console.catalog import load_catalogs
from services.respond.console.condition_words import condition_in_words
from services.respond.console.render import HERE
from services.respond.console.rule_words import in_words, rule_in_words
from services.respond.core.policy import LINE_CHARS

ZH = load_catalogs(HERE / "locale")["zh"]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("acknowledge 30 min, first reply 240 min", "受理 30 分钟、首次回复 240 分钟"),
        ("60, 1440", "受理 60 分钟、首次回复 1440 分钟"),
        ("complaint, rumour, severity 65", "投诉、传言·待核实，严重度 65"),
        ("complaint, concern", "投诉、担忧"),
        ("block refusal", "禁止 推脱"),
        ("pass", "通过"),
        ("hold: 让人干等", "暂缓 让人干等"),
        ("opens", "立工单"),
        ("general-receipt", "general-receipt"),
        ("", ""),
    ],
)
def test_each_side_of_a_comparison_is_read_in_words(said: str, read: str) -> None:
    assert in_words(said, ZH).split() == in_words(said, ZH).split()
    assert in_words(said, ZH).startswith(read.split(maxsplit=1)[0] if read else "")


def test_a_rule_is_read_field_by_field() -> None:
    assert (
        rule_in_words("when: case.private; acknowledge_minutes: 5; labels: complaint, rumour", ZH)
        == "条件 是私信；受理（分钟） 5；标签 投诉、传言·待核实"
    )
    assert rule_in_words("稍等", ZH) == "稍等"
    assert rule_in_words("unheard: 5", ZH) == "unheard 5"


def test_what_goes_without_saying_is_left_out_of_a_rule() -> None:
    said = (
        "id: own.words-1; title: 不许诺当天退款; when: true; check: words;"
        " params: labels: own: own-words-1; verdict: hold; ours: true; at_gate: true;"
        " across: false; examples: input: kind: reply; text: 您好; speaks: true"
    )
    assert rule_in_words(said, ZH) == (
        "名称 不许诺当天退款；检查 出现某些词；结论 暂缓；发前检查时问"
    )
    assert rule_in_words("params: unheard: 3; other: 1", ZH) == "参数 unheard 3；那一栏 1"


def test_a_rule_that_was_cut_ends_at_a_whole_field() -> None:
    said = ("title: 不许诺; verdict: hold; reason: " + "长" * LINE_CHARS)[:LINE_CHARS]
    assert rule_in_words(said, ZH) == "名称 不许诺；结论 暂缓…"
    assert rule_in_words("长" * LINE_CHARS, ZH) == "长" * LINE_CHARS + "…"


@pytest.mark.parametrize(
    ("when", "read"),
    [
        ("true", "所有来言"),
        ("'self_harm' in case.labels", "标签含轻生风险"),
        ("case.labels == ['praise']", "标签只有表扬"),
        (
            "case.severity >= 70 || author.followers >= 1000000",
            "严重度至少 70，或粉丝至少 1000000",
        ),
        (
            "('injury' in case.topics || case.private) && case.alike >= 5",
            "（主题含人身伤害，或是私信），并且一小时内同类至少 5 条",
        ),
        ("case.private && case.degraded", "是私信，并且没能完整判断"),
        ("size(case.labels) > 2", ""),
        ("author.followers >= other", ""),
        ("'x' in case.words", ""),
    ],
)
def test_a_condition_is_a_sentence_or_stays_code(when: str, read: str) -> None:
    assert condition_in_words(when, ZH, {"injury": "人身伤害"}) == read


def test_a_condition_is_a_sentence_in_english_too() -> None:
    english = load_catalogs(HERE / "locale")["en"]
    assert "(" in condition_in_words("(case.private || case.degraded)", english, {})
