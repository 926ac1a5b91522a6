"""Reading Weibo's shapes: nothing a server sends may break the reading of the rest."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.facts import encode
from shared.contracts.items import ItemKind, ItemReceived
from shared.contracts.posts import PostSeen
from shared.platforms.port import Rejected
from shared.platforms.weibo.mapping import (
    Entry,
    Owner,
    Stub,
    edited,
    first_version,
    parse_comment,
    parse_message,
    parse_status,
    received,
)
from shared.platforms.weibo.payloads import entries, parse_time
from shared.policy.circumstances import Matter
from shared.policy.weighing import Weighing, weigh
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir

OWNER = Owner("acct-1", "100")
TIME = "Wed Jun 01 00:50:25 +0800 2011"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
KEYS = ("id", "idstr", "mid", "created_at", "text", "user", "status", "deleted", "edit_at",
        "reply_comment", "rootid", "retweeted_status", "type", "sender_id", "receiver_id",
        "data", "pic_ids", "pic_num", "page_info")  # fmt: skip
ROWS = st.dictionaries(st.sampled_from(KEYS), JSON | st.just(TIME) | st.just("123"), max_size=9)


def comment(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": 5_300_000_000_000_001,
        "created_at": TIME,
        "text": "电梯坏了",
        "user": {"id": 7, "screen_name": "甲", "verified": True, "verified_type": 2},
        "status": {"idstr": "42", "created_at": TIME, "text": "公告", "user": {"id": 100}},
    }
    return {**row, **changes}


def test_weibo_time_is_read_whatever_the_locale() -> None:
    assert parse_time(TIME) == datetime(2011, 5, 31, 16, 50, 25, tzinfo=UTC)
    assert parse_time("Wed Jun 01 00:50:25 -0230 2011") == datetime(
        2011, 6, 1, 3, 20, 25, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "bad",
    [None, 5, "", "yesterday", "Wed Foo 01 00:50:25 +0800 2011", "Wed Jun 31 00:50:25 +0800 2011",
     "Wed Jun 01 00:50 +0800 2011", "Wed Jun 01 00:50:25 +8 2011"],
)  # fmt: skip
def test_an_unreadable_time_is_none(bad: object) -> None:
    assert parse_time(bad) is None


def test_ids_above_two_to_the_53_keep_every_digit() -> None:
    parsed = parse_comment(comment(id=9_007_199_254_740_993), OWNER)
    assert isinstance(parsed, Entry)
    assert parsed.native_id == "9007199254740993"


def test_number_and_string_ids_are_the_same_item() -> None:
    one = parse_comment(comment(id=12), OWNER)
    other = parse_comment(comment(id="12", idstr="12"), OWNER)
    assert one == other


def test_an_author_is_what_weibo_says_and_no_more() -> None:
    parsed = parse_comment(comment(), OWNER)
    assert isinstance(parsed, Entry)
    assert (parsed.author.author_id, parsed.author.verified) == ("7", "企业认证")
    assert parsed.author.followers is None
    plain = parse_comment(comment(user={"id": 7, "verified": False, "verified_type": 0}), OWNER)
    assert isinstance(plain, Entry)
    assert plain.author.verified == "未认证"


@pytest.mark.parametrize(
    ("user", "verified"),
    [
        (
            {"verified": True, "verified_type": 3, "verified_reason": "某报官方微博"},
            "媒体认证 某报官方微博",
        ),
        ({"verified": True, "verified_reason": " 某律师事务所律师 "}, "某律师事务所律师"),
        ({"verified": True, "verified_type": 99}, "其他认证"),
        ({"verified": True}, None),
        ({}, None),
    ],
)
def test_a_mark_says_its_kind_and_in_whose_name_and_what_is_missing_is_unknown(
    user: dict[str, object], verified: str | None
) -> None:
    parsed = parse_comment(comment(user={"id": 7, **user}), OWNER)
    assert isinstance(parsed, Entry)
    assert parsed.author.verified == verified


@pytest.mark.parametrize(
    ("kind", "reason", "origins"),
    [
        (3, "某某日报官方微博", ("media",)),
        (1, "某市信访局官方微博", ("regulator",)),
        (1, "某区交警官方微博", ("regulator", "police")),
        (0, "某律师事务所律师", ("lawyer",)),
        (0, "知名自媒体博主", ()),
        (2, "某餐饮公司官方微博", ()),
    ],
)
def test_who_the_platform_vouches_for_is_known_to_the_shipped_rules(
    kind: int, reason: str, origins: tuple[str, ...]
) -> None:
    user = {"id": 7, "verified": True, "verified_type": kind, "verified_reason": reason}
    parsed = parse_comment(comment(user=user), OWNER)
    assert isinstance(parsed, Entry)
    pack = read_pack(default_policies_dir(), "company")
    matter = Matter(
        text=parsed.text, decided=(), anger=0, abstained=False, verified=parsed.author.verified
    )
    weighing = Weighing.of(pack.topics, pack.origins, pack.severity)
    assert weigh(matter, weighing).origins == origins


def test_nobodies_are_not_joined_to_one_author() -> None:
    one, other = (parse_comment(comment(id=number, user=None), OWNER) for number in (1, 2))
    assert isinstance(one, Entry)
    assert isinstance(other, Entry)
    assert one.author.author_id != other.author.author_id


def test_a_comment_is_one_item_whichever_list_shows_it() -> None:
    under_ours = parse_comment(comment(), OWNER)
    elsewhere = parse_comment(comment(status={"idstr": "43", "user": {"id": 9}}), OWNER)
    assert isinstance(under_ours, Entry)
    assert isinstance(elsewhere, Entry)
    first, second = (received(one, OWNER, "poll") for one in (under_ours, elsewhere))
    assert first.item_id == second.item_id
    assert (under_ours.post is not None, elsewhere.post) == (True, None)


def test_a_repost_stays_a_repost_when_its_original_is_deleted() -> None:
    row = comment(retweeted_status={"idstr": "42", "user": {"id": 100}})
    later = comment(retweeted_status={"idstr": "42", "deleted": "1"})
    kinds = [parse_status(one, OWNER) for one in (row, later, comment())]
    assert [one.kind for one in kinds if isinstance(one, Entry)] == [
        ItemKind.REPOST,
        ItemKind.REPOST,
        ItemKind.MENTION,
    ]


def test_our_own_words_are_posts_and_deleted_ones_are_stubs() -> None:
    assert isinstance(parse_comment(comment(user={"id": 100}), OWNER), PostSeen)
    assert isinstance(parse_status(comment(user={"id": 100}), OWNER), PostSeen)
    assert parse_comment({"id": 5, "deleted": "1"}, OWNER) == Stub(ItemKind.COMMENT, "5")
    assert parse_status({"id": 5, "deleted": 1}, OWNER) == Stub(ItemKind.MENTION, "5")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (comment(id="not-a-number"), "comment without id"),
        (comment(created_at="soon"), "comment without a readable time"),
    ],
)
def test_what_cannot_become_a_fact_says_why(row: dict[str, object], reason: str) -> None:
    parsed = parse_comment(row, OWNER)
    assert isinstance(parsed, Rejected)
    assert parsed.reason == reason
    status = parse_status(row, OWNER)
    assert isinstance(status, Rejected)


def test_an_edit_time_is_the_version_when_there_is_one() -> None:
    parsed = parse_status(comment(edit_at="Wed Jun 01 01:00:00 +0800 2011"), OWNER)
    assert isinstance(parsed, Entry)
    assert first_version(parsed) == "2011-05-31T17:00:00.000000Z"
    fact = edited(parsed, OWNER, "before", datetime(2026, 1, 1, tzinfo=UTC))
    assert fact.edited_at == datetime(2011, 5, 31, 17, tzinfo=UTC)
    assert (fact.item_kind, fact.author, fact.thread) == (
        parsed.kind,
        parsed.author,
        parsed.thread,
    )
    silent = parse_status(comment(), OWNER)
    assert isinstance(silent, Entry)
    assert edited(silent, OWNER, "a", silent.published_at).item_version != first_version(silent)


def message(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "type": "text",
        "receiver_id": 100,
        "sender_id": 7,
        "created_at": "Mon Jul 16 18:09:20 +0800 2012",
        "text": "你好",
        "data": {},
    }
    return {**row, **changes}


def test_a_pushed_message_has_an_identity_made_of_all_it_says() -> None:
    same, again, other = (
        parse_message(message(**changes), OWNER) for changes in ({}, {}, {"text": "再见"})
    )
    assert isinstance(same, ItemReceived)
    assert same == again
    assert isinstance(other, ItemReceived)
    assert same.item_id != other.item_id
    assert (same.source, same.item_kind, same.author.author_id) == ("push", "message", "7")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "event", "data": {"subtype": "follow"}}, "push of a kind that is no message"),
        ({"receiver_id": 101}, "push for another account"),
        ({"sender_id": None}, "message without sender or readable time"),
    ],
)
def test_other_pushes_are_left_with_a_reason(changes: dict[str, object], reason: str) -> None:
    assert parse_message(message(**changes), OWNER) == Rejected(reason)


def test_a_picture_without_words_says_so() -> None:
    fact = parse_message(message(type="image", text="", data={"vfid": 1, "tovfid": 2}), OWNER)
    assert isinstance(fact, ItemReceived)
    assert fact.text == "[图片]"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"pic_ids": ["a", "b"]}, "[图片]"),
        ({"pic_urls": [{"thumbnail_pic": "x"}]}, "[图片]"),
        ({"pic_num": 3, "text": " "}, "[图片]"),
        ({"thumbnail_pic": "x"}, "[图片]"),
        ({"page_info": {"type": "video"}, "pic_ids": ["cover"]}, "[视频]"),
        ({"page_info": {"type": "article"}}, ""),
        ({"pic_ids": [], "pic_num": 0}, ""),
        ({"pic_ids": ["a"], "text": "您看"}, "您看"),
    ],
)
def test_what_is_there_instead_of_words_is_named(more: dict[str, object], said: str) -> None:
    known = {"id": 5, "created_at": TIME, "text": "", "user": {"id": 7}}
    for parse in (parse_comment, parse_status):
        parsed = parse({**known, **more}, OWNER)
        assert isinstance(parsed, Entry)
        assert parsed.text == said


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS)
def test_no_shape_breaks_the_reading_and_every_fact_can_be_stored(row: dict[str, object]) -> None:
    for parse in (parse_comment, parse_status):
        parsed = parse(row, OWNER)
        if isinstance(parsed, Entry):
            encode(received(parsed, OWNER, "poll"))
    fact = parse_message(row, OWNER)
    if isinstance(fact, ItemReceived):
        encode(fact)


@given(JSON)
def test_entries_are_objects_whatever_the_answer_is(payload: object) -> None:
    assert all(isinstance(row, dict) for row in entries(payload, "comments"))
