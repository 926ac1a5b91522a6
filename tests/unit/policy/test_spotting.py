"""What is ruled out before it is searched for would not have been found."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.gate.heard import at_once, heard
from shared.policy.gate.plain import plain
from shared.policy.lexicons import Lexicon
from shared.policy.spotting import Part, Spotter, needed
from shared.runtime.packs import read_packs
from shared.runtime.settings import default_policies_dir

SETS = Path(__file__).parents[2] / "data" / "gate"
PACKS = read_packs(default_policies_dir())
EVERY = {each.id: each for pack in PACKS.values() for each in pack.lexicons}
SPOTTER = Spotter(EVERY.values())
PHRASES = sorted(phrase for each in EVERY.values() for phrase in each.phrases)
TEXTS = [
    line
    for file in sorted(SETS.glob("*.txt"))
    for line in file.read_text(encoding="utf-8").splitlines()
]


def overlooked(text: str) -> list[str]:
    written = plain(text)
    near = SPOTTER.may_stand_in(written)
    return [name for name, each in EVERY.items() if each.first(written) and name not in near]


def test_no_word_that_stands_in_a_text_of_ours_is_ruled_out() -> None:
    assert [(text, missed) for text in TEXTS if (missed := overlooked(text))] == []


@given(
    st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3),
    st.sampled_from(["", "x", " ", "1"]),
)
def test_nor_is_a_phrase_in_disguise(phrases: list[str], filler: str) -> None:
    assert overlooked("您好".join(filler.join(each) for each in phrases)) == []


def test_most_texts_are_near_few_families() -> None:
    near = [len(SPOTTER.may_stand_in(plain(text))) for text in TEXTS]
    assert sum(near) / len(near) < len(EVERY) / 4


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        ("(颠覆|推翻).{0,6}(政府|政权)", [[("推翻", "颠覆"), ("政府", "政权")]]),
        ("(要|应该)?独立", [[("独立",)]]),
        ("密级(为|是)*高{0,2}级+别", [[("密级",), ("级",), ("别",)]]),
        ("甲|乙(丙|丁)", [[("甲",)], [("乙",), ("丁", "丙")]]),
        ("((甲|乙)丙)?丁", [[("丁",)]]),
        ("((甲|乙)丙丁|戊己.庚)(辛)", [[("丙丁", "戊己"), ("辛",)]]),
        ("((?<!结)局|政府)", [[("局", "政府")]]),
        ("(甲|.)乙", [[("乙",)]]),
        (r"^操(?!作|场)\d[上下]$", [[("操",)]]),
        ("(内蒙古?|西藏).族", [[("内蒙", "西藏"), ("族",)]]),
        ("[甲乙].", [[]]),
    ],
)
def test_a_pattern_tells_what_it_cannot_do_without(
    pattern: str, parts: list[list[tuple[str, ...]]]
) -> None:
    assert [[part.words for part in way] for way in needed(pattern)] == parts


def test_what_needs_nothing_known_is_never_ruled_out() -> None:
    spotter = Spotter(
        [Lexicon(id="any", patterns=("[甲乙]",)), Lexicon(id="letters", phrases=("sb",))]
    )
    assert spotter.may_stand_in(plain("丙")) == {"any"}
    assert spotter.may_stand_in(plain("s1b")) == {"any", "letters"}
    assert Spotter([]).may_stand_in(plain("丙")) == frozenset()
    assert Part(("甲",)) == Part(("甲",), bare=False)


def test_what_is_heard_at_once_is_what_is_heard() -> None:
    for text in TEXTS:
        sounds = at_once(plain(text))
        assert sounds is None or sounds == heard(plain(text)).text
    assert at_once(plain("无ke奉告")) is at_once(plain("无\u0663可")) is None
