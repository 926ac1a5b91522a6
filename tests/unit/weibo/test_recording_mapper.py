"""Raw recorded lines become facts: every line accounted for, nothing depends on what follows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.facts import encode
from shared.contracts.items import Author, ItemEdited, ItemKind, ItemReceived
from shared.contracts.posts import PostSeen
from shared.platforms.port import Incoming, Rejected
from shared.platforms.recording import RecordingMapper

POST = {
    "event": "event-p1", "t": "2026-03-01T09:00:00+08:00", "kind": "post", "id": "p1",
    "parent": None, "user": "u0", "text": "今日闭店时间调整",
}  # fmt: skip


def line(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "event": "event-p1", "t": "2026-03-01T09:05:00+08:00", "kind": "comment", "id": "c1",
        "parent": "p1", "user": "u1", "text": "几点关门",
    }  # fmt: skip
    return {**row, **changes}


def map_all(rows: list[object]) -> list[list[Incoming] | Rejected]:
    mapper = RecordingMapper("acct-1")
    return [mapper.map_line(row) for row in rows]


def only(result: list[Incoming] | Rejected) -> Incoming:
    assert isinstance(result, list)
    (fact,) = result
    return fact


def test_the_founding_post_is_ours_and_other_posts_mention_us() -> None:
    first, second, third = (
        only(one)
        for one in map_all([POST, line(kind="post", id="p2", parent=None),
                            line(kind="post", id="p3", parent=None, own=True)])
    )  # fmt: skip
    assert isinstance(first, PostSeen)
    assert isinstance(second, ItemReceived)
    assert (second.item_kind, second.thread.post_id) == (ItemKind.MENTION, "p2")
    assert isinstance(third, PostSeen)


def test_threads_keep_post_root_and_parent() -> None:
    rows: list[object] = [
        POST,
        line(),
        line(id="c2", parent="c1"),
        line(id="c3", parent="c2"),
        line(id="c9", parent="unknown"),
        line(id="m1", kind="message", parent=None),
        line(id="r1", kind="repost"),
        line(id="r2", kind="repost", parent="r1"),
        line(id="c8", parent=None),
    ]
    threads = {}
    for result in map_all(rows)[1:]:
        fact = only(result)
        assert isinstance(fact, ItemReceived)
        threads[fact.native_id] = (
            fact.thread.post_id,
            fact.thread.root_id,
            fact.thread.parent_id,
        )
    assert threads == {
        "c1": ("p1", None, None),
        "c2": ("p1", "c1", "c1"),
        "c3": ("p1", "c1", "c2"),
        "c9": ("unknown", None, None),
        "m1": (None, None, None),
        "r1": ("p1", None, None),
        "r2": ("p1", "r1", "r1"),
        "c8": (None, None, None),
    }


def test_the_same_id_again_is_an_edit_or_a_duplicate() -> None:
    first, same, edit, back, post_again, post_edited = map_all(
        [line(), line(), line(text="改了"), line(), POST, {**POST, "text": "改了的公告"}]
    )
    received, edited, reverted = only(first), only(edit), only(back)
    assert isinstance(received, ItemReceived)
    assert same == Rejected("duplicate", "c1")
    assert isinstance(edited, ItemEdited)
    assert (edited.item_kind, edited.author) == (ItemKind.COMMENT, Author(author_id="u1"))
    assert edited.thread is not None
    assert edited.thread.post_id == "p1"
    assert edited.previous_version == received.item_version
    assert isinstance(reverted, ItemEdited)
    assert len({received.item_version, edited.item_version, reverted.item_version}) == 3
    assert isinstance(only(post_again), PostSeen)
    assert isinstance(only(post_edited), PostSeen)
    assert map_all([POST, POST])[1] == Rejected("duplicate", "p1")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ([], "not an object"),
        (line(id=None), "no id"),
        (line(id=True), "no id"),
        (line(id=""), "no id"),
        (line(kind="poke"), "unknown kind"),
        (line(kind=3), "unknown kind"),
        (line(t="long ago"), "no readable time"),
        (line(t=None), "no readable time"),
        (line(text=None), "no text"),
    ],
)
def test_a_line_that_becomes_nothing_says_why(row: object, reason: str) -> None:
    (result,) = map_all([row])
    assert isinstance(result, Rejected)
    assert result.reason == reason


def test_a_time_without_a_zone_was_written_in_china() -> None:
    fact = only(map_all([line(t="2026-03-01 09:05:00")])[0])
    assert isinstance(fact, ItemReceived)
    assert fact.published_at == datetime(2026, 3, 1, 1, 5, tzinfo=UTC)


def test_an_unknown_author_is_nobody_else() -> None:
    facts = [only(one) for one in map_all([line(user=None), line(id="c2", user=None)])]
    authors = {fact.author.author_id for fact in facts if isinstance(fact, ItemReceived)}
    assert len(authors) == 2


IDS = st.sampled_from(["p1", "c1", "c2", "c3"])
LINES = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["event-p1", "other"]),
        "t": st.sampled_from(["2026-03-01T09:05:00+08:00", "2026-03-01T09:00:00", "bad"]),
        "kind": st.sampled_from(["post", "comment", "repost", "message", "mention", "odd"]),
        "id": IDS,
        "parent": IDS | st.none(),
        "text": st.sampled_from(["甲", "乙", "\ud800"]),
    }
)


@settings(max_examples=60)
@given(st.lists(LINES, max_size=12), st.integers(0, 12))
def test_a_prefix_gives_a_prefix_and_every_fact_can_be_stored(
    rows: list[dict[str, object]], cut: int
) -> None:
    whole = map_all(list(rows))
    assert map_all(list(rows[:cut])) == whole[:cut]
    for result in whole:
        for fact in result if isinstance(result, list) else []:
            encode(fact)
