"""Laws of the canonical form, for any text."""

from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.text_tables import derive_tables
from shared.text.normalise import canonical, normalise

TABLES = derive_tables()
HOSTILE = st.text(
    st.one_of(
        st.sampled_from("你好傻逼髒臉Ａｂ①㈠ *_-.!！？0123\u200b\ufe0f\n\x00\ud800😀"),
        st.characters(),
    ),
    max_size=40,
)


@given(HOSTILE)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = canonical(text, TABLES)
    assert canonical(once, TABLES) == once


@given(HOSTILE, st.data())
def test_every_span_cut_from_the_original_normalises_to_what_was_matched(
    text: str, data: st.DataObject
) -> None:
    batch = normalise([text], TABLES)
    form = batch.text(0)
    start = data.draw(st.integers(0, len(form)))
    end = data.draw(st.integers(start, len(form)))
    first, last = batch.span(0, start, end)
    assert 0 <= first <= last <= len(text)
    assert canonical(text[first:last], TABLES) == form[start:end]


@given(st.lists(HOSTILE, max_size=6))
def test_a_batch_is_the_same_as_each_text_alone(texts: list[str]) -> None:
    assert normalise(texts, TABLES).texts == [canonical(each, TABLES) for each in texts]


@given(HOSTILE)
def test_no_canonical_text_holds_a_line_break(text: str) -> None:
    assert "\n" not in canonical(text, TABLES)


@given(HOSTILE)
def test_every_canonical_text_can_be_written_as_utf8(text: str) -> None:
    assert canonical(text, TABLES).encode() is not None
