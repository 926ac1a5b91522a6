"""Writing over real HTTP: taken once, refused for the platform's own reasons."""

import json
from collections.abc import AsyncIterator

import pytest

from shared.platforms.mock.model import Comment, Status
from tests.fakes.mock_platform import START, HandClock, RunningMock, running_mock

IP = "203.0.113.7"
Form = dict[str, str | int]


@pytest.fixture
async def mock() -> AsyncIterator[RunningMock]:
    async with running_mock() as running:
        yield running


@pytest.fixture
def post(mock: RunningMock) -> Status:
    return mock.world.publish(mock.account, "周末活动开始了", START)


@pytest.fixture
def asked(mock: RunningMock, post: Status) -> Comment:
    person = mock.world.user("a", START)
    return mock.world.comment(mock.account, person, post, "蛋糕里有头发", START)


async def test_a_reply_is_prefixed_stored_and_counted(
    mock: RunningMock, post: Status, asked: Comment
) -> None:
    answer = await mock.post(
        "2/comments/reply", cid=asked.id, id=post.id, comment="您好，已联系店家", rip=IP
    )
    name = mock.world.users[asked.author].name
    assert answer["text"] == f"回复@{name}:您好，已联系店家"
    assert isinstance(answer["reply_comment"], dict)
    assert answer["reply_comment"]["idstr"] == str(asked.id)
    state = await mock.control("GET", "state")
    assert (state["replies"], state["replied_items"]) == (1, 1)
    replies = await mock.control("GET", "replies")
    assert isinstance(replies.body, dict)
    assert [one["text"] for one in replies.body[str(asked.id)]] == [answer["text"]]


async def test_without_mention_leaves_the_text_alone(
    mock: RunningMock, post: Status, asked: Comment
) -> None:
    form: Form = {
        "cid": asked.id,
        "id": post.id,
        "comment": "您好",
        "without_mention": 1,
        "rip": IP,
    }
    assert (await mock.post("2/comments/reply", **form))["text"] == "您好"


async def test_the_same_text_to_the_same_comment_is_refused(
    mock: RunningMock, post: Status, asked: Comment
) -> None:
    form: Form = {"cid": asked.id, "id": post.id, "comment": "您好，请看私信", "rip": IP}
    first = await mock.post("2/comments/reply", **form)
    second = await mock.post("2/comments/reply", **form)
    assert (first.status, second.code) == (200, 20019)
    gone = await mock.post("2/comments/destroy", cid=int(str(first["id"])))
    assert gone.status == 200
    assert (await mock.post("2/comments/reply", **form)).status == 200


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"comment": "长" * 141}, 20012),
        ({"comment": " "}, 20008),
        ({"rip": "not an address"}, 10017),
        ({"cid": 404}, 20201),
        ({"id": 404}, 20101),
    ],
)
async def test_a_reply_is_refused_in_the_platform_s_words(
    mock: RunningMock, post: Status, asked: Comment, change: dict[str, str | int], code: int
) -> None:
    form: Form = {"cid": asked.id, "id": post.id, "comment": "好", "rip": IP}
    assert (await mock.post("2/comments/reply", **(form | change))).code == code
    assert mock.platform.state()["replies"] == 0


@pytest.mark.parametrize("missing", ["comment", "rip", "cid", "id"])
async def test_a_missing_parameter_is_named(
    mock: RunningMock, post: Status, asked: Comment, missing: str
) -> None:
    form: Form = {"cid": asked.id, "id": post.id, "comment": "好", "rip": IP}
    del form[missing]
    refused = await mock.post("2/comments/reply", **form)
    assert refused.code == 10016
    assert missing in str(refused["error"])


async def test_another_content_type_than_the_form_is_refused(
    mock: RunningMock, post: Status
) -> None:
    query = {"access_token": mock.account.access_token}
    async with mock.session.post(
        f"{mock.http}/2/comments/create.json",
        params=query,
        json={"id": post.id, "comment": "好", "rip": IP},
    ) as answer:
        assert (await answer.json())["error_code"] == 10016


