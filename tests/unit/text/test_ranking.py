"""Texts found by their words: whole numbers, so the order is the same everywhere."""

import math

from hypothesis import given
from hypothesis import strategies as st

from shared.text.ranking import Ranking, _log2
from shared.text.words import words_of

TEXTS = [
    words_of("停车费怎么收，多少钱一小时"),
    words_of("停车场几点关门"),
    words_of("退款什么时候到账"),
]


def test_what_shares_more_and_rarer_words_stands_first() -> None:
    found = Ranking(TEXTS).find(words_of("请问停车费一小时多少钱"))
    assert [each.place for each in found][:1] == [0]
    assert found[0].words >= 2
    assert Ranking(TEXTS).find(words_of("退款到账")) == [
        each for each in Ranking(TEXTS).find(words_of("退款到账")) if each.place == 2
    ]


def test_nothing_shared_is_nothing_found() -> None:
    assert Ranking(TEXTS).find(["天气"]) == []
    assert Ranking([]).find(["天气"]) == []


def test_words_without_weight_and_marks_are_left_out() -> None:
    assert words_of("请问，这个的是什么？") == []
    assert words_of("APP 打不开") == ["app", "打不开"]


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_the_logarithm_is_that_of_the_school_rounded_down(above: int, below: int) -> None:
    above, below = max(above, below), min(above, below)
    assert abs(_log2(above, below) - math.log2(above / below) * 1024) <= 1


@given(st.lists(st.lists(st.sampled_from("甲乙丙丁戊"), max_size=8), max_size=8))
def test_a_text_asked_for_by_its_own_words_is_covered_whole(texts: list[list[str]]) -> None:
    ranking = Ranking(texts)
    for place, words in enumerate(texts):
        found = {each.place: each for each in ranking.find(words)}
        assert not words or found[place].covered == 1000
        assert all(each.score >= 0 for each in found.values())
