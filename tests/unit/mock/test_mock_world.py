"""The small world keeps its own order: ids grow, branches have roots, feeds get what is theirs."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platforms.mock.identity import IdMint, user_name, user_uid, wire_time
from shared.platforms.mock.length import units
from shared.platforms.mock.model import Account, Feed
from shared.platforms.mock.world import EMPTY_REPOST, World
from tests.fakes.mock_platform import START


@pytest.fixture
def world() -> World:
    return World(seed=3)


@pytest.fixture
def account(world: World) -> Account:
    return world.add_account("锦绣清城购物广场", START)


@given(st.lists(st.integers(-(10**6), 10**6), max_size=50))
def test_ids_grow_whatever_the_clock_does(jumps: list[int]) -> None:
    mint = IdMint()
    made = [mint.next(START + timedelta(milliseconds=jump)) for jump in jumps]
    assert made == sorted(set(made))


def test_ids_look_like_the_real_ones_and_fit_a_double() -> None:
    native = IdMint().next(START)
    assert 5.2e15 < native < 2**53


def test_a_later_world_never_reuses_ids_of_an_earlier_one() -> None:
    earlier, later = IdMint(), IdMint()
    last = [earlier.next(START) for _ in range(1_000)][-1]
    assert later.next(START + timedelta(seconds=1)) > last


def test_the_same_seed_makes_the_same_account(account: Account) -> None:
    twin = World(seed=3).add_account("锦绣清城购物广场", START)
    other = World(seed=4).add_account("锦绣清城购物广场", START)
    assert (twin.uid, twin.access_token, twin.app_secret) == (
        account.uid,
        account.access_token,
        account.app_secret,
    )
    assert other.access_token != account.access_token


def test_a_user_is_the_same_person_every_time(world: World) -> None:
    assert world.user("u1", START) is world.user("u1", START)
    assert user_uid("u1") != user_uid("u2")
    assert user_name("u1") != user_name("u2")


def test_a_comment_under_our_post_is_to_us_and_elsewhere_mentions_us(
    world: World, account: Account
) -> None:
    person = world.user("u", START)
    ours = world.publish(account, "欢迎", START)
    theirs = world.mention(account, person, "@锦绣清城购物广场 来了", START)
    near = world.comment(account, person, ours, "好", START)
    far = world.comment(account, person, theirs, "同问 @锦绣清城购物广场", START)
    assert account.feeds[Feed.TO_ME] == [near.id]
    assert account.feeds[Feed.COMMENT_MENTIONS] == [far.id]
    assert account.feeds[Feed.STATUS_MENTIONS] == [theirs.id]
    assert account.unread == {"cmt": 1, "mention_cmt": 1, "mention_status": 1}


def test_a_branch_keeps_its_first_comment_as_root(world: World, account: Account) -> None:
    person, post = world.user("u", START), world.publish(account, "欢迎", START)
    first = world.comment(account, person, post, "一", START)
    second = world.comment(account, person, post, "二", START, reply_to=first)
    third = world.speak(account, post, "三", START, reply_to=second)
    assert (first.root, second.root, third.root) == (None, first.id, first.id)
    assert third.reply_to == second.id


def test_a_repost_of_a_repost_shows_the_first_post(world: World, account: Account) -> None:
    person, post = world.user("u", START), world.publish(account, "欢迎", START)
    once = world.repost(account, person, post, "", START)
    twice = world.repost(account, person, once, "看看", START)
    assert once.text == EMPTY_REPOST
    assert (twice.retweeted, twice.parent) == (post.id, once.id)
    assert (post.reposts, once.reposts) == (2, 1)


def test_edits_and_deletions_touch_what_is_there_and_nothing_else(
    world: World, account: Account
) -> None:
    person, post = world.user("u", START), world.publish(account, "欢迎", START)
    comment = world.comment(account, person, post, "一", START)
    assert world.edit(comment.id, "一改", START)
    assert world.edit(post.id, "欢迎光临", START)
    assert (comment.text, post.text, post.edits, post.edited_at) == ("一改", "欢迎光临", 1, START)
    assert world.delete(comment.id)
    assert not world.delete(comment.id)
    assert not world.edit(comment.id, "二改", START)
    assert not world.edit(404, "无", START)
    assert not world.delete(404)


def test_time_is_written_as_the_platform_writes_it() -> None:
    at = datetime.fromisoformat("2011-06-01T00:50:25+08:00")
    assert wire_time(at) == "Wed Jun 01 00:50:25 +0800 2011"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("a", 1),
        ("ab", 1),
        ("中", 1),
        ("中a", 2),
        ("中ab", 2),
        ("😀", 2),
        ("中" * 140, 140),
    ],
)
def test_length_counts_two_ascii_as_one(text: str, length: int) -> None:
    assert units(text) == length
