"""The poller's cursor survives being text, and stays small."""

import pytest

from shared.contracts.items import ItemKind
from shared.platforms.weibo.memory import OWN_POSTS, RECENT_ITEMS, Memory, load, save
from shared.platforms.weibo.pace import (
    PaceLimits,
    Quota,
    look_again_seconds,
    poll_seconds,
    sweep_seconds,
)
from shared.platforms.weibo.walk import Walk


def test_a_memory_is_the_same_after_being_saved() -> None:
    memory = Memory(walks={"cmt": Walk(9, ((1, 3),))}, unread={"cmt": 2}, resets=True)
    memory.remember(ItemKind.COMMENT, "1", "v1", "甲")
    memory.remember(ItemKind.REPOST, "1", "v2", "乙")
    known = memory.known(ItemKind.COMMENT, "1")
    assert known is not None
    memory.bury("1", known)
    assert memory.is_new_own("5")
    assert not memory.is_new_own("5")
    again = load(save(memory))
    assert again == memory
    assert again.known(ItemKind.MENTION, "1") == again.known(ItemKind.REPOST, "1")
    assert again.comments() == {}


@pytest.mark.parametrize(
    "cursor", [None, "", "{}", "not json", '{"recent":[["c1","?","v","t"]]}', '{"walks":{"a":1}}']
)
def test_an_unreadable_cursor_means_reading_again(cursor: str | None) -> None:
    assert load(cursor) == Memory()


def test_a_memory_is_bounded() -> None:
    memory = Memory()
    for number in range(5000):
        memory.remember(ItemKind.COMMENT, str(number), "v" * 20, "文本")
        memory.is_new_own(str(number))
    assert len(memory.recent) == RECENT_ITEMS
    assert len(memory.own) == OWN_POSTS
    assert len(save(memory)) < 40_000
    assert memory.known(ItemKind.COMMENT, "4999") is not None


def test_a_fifth_of_the_quota_is_kept_for_replies() -> None:
    assert Quota(100, 100, 3600).spendable() == 80
    assert Quota(20, 100, 3600).spendable() == 0
    assert Quota().spendable() is None
    assert Quota(5, 10).spend().remaining == 4
    assert Quota().spend() == Quota()


def test_the_pace_is_fast_with_much_quota_and_slow_with_little() -> None:
    limits = PaceLimits()
    assert poll_seconds(Quota(100_000, 100_000, 3600), limits) == 0.5
    assert poll_seconds(Quota(100, 100, 3600), limits) == 30.0
    assert poll_seconds(Quota(), limits) == 5.0
    poor = Quota(100, 100, 86_400.0)
    assert poor.spacing(0.0) == 1080.0
    assert Quota().spacing(0.0) == 0.0
    assert sweep_seconds(poor, 0.0, limits) == 3600.0
    assert look_again_seconds(Quota(100_000, 100_000, 3600.0), 0.0, limits) == 10.0
