"""Words of a text and of what somebody types: found in any language, never an operator."""

import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.archive.core.words import MOST_TERMS, query, tokens


def found(text: str, wanted: str) -> bool:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE w USING fts5 (t, tokenize='unicode61 remove_diacritics 0')"
    )
    connection.execute("INSERT INTO w VALUES (?)", [tokens(text)])
    hits = connection.execute("SELECT count(*) FROM w WHERE w MATCH ?", [query(wanted)]).fetchone()
    connection.close()
    return bool(hits[0])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("买了三天还没退款", "退款"),
        ("买了三天还没退款", "款"),
        ("停车场收费太贵", "停车场"),
        ("停车场收费太贵", "收费 停车"),
        ("用ＷｉＦｉ连不上", "wifi"),
        ("order A1029 broken", "a10"),
    ],
)
def test_words_are_found_as_they_stand(text: str, wanted: str) -> None:
    assert found(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"), [("退了一款手机", "退款"), ("停车 场地", "停车场"), ("退款", "退款吧")]
)
def test_what_does_not_stand_there_is_not_found(text: str, wanted: str) -> None:
    assert not found(text, wanted)


@given(
    st.text(st.sampled_from("退款1Ａﬁ²㎏，가ᄀ゙́か\uf900\u2f00"), max_size=20) | st.text(max_size=20)
)
def test_what_is_cut_out_to_be_folded_is_folded_as_in_its_place(text: str) -> None:
    """Han characters are passed by; nothing next to them may be changed by that."""
    assert tokens(text) == tokens(unicodedata.normalize("NFKC", text))


_STRANGE = st.characters(min_codepoint=0x1900, max_codepoint=0x1CFF) | st.sampled_from("䷀䷿龿㐀")


@given(st.text(max_size=40) | st.text(_STRANGE, max_size=3))
def test_nothing_that_is_typed_is_an_operator(wanted: str) -> None:
    if query(wanted):
        assert found(wanted, wanted)
    assert query(wanted).count("AND") < MOST_TERMS


@given(st.text(alphabet="退款停车a1 ,", min_size=1, max_size=12), st.data())
def test_every_run_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : start + data.draw(st.integers(1, 4))]
    whole_words = not any(each.isascii() and each.isalnum() for each in part)
    if whole_words and query(part):
        assert found(text, part)
