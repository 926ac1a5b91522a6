"""Every switch misbehaves as its name says, as often as it was told, and the journal saw it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from pydantic import ValidationError

from shared.platforms.mock.faults import Fault, FaultBoard, Kind
from shared.platforms.mock.model import Comment
from tests.fakes.mock_platform import START, HandClock, RunningMock, running_mock

REPLY = "2/comments/reply"
TO_ME = "2/comments/to_me"


@pytest.fixture
async def mock() -> AsyncIterator[RunningMock]:
    async with running_mock() as running:
        yield running


@pytest.fixture
def asked(mock: RunningMock) -> Comment:
    post = mock.world.publish(mock.account, "周末活动", START)
    return mock.world.comment(mock.account, mock.world.user("a", START), post, "退款", START)


def set_fault(mock: RunningMock, kind: Kind, **more: str | float) -> None:
    mock.platform.faults.add([Fault.model_validate({"kind": kind, **more})])


async def reply(mock: RunningMock, asked: Comment, text: str = "您好") -> object:
    form: dict[str, str | int] = {"cid": asked.id, "id": asked.status, "rip": "203.0.113.7"}
    return (await mock.post(REPLY, **form, comment=text)).status


def count(mock: RunningMock) -> object:
    return mock.platform.state()["replies"]


async def test_a_platform_that_takes_repeats_shows_who_sends_twice(
    mock: RunningMock, asked: Comment
) -> None:
    assert [await reply(mock, asked) for _ in range(2)] == [200, 400]
    set_fault(mock, "takes_repeats", endpoint=REPLY)
    assert await reply(mock, asked) == 200
    assert count(mock) == 2


async def test_drop_after_commit_writes_and_cuts_the_line(
    mock: RunningMock, asked: Comment
) -> None:
    set_fault(mock, "drop_after_commit", endpoint=REPLY, count=1)
    with pytest.raises(aiohttp.ClientError):
        await reply(mock, asked)
    assert count(mock) == 1
    (entry,) = mock.platform.journal.page(endpoint=REPLY)
    assert (entry.status, entry.fault) == (0, "drop_after_commit")
    assert entry.effect.startswith("comment ")
    assert (await mock.get("2/comments/by_me")).rows("comments")


async def test_drop_before_cuts_the_line_and_writes_nothing(
    mock: RunningMock, asked: Comment
) -> None:
    set_fault(mock, "drop_before", endpoint=REPLY, count=1)
    with pytest.raises(aiohttp.ClientError):
        await reply(mock, asked)
    assert count(mock) == 0
    assert await reply(mock, asked) == 200


async def test_a_reply_can_be_committed_but_visible_later(
    mock: RunningMock, asked: Comment
) -> None:
    clock = mock.platform.clock
    assert isinstance(clock, HandClock)
    set_fault(mock, "visible_after", endpoint=REPLY, seconds=90, count=1)
    assert await reply(mock, asked) == 200
    assert (await mock.get("2/comments/by_me")).ids("comments") == []
    assert len((await mock.get("2/comments/show", id=asked.status)).ids("comments")) == 1
    clock.pass_by(90)
    assert len((await mock.get("2/comments/by_me")).ids("comments")) == 1


async def test_delays_wait_before_or_after_the_work(mock: RunningMock, asked: Comment) -> None:
    clock = mock.platform.clock
    assert isinstance(clock, HandClock)
    set_fault(mock, "delay", endpoint=TO_ME, seconds=3, count=1)
    set_fault(mock, "slow_answer", endpoint=REPLY, seconds=20, count=1)
    await mock.get(TO_ME)
    await reply(mock, asked)
    assert clock.slept == [3.0, 20.0]


async def test_lists_can_repeat_and_shuffle_their_rows(mock: RunningMock, asked: Comment) -> None:
    person, post = mock.world.user("b", START), mock.world.statuses[asked.status]
    made = [mock.world.comment(mock.account, person, post, f"{n}", START) for n in range(9)]
    ordered = [one.id for one in reversed([asked, *made])]
    set_fault(mock, "duplicate", endpoint=TO_ME, count=1)
    twice = (await mock.get(TO_ME)).ids("comments")
    assert twice == [ordered[0], *ordered]
    set_fault(mock, "reorder", endpoint=TO_ME, count=1)
    mixed = (await mock.get(TO_ME)).ids("comments")
    assert mixed != ordered
    assert sorted(mixed, reverse=True) == ordered
    assert (await mock.get(TO_ME)).ids("comments") == ordered


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [("error", 500, 10001), ("quota_spent", 403, 10023), ("token_expired", 401, 21315)],
)
async def test_refusals_on_demand(mock: RunningMock, kind: Kind, status: int, code: int) -> None:
    set_fault(mock, kind, count=1)
    refused = await mock.get(TO_ME)
    assert (refused.status, refused.code) == (status, code)
    assert (await mock.get(TO_ME)).status == 200


async def test_switches_are_set_seen_and_cleared_over_http(mock: RunningMock) -> None:
    body = {"faults": [{"kind": "error", "endpoint": TO_ME, "code": 10009, "skip": 1}]}
    await mock.control("POST", "faults", body)
    codes = [(await mock.get(TO_ME)).status for _ in range(3)]
    (switch,) = (await mock.control("GET", "faults")).rows("faults")
    assert codes == [200, 503, 503]
    assert (switch["seen"], switch["fired"]) == (3, 2)
    assert (await mock.control("DELETE", "faults"))["faults"] == []
    assert (await mock.get(TO_ME)).status == 200


def test_chance_follows_the_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        board = FaultBoard(seed, [Fault(kind="error", probability=0.3)])
        return [board.strike(TO_ME, "error") is not None for _ in range(200)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 30 < sum(strikes(1)) < 90


def test_a_switch_for_another_endpoint_or_kind_is_not_used_up() -> None:
    board = FaultBoard(1, [Fault(kind="error", endpoint=REPLY, count=1)])
    assert board.strike(TO_ME, "error") is None
    assert board.strike(REPLY, "delay") is None
    assert board.strike(REPLY, "error") is not None
    assert board.strike(REPLY, "error") is None


@pytest.mark.parametrize("wrong", [{"kind": "magic"}, {"kind": "error", "probability": 0}])
def test_a_senseless_switch_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Fault.model_validate(wrong)