async def test_the_prefix_counts_towards_the_length(
    mock: RunningMock, post: Status, asked: Comment
) -> None:
    form: Form = {"cid": asked.id, "id": post.id, "comment": "长" * 135, "rip": IP}
    assert (await mock.post("2/comments/reply", **form)).code == 20012
    assert (await mock.post("2/comments/reply", **form, without_mention=1)).status == 200


async def test_a_comment_must_belong_to_the_post_named(mock: RunningMock, asked: Comment) -> None:
    other = mock.world.publish(mock.account, "另一条", START)
    form: Form = {"cid": asked.id, "id": other.id, "comment": "好", "rip": IP}
    assert (await mock.post("2/comments/reply", **form)).code == 20201


async def test_a_deleted_comment_cannot_be_answered(
    mock: RunningMock, post: Status, asked: Comment
) -> None:
    mock.world.delete(asked.id)
    form: Form = {"cid": asked.id, "id": post.id, "comment": "好", "rip": IP}
    assert (await mock.post("2/comments/reply", **form)).code == 20201


async def test_a_comment_is_created_once_under_a_post(mock: RunningMock, post: Status) -> None:
    form: Form = {"id": post.id, "comment": "补充：以现场为准", "rip": IP}
    assert (await mock.post("2/comments/create", **form)).status == 200
    assert (await mock.post("2/comments/create", **form)).code == 20019


async def test_only_own_comments_or_those_under_own_posts_can_be_destroyed(
    mock: RunningMock, asked: Comment
) -> None:
    person = mock.world.user("b", START)
    theirs = mock.world.mention(mock.account, person, "@锦绣清城购物广场", START)
    far = mock.world.comment(mock.account, person, theirs, "骂人的话", START)
    assert (await mock.post("2/comments/destroy", cid=far.id)).code == 20203
    gone = await mock.post("2/comments/destroy_batch", cids=str(asked.id))
    assert gone.status == 200
    assert asked.deleted
    assert (await mock.post("2/comments/destroy", cid=asked.id)).code == 20201


async def whisper(mock: RunningMock, receiver: int, text: object, kind: str = "text") -> int:
    data = json.dumps({"text": text}) if text is not None else "{"
    answer = await mock.post(
        "2/messages/reply", receiver_id=receiver, type=kind, data=data, save_sender_box=1
    )
    return 0 if answer.status == 200 else answer.code


async def test_a_private_message_is_answered_within_its_window(mock: RunningMock) -> None:
    person = mock.world.user("a", START)
    clock = mock.platform.clock
    assert isinstance(clock, HandClock)
    assert await whisper(mock, person.uid, "您好") == 20301
    mock.world.message(mock.account, person, "卡里的钱怎么少了", START)
    assert await whisper(mock, person.uid, "您好，正在核对") == 0
    assert await whisper(mock, person.uid, "您好，正在核对") == 20306
    assert await whisper(mock, person.uid, "已核对") == 0
    assert mock.platform.state()["private_replies"] == 2
    clock.pass_by(48 * 3600 + 1)
    assert await whisper(mock, person.uid, "再补充一句") == 26403


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("长" * 300, "text", 20013),
        ("", "text", 20008),
        (7, "text", 20008),
        ("好", "articles", 10017),
        (None, "text", 10017),
    ],
)
async def test_senseless_private_messages_are_refused(
    mock: RunningMock, text: object, kind: str, code: int
) -> None:
    person = mock.world.user("a", START)
    mock.world.message(mock.account, person, "在吗", START)
    assert await whisper(mock, person.uid, text, kind) == code


async def test_writes_have_a_quota_of_their_own(
    mock: RunningMock, post: Status, asked: Comment
) -> None:
    mock.platform.quota.writes = 1
    form: Form = {"cid": asked.id, "id": post.id, "rip": IP}
    assert (await mock.post("2/comments/reply", **form, comment="一")).status == 200
    spent = await mock.post("2/comments/reply", **form, comment="二")
    assert (spent.status, spent.code) == (403, 10024)
    mock.platform.quota.per_address = 1
    assert (await mock.get("2/comments/to_me")).code == 10022
