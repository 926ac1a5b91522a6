"""The control side: guarded, bounded, and able to say anything by hand."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.platforms.mock.platform import MockOptions, account_name
from tests.fakes.mock_platform import RunningMock, running_mock


@pytest.fixture
async def mock(tmp_path: Path) -> AsyncIterator[RunningMock]:
    options = MockOptions(accounts=2, journal=tmp_path / "journal.jsonl")
    async with running_mock(options) as running:
        yield running


@pytest.mark.parametrize(
    ("method", "name"),
    [("GET", "state"), ("GET", "journal"), ("POST", "faults"), ("POST", "emit")],
)
async def test_nobody_controls_without_the_token(
    mock: RunningMock, method: str, name: str
) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer 猫"}):
        async with mock.session.request(
            method, f"{mock.http}/control/{name}", headers=headers
        ) as answer:
            assert answer.status == 401


async def emit(mock: RunningMock, kind: str, text: str, **more: object) -> int:
    answer = await mock.control("POST", "emit", {"kind": kind, "text": text} | more)
    assert answer.status == 201
    return int(str(answer["id"]))


async def test_anything_can_be_said_by_hand_and_is_listed(mock: RunningMock) -> None:
    comment = await emit(mock, "comment", "一", user="某甲")
    answer = await emit(mock, "comment", "二", parent=comment)
    mention = await emit(mock, "mention", "三")
    repost = await emit(mock, "repost", "四", parent=mention)
    await emit(mock, "message", "五")
    await emit(mock, "post", "六")
    other = [uid for uid in mock.world.accounts if uid != mock.account.uid][0]  # noqa: RUF015
    await emit(mock, "mention", "七", account=other)
    listed = await mock.control("GET", "items")
    assert [row["text"] for row in listed.rows("items")] == [*"一二三四五七"]
    assert [row["kind"] for row in listed.rows("items")][:4] == [
        "comment",
        "comment",
        "mention",
        "repost",
    ]
    assert (await mock.control("GET", f"items?after={mention}&limit=1")).ids("items") == [repost]
    assert mock.world.comments[answer].reply_to == comment
    assert (await mock.control("GET", "state"))["items_total"] == 6
    assert (await mock.get("2/statuses/mentions")).ids("statuses") == [repost, mention]


async def test_things_said_can_be_edited_and_taken_back_by_hand(mock: RunningMock) -> None:
    comment = await emit(mock, "comment", "一")
    assert (await mock.control("POST", "edit", {"id": comment, "text": "一改"})).status == 200
    (row,) = (await mock.control("GET", "items")).rows("items")
    assert (row["text"], row["edits"]) == ("一改", 1)
    assert (await mock.control("POST", "delete", {"id": comment})).status == 200
    assert (await mock.control("POST", "delete", {"id": comment})).status == 409


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("emit", {"kind": "song", "text": "x"}, "kind"),
        ("emit", {"kind": "comment", "text": "x", "parent": 7}, "parent"),
        ("emit", {"kind": "comment", "text": "x", "account": 7}, "account"),
        ("faults", {"faults": [{"kind": "error", "colour": "red"}]}, "colour"),
        ("player", {"action": "pause"}, "stream"),
    ],
)
async def test_senseless_orders_are_refused_with_the_place(
    mock: RunningMock, name: str, body: dict[str, object], word: str
) -> None:
    refused = await mock.control("POST", name, body)
    assert refused.status == 400
    assert word in str(refused["error"])


async def test_the_journal_is_paged_filtered_and_free_of_secrets(
    mock: RunningMock, tmp_path: Path
) -> None:
    for _ in range(3):
        await mock.get("2/comments/to_me")
    await mock.post("2/comments/create", id=1, comment="您好", rip="203.0.113.7")
    await mock.post("oauth2/access_token", client_secret=mock.account.app_secret, code="c")
    first = await mock.control("GET", "journal?limit=2")
    assert [row["seq"] for row in first.rows("entries")] == [1, 2]
    rest = await mock.control("GET", f"journal?after={first['last']}")
    assert [row["seq"] for row in rest.rows("entries")] == [3, 4, 5]
    (write,) = (await mock.control("GET", "journal?endpoint=2/comments/create")).rows("entries")
    assert write["params"] == {"id": "1", "comment": "您好", "rip": "203.0.113.7"}
    assert (write["status"], write["code"]) == (400, 20101)
    assert write["account"] == str(mock.account.uid)
    assert (await mock.control("GET", "journal?after=x")).status == 400
    assert (await mock.control("GET", "journal?after=99"))["last"] == 0
    lines = (tmp_path / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(one)["seq"] for one in lines] == [1, 2, 3, 4, 5]
    for secret in (mock.account.access_token, mock.account.app_secret):
        assert secret not in "".join(lines)


def test_official_accounts_have_names_of_nobody() -> None:
    assert account_name(0) == "锦绣清城购物广场"
    assert len({account_name(n) for n in range(12)}) == 12
