"""The Weibo remover against the mock platform over real HTTP: gone, refused, or an honest "unknown"."""

from collections.abc import AsyncIterator

import pytest

from shared.contracts.dues import REMOVABLE
from shared.contracts.items import ItemKind
from shared.errors import PermanentError, TransientError
from shared.platforms.mock.faults import Fault
from shared.platforms.port import ApprovalId, RemovalTarget, SendRefused, SendUnknown, Sent
from shared.platforms.registry import ADAPTERS
from shared.platforms.weibo.client import WeiboClient
from shared.platforms.weibo.remover import CANNOT, WeiboRemover
from tests.fakes.clock import FakeClock
from tests.fakes.ingest_world import ServedWorld, served_world

APPROVED = ApprovalId("approval-1")
DESTROY = "2/comments/destroy"


@pytest.fixture
async def world() -> AsyncIterator[ServedWorld]:
    async with served_world(FakeClock()) as served:
        yield served


def remover_for(world: ServedWorld, **changes: str) -> WeiboRemover:
    return WeiboRemover(WeiboClient(world.session, world.account.model_copy(update=changes)))


def a_comment(world: ServedWorld) -> RemovalTarget:
    return RemovalTarget("delete", "comment", str(world.say("加我看片")))


async def test_a_comment_under_an_own_post_is_taken_away_and_seen_to_be_gone(
    world: ServedWorld,
) -> None:
    target, remover = a_comment(world), remover_for(world)
    assert not await remover.is_gone(target)
    result = await remover.remove(target, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, Sent)
    assert world.platform.world.comments[int(target.native_id)].deleted
    assert await remover.is_gone(target)


async def test_what_is_gone_already_counts_as_done(world: ServedWorld) -> None:
    target, remover = a_comment(world), remover_for(world)
    world.platform.world.delete(int(target.native_id))
    result = await remover.remove(target, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, Sent)
    assert "gone already" in result.receipt.detail


async def test_without_an_approval_nothing_is_asked_for(world: ServedWorld) -> None:
    result = await remover_for(world).remove(
        a_comment(world), approval=ApprovalId(""), timeout_seconds=5
    )
    assert isinstance(result, SendRefused)
    assert world.calls(DESTROY) == 0


@pytest.mark.parametrize(
    "target",
    [
        RemovalTarget("hide", "comment", "1"),
        RemovalTarget("block", "comment", "1"),
        RemovalTarget("delete", "mention", "1"),
    ],
)
async def test_what_weibo_does_not_offer_is_refused_in_words(
    world: ServedWorld, target: RemovalTarget
) -> None:
    remover = remover_for(world)
    result = await remover.remove(target, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, SendRefused)
    assert (result.code, result.retry) == (CANNOT, False)
    with pytest.raises(PermanentError):
        await remover.is_gone(target)


async def test_a_cut_connection_is_unknown_and_can_be_read_back(world: ServedWorld) -> None:
    target, remover = a_comment(world), remover_for(world)
    world.platform.faults.add([Fault(kind="drop_after_commit", endpoint=DESTROY, count=1)])
    result = await remover.remove(target, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, SendUnknown)
    assert await remover.is_gone(target)


async def test_who_cannot_be_reached_was_asked_nothing(world: ServedWorld) -> None:
    remover = remover_for(world, endpoint="http://127.0.0.1:1")
    result = await remover.remove(a_comment(world), approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, SendRefused)
    assert result.retry


async def test_a_refusal_says_whether_later_may_help(world: ServedWorld) -> None:
    said = []
    for code in (10022, 20203, 10001):
        world.platform.faults.add([Fault(kind="error", endpoint=DESTROY, code=code, count=1)])
        result = await remover_for(world).remove(
            a_comment(world), approval=APPROVED, timeout_seconds=5
        )
        said.append(result.retry if isinstance(result, SendRefused) else type(result))
    assert said == [True, False, SendUnknown]


async def test_a_reading_that_is_refused_tells_nothing(world: ServedWorld) -> None:
    target, remover = a_comment(world), remover_for(world)
    reading = "2/comments/show_batch"
    world.platform.faults.add([Fault(kind="error", endpoint=reading, code=10022, count=1)])
    with pytest.raises(TransientError):
        await remover.is_gone(target)
    world.platform.faults.add([Fault(kind="error", endpoint=reading, code=20101, count=1)])
    assert await remover.is_gone(target)


def test_what_the_core_believes_of_platforms_is_what_their_adapters_offer() -> None:
    assert set(REMOVABLE) == set(ADAPTERS)
    assert REMOVABLE["weibo"] == {"delete": frozenset({ItemKind.COMMENT})}
