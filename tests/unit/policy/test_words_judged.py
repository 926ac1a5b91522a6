"""Words and the classifier together: a word is enough, the classifier alone only where it is sure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from shared.policy.checks.evaluate import answer, evaluate
from shared.policy.checks.given import Given
from shared.runtime.books import ALL, Shelf
from shared.runtime.settings import default_policies_dir

pytestmark = pytest.mark.space

DAY = date(2026, 3, 2)
BOOK = Shelf(default_policies_dir()).book(ALL)
NAME = st.text(alphabet="甲乙丙丁云海山林春秋东西南北", min_size=2, max_size=4)


def said(rule: str, told: Mapping[str, object], **sure: int) -> Mapping[str, Any]:
    body = Given.of(told)
    return answer(evaluate(BOOK.only(rule), body, DAY, lambda _: sure), body)


@seed(21)
@settings(max_examples=60, deadline=None)
@given(NAME, st.integers(0, 1000))
def test_the_classifier_speaks_alone_only_where_it_is_sure(name: str, sure: int) -> None:
    told = {"kind": "post", "text": name}
    answered = said("INSURE-9-7", told, abuse=sure)
    assert answered["verdict"] == ("block" if sure >= 700 else "pass")
    if sure >= 700:
        place = answered["findings"][0]
        assert (place["start"], place["end"], place["text"]) == (0, len(name), name)
        assert answered["label"] == "insult"


@pytest.mark.parametrize("words", ["代开", "日结", "低价"])
def test_what_it_is_less_good_at_needs_a_word_beside_it(words: str) -> None:
    plainly = {"kind": "post", "text": "新到一批"}
    assert said("SANMU-8-1", plainly, spam=990)["verdict"] == "pass"
    beside = {"kind": "post", "text": f"新到一批，{words}"}
    assert said("SANMU-8-1", beside, spam=990)["label"] == "illegal_trade"
    assert said("SANMU-8-1", beside, spam=699)["verdict"] == "pass"


def test_a_word_that_was_found_needs_no_classifier_and_news_of_it_is_spared() -> None:
    told = {"kind": "post", "text": "来玩百家乐"}
    assert said("INSURE-9-6", told)["label"] == "gambling"
    news = {"kind": "post", "text": "警方捣毁一处窝点"}
    assert said("INSURE-9-6", news, gambling=1000)["verdict"] == "pass"


def test_without_a_classifier_words_alone_decide_and_an_empty_field_is_not_judged() -> None:
    body = Given.of({"kind": "repost", "text": "转", "source_text": ""})
    asked = BOOK.only("CHERY-2.3b")
    assert answer(evaluate(asked, body, DAY), body)["verdict"] == "pass"
    assert answer(evaluate(asked, body, DAY, lambda text: {"abuse": 1000 * bool(text == "")}), body)[
        "verdict"
    ] == "pass"  # fmt: skip


SELLING = ("出售", "低价", "批发", "求购")
NEVER = ("高仿", "假证", "仿真枪", "野味", "假币", "考题", "迷药")
OFFERED = ("私聊", "包邮", "有货", "现货", "到付")


@seed(22)
@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SELLING), st.sampled_from(OFFERED), st.sampled_from(NEVER), NAME)
def test_what_nobody_may_sell_is_found_on_either_side_of_the_offer(
    verb: str, offer: str, goods: str, name: str
) -> None:
    for text in (f"{verb}{name}{goods}", f"{goods}{name}{offer}"):
        assert said("PROJ-8-1", {"kind": "post", "text": text})["label"] == "illegal_trade"
    warned = {"kind": "post", "text": f"警方提醒，{verb}{goods}是违法行为"}
    assert said("PROJ-8-1", warned)["verdict"] == "pass"


ORGANS = ("法院", "派出所", "城管", "税务局")
SLURS = ("吃干饭", "收黑钱", "就是摆设", "跟土匪一样", "官官相护")


@seed(23)
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ORGANS), st.sampled_from(SLURS), NAME)
def test_a_slur_on_an_organ_is_found_and_its_own_work_is_not(
    organ: str, slur: str, name: str
) -> None:
    told = {"kind": "post", "text": f"{name}{organ}{slur}"}
    assert said("INSURE-9-8", told)["label"] == "state_organ_credit"
    work = {"kind": "post", "text": f"{name}{organ}通报案件，打击{slur}者"}
    assert said("INSURE-9-8", work)["verdict"] == "pass"


@seed(24)
@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("听同学说", "群里说", "有家长说", "网上流传", "外面都传")),
    st.sampled_from(("要倒闭", "有人猝死", "查出肺结核", "被带走", "停水一周")),
    NAME,
    st.sampled_from(("", "，", "、")),
)
def test_hearsay_of_harm_is_a_rumour_whoever_says_it(
    who: str, harm: str, name: str, pause: str
) -> None:
    told = {"kind": "comment", "text": f"{who}{pause}{name}{harm}"}
    assert said("UNIV-11-2", told)["label"] == "rumour"
    calm = {"kind": "comment", "text": f"{name}今天{who[-1]}好天气"}
    assert said("UNIV-11-2", calm)["verdict"] == "pass"
