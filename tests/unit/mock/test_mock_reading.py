"""Every reading endpoint over real HTTP answers in the platform's own shapes."""

from collections.abc import AsyncIterator

import pytest

from shared.platforms.mock.model import Comment, Status
from shared.platforms.mock.platform import MockOptions
from tests.fakes.mock_platform import START, HandClock, RunningMock, running_mock


@pytest.fixture
async def mock() -> AsyncIterator[RunningMock]:
    async with running_mock(MockOptions(calls_per_hour=40)) as running:
        yield running


def a_post(mock: RunningMock) -> Status:
    return mock.world.publish(mock.account, "周末活动开始了", START)


def a_comment(mock: RunningMock, post: Status, text: str = "蛋糕里有头发") -> Comment:
    return mock.world.comment(mock.account, mock.world.user("a", START), post, text, START)


async def test_comments_to_me_carry_post_author_and_the_comment_answered(
    mock: RunningMock,
) -> None:
    post = a_post(mock)
    first = a_comment(mock, post)
    person = mock.world.user("b", START)
    second = mock.world.comment(mock.account, person, post, "同问", START, reply_to=first)
    answer = await mock.get("2/comments/to_me")
    newest, oldest = answer.rows("comments")
    assert newest["id"] == second.id
    assert newest["idstr"] == newest["mid"] == str(second.id)
    assert newest["created_at"] == "Mon Mar 02 12:00:00 +0800 2026"
    assert newest["rootid"] == first.id
    assert isinstance(newest["reply_comment"], dict)
    assert newest["reply_comment"]["id"] == first.id
    assert isinstance(newest["status"], dict)
    assert newest["status"]["idstr"] == str(post.id)
    assert isinstance(newest["user"], dict)
    assert newest["user"]["screen_name"] == person.name
    assert "description" not in newest["user"]
    assert "reply_comment" not in oldest
    assert str(newest["source"]).startswith("<a href=")
    assert (answer["previous_cursor"], answer["next_cursor"], answer["total_number"]) == (0, 0, 2)


async def test_since_id_is_strict_and_max_id_inclusive_on_the_wire(mock: RunningMock) -> None:
    post = a_post(mock)
    one, two, three = (a_comment(mock, post, f"第{n}条") for n in range(3))
    newer = await mock.get("2/comments/to_me", since_id=one.id)
    older = await mock.get("2/comments/to_me", max_id=two.id, count=1)
    assert newer.ids("comments") == [three.id, two.id]
    assert older.ids("comments") == [two.id]
    assert older["next_cursor"] == one.id


async def test_mentions_and_reposts_of_our_posts_arrive_in_statuses_mentions(
    mock: RunningMock,
) -> None:
    post, person = a_post(mock), mock.world.user("a", START)
    mention = mock.world.mention(mock.account, person, "@锦绣清城购物广场 停车多收钱", START)
    repost = mock.world.repost(mock.account, person, post, "转给你", START)
    again = mock.world.repost(mock.account, person, repost, "再转", START)
    answer = await mock.get("2/statuses/mentions")
    third, second, first = answer.rows("statuses")
    assert (third["id"], second["id"], first["id"]) == (again.id, repost.id, mention.id)
    assert isinstance(second["retweeted_status"], dict)
    assert second["retweeted_status"]["id"] == post.id
    assert third["pid"] == repost.id
    assert "retweeted_status" not in first
    originals = await mock.get("2/statuses/mentions", filter_by_type=1)
    assert originals.ids("statuses") == [mention.id]


async def test_comments_elsewhere_that_name_us_arrive_in_comments_mentions(
    mock: RunningMock,
) -> None:
    person = mock.world.user("a", START)
    mention = mock.world.mention(mock.account, person, "@锦绣清城购物广场", START)
    comment = a_comment(mock, mention)
    assert (await mock.get("2/comments/mentions")).ids("comments") == [comment.id]
    assert (await mock.get("2/comments/to_me")).ids("comments") == []


async def test_a_deleted_comment_vanishes_and_a_deleted_post_is_a_stub(mock: RunningMock) -> None:
    post, person = a_post(mock), mock.world.user("a", START)
    comment, kept = a_comment(mock, post), a_comment(mock, post, "还在")
    mention = mock.world.mention(mock.account, person, "@锦绣清城购物广场", START)
    mock.world.delete(comment.id)
    mock.world.delete(mention.id)
    assert (await mock.get("2/comments/to_me")).ids("comments") == [kept.id]
    (stub,) = (await mock.get("2/statuses/mentions")).rows("statuses")
    assert stub["deleted"] == "1"
    assert "user" not in stub
    assert (await mock.get("2/statuses/show", id=mention.id)).code == 20101
    batch = await mock.get("2/comments/show_batch", cids=f"{comment.id},{kept.id},7")
    assert isinstance(batch.body, list)
    assert [row["id"] for row in batch.body] == [kept.id]


