"""Terms stand on words: what people complain of most in filters of others must not happen here."""

import pytest

from services.classify.adapters.lexicon_files import LEXICON_DIR, load_lexicon
from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.adapters.terms import AhoCorasickFinder
from services.classify.core.lexicon import CATEGORIES, HARMS
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
