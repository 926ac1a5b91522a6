"""What a text is about: named in our own words, and never in a stranger's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.matter import LONGEST, matters_of
from shared.policy.suggesting import Suggesting
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir

OURS = read_pack(default_policies_dir(), "company").suggesting


def matter_of(text: str, suggesting: Suggesting) -> str:
    """Return the likeliest."""
    return next(iter(matters_of(text, suggesting)), "")


WORDS = frozenset(
    word for said in (*OURS.things.values(), *OURS.places.values()) for word in said.split()
) | {*OURS.troubles, *OURS.wishes}


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("你们商场停车费也太离谱了，两个小时三十块", "停车费"),
        ("三号楼的电梯又坏了，上班都要迟到", "三号楼电梯损坏"),
        ("申请退款一周了没人理我", "退款"),
        ("楼下天天半夜施工，吵得孩子睡不着", "施工噪音"),
        ("这条河道恶臭难闻，什么时候能治理", "河道异味"),
        ("请问周末几点开门，营业时间变了吗", "营业时间"),
        ("希望公园里多几张座椅", "公园"),
        ("酒店隔音太差了，走廊说话听得一清二楚", "隔音"),
        ("路边垃圾成堆没人扫", "垃圾清理"),
        ("在吗", ""),
        ("", ""),
    ],
)
def test_a_matter_is_named_shortly(text: str, matter: str) -> None:
    assert matter_of(text, OURS) == matter


def test_what_is_wrong_is_said_before_what_is_wished() -> None:
    assert matter_of("河道黑臭，请尽快整治河道", OURS) == "河道黑臭"


@pytest.mark.parametrize(
    "text",
    [
        "你们这帮骗子畜生，都是垃圾",
        "@王小明 你个傻子",
        "我叫李建国，电话 13800138000，身份证 110105194912310021",
        "看这里 https://example.org/停车费 [怒]",
        "{{ matter }} {% if x %}",
    ],
)
def test_neither_insult_nor_name_nor_figure_nor_link_is_said_again(text: str) -> None:
    assert matter_of(text, OURS) in {"", "电话"}


def test_a_sentence_end_parts_a_thing_from_what_is_wrong_elsewhere() -> None:
    assert matter_of("电梯很好。漏水", OURS) == "电梯"


def test_a_thing_that_says_already_what_is_wrong_says_it_once() -> None:
    assert matter_of("臭水沟污染，污水污染", OURS).count("污染") == 1
    assert matter_of("虚假宣传虚假宣传", OURS) == "虚假宣传"


def test_a_phrase_never_grows_longer_than_a_reply_can_bear() -> None:
    wide = Suggesting(things={"a": "长" * 10}, troubles={"也很慢的": ()})
    assert matter_of("十二号楼" + "长" * 10 + "也很慢的", wide) == "十二号楼" + "长" * 10


def test_without_words_nothing_is_named() -> None:
    assert matter_of("停车费", Suggesting()) == ""


@given(
    st.lists(
        st.one_of(
            st.sampled_from(sorted(WORDS)),
            st.sampled_from([*"的了，。三号楼@[]0123", "垃圾", "骗子", "二期"]),
            st.text(max_size=4),
        ),
        max_size=30,
    ).map("".join)
)
def test_only_words_of_the_pack_ever_come_out(text: str) -> None:
    matter = matter_of(text, OURS)
    assert len(matter) <= LONGEST
    rest = matter
    while rest:
        rest = next(
            (
                rest[len(word) :]
                for word in sorted(WORDS, key=len, reverse=True)
                if rest.startswith(word)
            ),
            rest[1:] if rest[0] in "一二三四五六七八九十号楼期单元线" else "?",
        )
        assert rest != "?"


def test_a_word_too_long_for_a_reply_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 12 characters"):
        Suggesting(things={"a": "长" * 13})
