"""A text of which nothing can be read is never silently clean."""

from pathlib import Path

import pytest

from services.classify.adapters.engine import Classifier
from services.classify.core.stance import own_words, quotes
from shared.contracts.verdicts import Label
from shared.runtime.text_tables import load_tables

CLASSIFIER = Classifier.load(Path("nowhere"), load_tables())


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u200d\ufeff", "[图片]", "[语音]", "[位置]"])
def test_nothing_is_denied_of_it_and_a_person_is_asked(text: str) -> None:
    [words, nothing] = CLASSIFIER.judge(["我要投诉", text])
    assert (nothing.labels, nothing.decided, nothing.abstained) == ({}, (), True)
    assert nothing.degraded == ("no_model", "no_text")
    assert words.decided == (Label.COMPLAINT,)
    assert words.degraded == ("no_model",)


@pytest.mark.parametrize("text", ["[微笑]", "[图片]坏了", "?"])
def test_whatever_says_something_is_judged(text: str) -> None:
    [verdict] = CLASSIFIER.judge([text])
    assert "no_text" not in verdict.degraded
    assert verdict.labels


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("已经辟谣了", "1"),
        ("真的假的", "2"),
        ("哈哈好喜欢", "4"),
        ("转发微博", "0"),
        ("转发微博//@河边人:已经辟谣了", "0"),
        ("已经辟谣了//@河边人:哈哈", "1"),
        ("看 http://t.cn/abc 已经辟谣了", "1"),
    ],
)
def test_what_a_text_does_with_what_it_passes_on_is_told_by_its_own_words(
    text: str, says: str
) -> None:
    [verdict] = CLASSIFIER.judge([text])
    assert verdict.says == says


def test_what_is_quoted_begins_where_others_speak_and_not_in_an_address() -> None:
    assert own_words("看//@甲:乙//@丙:丁") == "看"
    assert own_words("看 https://t.cn/x 这里") == "看 https://t.cn/x 这里"
    assert quotes("看//@甲:乙")
    assert not quotes("看 http://t.cn/x 这里")
