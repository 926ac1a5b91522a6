"""Laws of verdicts and their reasons, for any texts in any company."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.classify.adapters.engine import Classifier
from services.classify.adapters.segments import RjiebaSegmenter
from services.classify.core.evidence import MOST_REASONS
from shared.runtime.text_tables import load_tables
from shared.text.normalise import canonical, normalise

TABLES = load_tables()
SHIPPED = Classifier.load(None, TABLES)
SEGMENTER = RjiebaSegmenter()
PIECES = st.sampled_from(
    [
        "我要投诉", "傻 * 逼", "女人都该", "没人管", "请问", "吗", "？", "！！！！", "骗子", "去死",
        "代开发票", "不想活了", "髒", "歧視", "13800138000", "加Ｖ信", "\n", "\u200b", "  ", "abc",
        "服务太差", "滚", "😀", "\ud800", "。", "建议", "，",
    ]
)  # fmt: skip
TEXT = st.one_of(st.lists(PIECES, max_size=8).map("".join), st.text(max_size=30))
BATCH = st.lists(TEXT, max_size=5)


@given(BATCH)
@settings(max_examples=60, deadline=None)
def test_reasons_are_few_and_lie_on_characters_of_the_original(texts: list[str]) -> None:
    for text, verdict in zip(texts, SHIPPED.judge(texts), strict=True):
        for label in verdict.labels:
            mine = sorted(
                (each.start, each.end) for each in verdict.reasons if each.label == label
            )
            assert len(mine) <= MOST_REASONS
            assert not mine or label in verdict.decided
            assert all(one[1] <= other[0] for one, other in pairwise(mine))
        for each in verdict.reasons:
            assert 0 <= each.start < each.end <= len(text)
            assert 0 <= each.weight <= 1
            assert canonical(text[each.start], TABLES) != ""
            assert canonical(text[each.end - 1], TABLES) != ""


@given(BATCH)
@settings(max_examples=40, deadline=None)
def test_a_verdict_is_the_same_in_any_company(texts: list[str]) -> None:
    assert SHIPPED.judge(texts) == [SHIPPED.judge([each])[0] for each in texts]


@given(BATCH)
def test_words_of_a_batch_are_those_of_each_text(texts: list[str]) -> None:
    forms = normalise(texts, TABLES).texts
    alone = [len(word) for form in forms for word in SEGMENTER.words(form)]
    assert SEGMENTER.lengths(forms).tolist() == alone


@given(TEXT)
@settings(max_examples=60, deadline=None)
def test_what_the_model_points_at_begins_and_ends_where_words_do(text: str) -> None:
    form = normalise([text], TABLES)
    edges = {0}
    for length in SEGMENTER.lengths(form.texts).tolist():
        edges.add(max(edges) + length)
    ends = {form.span(0, edge - 1, edge)[1] for edge in edges if edge}
    starts = {form.span(0, edge, edge + 1)[0] for edge in edges if edge < len(form.text(0))}
    for each in SHIPPED.judge([text])[0].reasons:
        if each.source == "model":
            assert each.start in starts
            assert each.end in ends
