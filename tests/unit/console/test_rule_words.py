"""What rules and replays say in codes is read in the words of the trade."""

import pytest

from services.respond.console.catalog import load_catalogs
from services.respond.console.render import HERE
from services.respond.console.rule_words import in_words, rule_in_words

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
        == "条件 case.private；受理（分钟） 5；标签 投诉、传言·待核实"
    )
    assert rule_in_words("稍等", ZH) == "稍等"
    assert rule_in_words("unheard: 5", ZH) == "unheard 5"