async def test_an_edited_post_says_so(mock: RunningMock) -> None:
    post = a_post(mock)
    mock.world.edit(post.id, "周末活动延期", START)
    shown = await mock.get("2/statuses/show", id=post.id)
    assert (shown["text"], shown["edit_count"]) == ("周末活动延期", 1)
    assert shown["edit_at"] == "Mon Mar 02 12:00:00 +0800 2026"


async def test_comments_under_a_post_and_our_own_are_listed(mock: RunningMock) -> None:
    post = a_post(mock)
    asked = a_comment(mock, post)
    said = mock.world.speak(mock.account, post, "您好，已联系店家", START, reply_to=asked)
    under = await mock.get("2/comments/show", id=post.id)
    assert under.ids("comments") == [said.id, asked.id]
    assert (await mock.get("2/comments/by_me")).ids("comments") == [said.id]
    assert (await mock.get("2/comments/show", id=1)).code == 20101
    followed = await mock.get("2/comments/show", id=post.id, filter_by_author=1)
    assert followed.ids("comments") == [said.id]


async def test_the_timeline_gives_five_own_posts_at_most(mock: RunningMock) -> None:
    posts = [a_post(mock) for _ in range(7)]
    mock.world.delete(posts[-1].id)
    found = (await mock.get("2/statuses/user_timeline")).ids("statuses")
    assert found == [one.id for one in reversed(posts[2:6])]


async def test_users_are_found_by_exactly_one_name(mock: RunningMock) -> None:
    person = mock.world.user("a", START)
    by_uid = await mock.get("2/users/show", uid=person.uid)
    by_name = await mock.get("2/users/show", screen_name=mock.account.user.name)
    assert by_uid["screen_name"] == person.name
    assert by_name["verified_type"] == 2
    assert "description" in by_name.text
    assert (await mock.get("2/users/show")).code == 10008
    assert (await mock.get("2/users/show", uid=1, screen_name="x")).code == 10008
    assert (await mock.get("2/users/show", uid=1)).code == 20003


async def test_unread_counters_rise_and_are_cleared_by_looking_at_the_head(
    mock: RunningMock,
) -> None:
    post = a_post(mock)
    comment = a_comment(mock, post)
    assert (await mock.get("2/remind/unread_count"))["cmt"] == 1
    await mock.get("2/comments/to_me", max_id=comment.id)
    assert (await mock.get("2/remind/unread_count"))["cmt"] == 1
    await mock.get("2/comments/to_me")
    assert (await mock.get("2/remind/unread_count"))["cmt"] == 0


async def test_quota_is_counted_reported_and_ends_with_the_hour(mock: RunningMock) -> None:
    clock = mock.platform.clock
    assert isinstance(clock, HandClock)
    for _ in range(40):
        assert (await mock.get("2/comments/to_me")).status == 200
    spent = await mock.get("2/comments/to_me")
    assert (spent.status, spent.code) == (403, 10023)
    free = await mock.get("2/account/rate_limit_status")
    assert (free["user_limit"], free["remaining_user_hits"]) == (40, 0)
    assert free["limit_time_unit"] == "HOURS"
    assert (free["reset_time"], free["reset_time_in_seconds"]) == ("2026-03-02 13:00:00", 3600)
    assert (await mock.get("2/remind/unread_count")).status == 200
    clock.pass_by(3_600)
    assert (await mock.get("2/comments/to_me")).status == 200


@pytest.mark.parametrize(
    ("params", "code"),
    [({"count": "x"}, 10017), ({"since_id": "-1"}, 10017), ({"max_id": "9" * 40}, 10017)],
)
async def test_senseless_numbers_are_refused(
    mock: RunningMock, params: dict[str, str], code: int
) -> None:
    assert (await mock.get("2/comments/to_me", **params)).code == code


async def test_batches_are_bounded(mock: RunningMock) -> None:
    many = ",".join(str(n) for n in range(1, 22))
    assert (await mock.get("2/comments/show_batch", cids=many)).code == 10017
    assert (await mock.get("2/comments/show_batch", cids="a")).code == 10017
    assert (await mock.get("2/comments/show_batch")).code == 10016
    assert (await mock.get("2/statuses/show")).code == 10016


async def test_errors_name_the_request_and_mix_number_and_string_codes(mock: RunningMock) -> None:
    system = await mock.get("2/nothing/here")
    service = await mock.get("2/statuses/show", id=1)
    assert (system.status, system["error_code"]) == (404, 10020)
    assert service["error_code"] == "20101"
    assert service["request"] == "/2/statuses/show.json"
    assert (await mock.post("2/comments/to_me")).code == 10021
