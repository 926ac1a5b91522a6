"""Terms stand on words: what people complain of most in filters of others must not happen here."""

from pathlib import Path

import pytest

from services.classify.adapters.engine import Classifier
from services.classify.adapters.lexicon_files import LEXICON_DIR, heads, load_lexicon
from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.adapters.terms import AhoCorasickFinder
from services.classify.core.lexicon import CATEGORIES, HARMS, head
from shared.contracts.verdicts import Label, Verdict
from shared.errors import UserError
from shared.runtime.text_tables import load_tables
from shared.text.normalise import normalise

TABLES = load_tables()
LEXICON = load_lexicon(LEXICON_DIR, TABLES)
assert LEXICON is not None
FINDER, SEGMENTER = AhoCorasickFinder(LEXICON.terms), RjiebaSegmenter()


def harms(*texts: str) -> list[set[str]]:
    """Return the terms that would settle a harm in each text."""
    assert LEXICON is not None
    batch = normalise(texts, TABLES)
    found = LEXICON.on_words(FINDER.find(batch.texts), batch, SEGMENTER.lengths(batch.texts))
    entries = LEXICON.entries(found)
    told: list[set[str]] = [set() for _ in texts]
    for entry, text in zip(entries.term.tolist(), entries.text.tolist(), strict=True):
        category = CATEGORIES[LEXICON.category_of[entry]]
        if LEXICON.strong[entry] and category in HARMS:
            told[text].add(LEXICON.terms[LEXICON.term_of[entry]])
    return told


@pytest.mark.parametrize(
    "text",
    [
        "路口交通灯坏了两天", "请到三号窗口交费", "同事之间要相互关心",
        "小孩得了病毒性感冒", "周末做爱心早餐给孩子", "马上吊销他的执照", "特色情怀小店推荐",
        "他真是个明白人", "裸照明灯泡挺好看", "换一根usb线",
        "她转变态度很快", "泡脚去死皮效果不错", "低能耗家电补贴", "护士做皮下注射很温柔",
        "原汁原味的家乡菜", "他在猫跳河水库钓鱼", "院子里花花绿绿的", "玉米棒子五块钱一斤",
        "白皮书什么时候发布", "危险废物怎么处理", "我们开展预防自杀讲座", "地滚球得分",
        "我的husband在家", "这下遇到大麻烦了",
    ],
)  # fmt: skip
def test_neighbours_make_no_term(text: str) -> None:
    assert harms(text) == [set()]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("线 上 赌 场秒到账", "线上赌场"), ("这个变态又来了", "变态"), ("他从楼上跳河自杀了", "自杀"),
        ("你就是个sb", "sb"), ("你sb啊", "sb"), ("卖色情网站会员", "色情"),
    ],
)  # fmt: skip
def test_a_term_that_is_meant_is_found_as_before(text: str, term: str) -> None:
    assert term in harms(text)[0]


def test_letters_of_two_texts_do_not_join() -> None:
    assert harms("usa", "sb", "b") == [set(), {"sb"}, set()]
    assert harms("") == [set()]


def judged(text: str) -> Verdict:
    assert LEXICON is not None
    blind = Classifier.load(Path("/nowhere"), TABLES)
    return blind.judge([text])[0]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("群里有人教自制炸药，太可怕了", "statutory_terror"),
        ("教主降世，喝符水治百病", "statutory_cult"),
        ("今晚大家去砸，带上家伙", "statutory_incitement"),
        ("出售迷药听话水，货到付款", "statutory_contraband"),
    ],
)
def test_what_the_law_has_somebody_look_at_goes_to_a_person_with_the_reason(
    text: str, rule: str
) -> None:
    verdict = judged(text)
    assert verdict.abstained
    [*_, reason] = [each for each in verdict.reasons if each.rule == rule]
    assert reason.label == Label.OTHER
    assert text[reason.start : reason.end] in text


def test_a_complaint_wins_over_it() -> None:
    verdict = judged("我要投诉，你们隔壁有人卖迷药没人管")
    assert Label.COMPLAINT in verdict.decided
    assert not verdict.abstained


@pytest.mark.parametrize(
    "text",
    [
        "凉粉里喝出一段铁丝，孩子嘴都破了，还在打点滴",
        "三楼平台的栏杆松动了，一靠就往外倒",
        "昨晚自动门把我奶奶夹住，半天出不来",
        "喝了你们的豆浆，我俩上吐下泻一夜",
    ],
)
def test_somebody_in_danger_is_never_passed_over(text: str) -> None:
    verdict = judged(text)
    assert verdict.decided != (Label.OTHER,) or verdict.abstained
    hazards = [each for each in verdict.reasons if each.rule == "hazard"]
    assert bool(hazards) == (verdict.decided == (Label.OTHER,))
    assert all(text[each.start : each.end] for each in hazards)


def test_a_hazard_beside_a_label_adds_nothing() -> None:
    verdict = judged("我要投诉，蛋糕发霉了没人管")
    assert Label.COMPLAINT in verdict.decided
    assert not verdict.abstained
    assert "hazard" not in {each.rule for each in verdict.reasons}


def test_what_only_sounds_like_one_is_passed_by() -> None:
    assert not judged("老手艺吃出健康来，周末去看看").abstained
    assert not judged("今天天气不错，出门走走").abstained


def test_every_list_says_whose_it_is_and_until_when() -> None:
    told = heads()
    assert set(told) == set(CATEGORIES)
    assert all(each.source == "own" and 1 <= each.severity <= 3 for each in told.values())


@pytest.mark.parametrize("line", ["# owner:", "# severity: grave", "# expires: soon", ""])
def test_a_list_that_does_not_say_so_is_refused(line: str) -> None:
    whole = ["# owner: a", "# source: own", "# severity: 1", "# expires: 2027-12-31"]
    name = line.partition(":")[0] if line else "# source"
    body = "\n".join(
        [each for each in whole if not each.startswith(name)] + [line, "[hint]", "词"]
    )
    with pytest.raises(UserError, match="does not say whose it is"):
        head(body, "list.txt:1")
