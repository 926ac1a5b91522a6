"""How a text sounds, whether it is written in characters or in letters."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.text_tables import load_tables
from shared.text.drawings import DRAWN
from shared.text.normalise import canonical, normalise
from shared.text.sounds import LETTERS, Sounds, initials, sounds, spell

TABLES = load_tables()
NAMES = ("", *"abcdefghijklmnopqrstuvwxyz", *TABLES.syllables)
ANY = st.text(
    st.one_of(st.sampled_from("人排pai外wai sb绿lv12，。\u200bＰ🐶"), st.characters()), max_size=40
)


def heard(text: str) -> Sounds:
    return sounds(normalise([text], TABLES), TABLES)


def said(text: str) -> list[str]:
    return [NAMES[unit] for unit in heard(text).units.tolist()]


def test_pinyin_among_characters_sounds_as_the_characters_do() -> None:
    assert said("上海ben地人pai外") == said("上海本地人排外")
    assert said("fei zhou某bu luo") == said("非洲某部落")


def test_homophones_sound_alike() -> None:
    assert said("猫似挡时") == said("貌似当时")


def test_letters_that_spell_nothing_stand_for_themselves() -> None:
    assert said("nmsl") == list("nmsl")
    assert spell("love", TABLES.syllables) == ()
    assert said("sb " * 30 + "x" * 3) == ["s", "b"] * 30 + ["x", "x"]


def test_an_address_is_not_spelt() -> None:
    assert said("wo" * 30) == list("wo" * 30)


def test_initials_are_the_first_letters_of_what_is_heard() -> None:
    letters = initials(heard("我jx推荐").units, TABLES)
    assert [NAMES[each] for each in letters.tolist()] == list("wjxtj")


def test_nothing_is_heard_of_marks_digits_and_nothing() -> None:
    assert said("！？12 😀") == []
    assert said("") == []


@given(st.lists(ANY, max_size=5))
def test_a_batch_sounds_as_each_text_alone(texts: list[str]) -> None:
    together = sounds(normalise(texts, TABLES), TABLES)
    alone = [heard(text) for text in texts]
    assert together.units.tolist() == [unit for each in alone for unit in each.units.tolist()]
    assert together.start.tolist() == [place for each in alone for place in each.start.tolist()]
    places = [place for place, each in enumerate(alone) for _ in each.units]
    assert together.text.tolist() == places


@given(ANY)
def test_what_is_heard_stands_in_order_and_apart(text: str) -> None:
    found = heard(text)
    form = canonical(text, TABLES)
    spans = list(zip(found.start.tolist(), found.end.tolist(), strict=True))
    assert all(0 <= start < end <= len(form) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for unit, (start, end) in zip(found.units.tolist(), spans, strict=True):
        if end - start > 1:
            assert form[start:end] == TABLES.syllables[unit - LETTERS - 1]


def test_a_drawing_becomes_the_character_it_stands_for() -> None:
    assert canonical("上海本地👤，这个♂️孩子", TABLES) == canonical(
        "上海本地人，这个男孩子", TABLES
    )
    assert len({drawing for drawing, _ in DRAWN}) == len(DRAWN)
    assert all(canonical(drawing, TABLES) == character for drawing, character in DRAWN)
