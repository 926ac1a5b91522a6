"""The Weibo speaker against the mock platform over real HTTP: once, or an honest "unknown"."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.errors import PermanentError, TransientError
from shared.platforms.mock.faults import Fault
from shared.platforms.port import ApprovalId, ReplyTarget, SendRefused, SendUnknown, Sent
from shared.platforms.weibo.client import WeiboClient
from shared.platforms.weibo.speaker import FIND_PAGE_SIZE, FIND_PAGES, WeiboSpeaker
from tests.fakes.clock import FakeClock
from tests.fakes.ingest_world import ServedWorld, served_world

APPROVED = ApprovalId("approval-1")
TEXT = "已经安排师傅上门维修。"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def world(clock: FakeClock) -> AsyncIterator[ServedWorld]:
    async with served_world(clock) as served:
        yield served


def speaker_for(world: ServedWorld, **changes: str) -> WeiboSpeaker:
    account = world.account.model_copy(update=changes)
    return WeiboSpeaker(WeiboClient(world.session, account), account)


def comment_target(world: ServedWorld) -> ReplyTarget:
    native_id = world.say("电梯坏了")
    post = world.platform.world.comments[native_id].status
    author = str(world.somebody().uid)
    return ReplyTarget("comment", str(native_id), str(post), None, author)


def answers(world: ServedWorld, target: ReplyTarget) -> list[str]:
    mock = world.platform.world
    return [mock.comments[one].text for one in mock.answers.get(int(target.native_id), [])]


async def test_a_reply_is_posted_once_exactly_as_approved(world: ServedWorld) -> None:
    target = comment_target(world)
    result = await speaker_for(world).reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, Sent)
    assert answers(world, target) == [TEXT]
    mock = world.platform.world
    assert result.receipt.native_id == str(mock.answers[int(target.native_id)][0])
    assert world.calls("2/comments/reply") == 1


async def test_the_operators_address_goes_with_it(world: ServedWorld) -> None:
    target = comment_target(world)
    await speaker_for(world).reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    (entry,) = world.platform.journal.page(after=0, limit=10, endpoint="2/comments/reply")
    assert entry.params["rip"] == "10.0.0.1"
    refused = await speaker_for(world, operator_ip="").reply(
        target, "另一句话", approval=APPROVED, timeout_seconds=5
    )
    assert isinstance(refused, SendRefused)


async def test_a_mention_is_answered_by_a_comment_under_it(
    world: ServedWorld, clock: FakeClock
) -> None:
    native_id = world.mention("@商场 请问几点开门")
    target = ReplyTarget("mention", str(native_id), str(native_id), None, "1")
    speaker = speaker_for(world)
    result = await speaker.reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, Sent)
    found = await speaker.find(target, TEXT, clock.now())
    assert found is not None
    assert found.native_id == result.receipt.native_id


async def test_a_private_message_is_answered_in_private(world: ServedWorld) -> None:
    who = world.somebody("私信者")
    world.platform.world.message(world.platform.main, who, "在吗", world.clock.now())
    target = ReplyTarget("message", "x", None, None, str(who.uid))
    speaker = speaker_for(world)
    result = await speaker.reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, Sent)
    assert [one.text for one in world.platform.world.inbox[who.uid]] == ["在吗", TEXT]
    with pytest.raises(PermanentError):
        await speaker.find(target, TEXT, world.clock.now())


async def test_a_cut_connection_after_the_commit_is_unknown_and_can_be_read_back(
    world: ServedWorld, clock: FakeClock
) -> None:
    target = comment_target(world)
    world.platform.faults.add(
        [Fault(kind="drop_after_commit", endpoint="2/comments/reply", count=1)]
    )
    speaker = speaker_for(world)
    began = clock.now()
    result = await speaker.reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, SendUnknown)
    assert answers(world, target) == [TEXT], "one attempt, never repeated by the client itself"
    found = await speaker.find(target, TEXT, began)
    assert found is not None
    assert await speaker.find(target, "别的话", began) is None
    other = ReplyTarget("comment", "123", target.post_id, None, "1")
    assert await speaker.find(other, TEXT, began) is None
    assert await speaker.find(target, TEXT, began + timedelta(hours=1)) is None


async def test_any_reply_of_ours_is_found_but_for_those_we_know(
    world: ServedWorld, clock: FakeClock
) -> None:
    target, began = comment_target(world), clock.now()
    speaker = speaker_for(world)
    assert await speaker.find(target, None, began) is None
    result = await speaker.reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, Sent)
    native_id = result.receipt.native_id
    found = await speaker.find(target, None, began)
    assert found is not None
    assert found.native_id == native_id
    assert await speaker.find(target, None, began, known=frozenset({native_id})) is None
    assert await speaker.find(comment_target(world), None, began) is None


async def test_a_cut_connection_before_the_commit_is_unknown_and_nothing_is_found(
    world: ServedWorld, clock: FakeClock
) -> None:
    target = comment_target(world)
    world.platform.faults.add([Fault(kind="drop_before", endpoint="2/comments/reply")])
    speaker = speaker_for(world)
    result = await speaker.reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, SendUnknown)
    assert answers(world, target) == []
    assert await speaker.find(target, TEXT, clock.now()) is None


async def test_refused_as_equal_after_an_own_unknown_try_means_it_arrived(
    world: ServedWorld,
) -> None:
    target = comment_target(world)
    world.platform.faults.add(
        [Fault(kind="drop_after_commit", endpoint="2/comments/reply", count=1)]
    )
    first = await speaker_for(world).reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(first, SendUnknown)
    again = await speaker_for(world).reply(target, TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(again, Sent), "found by reading back, by a process that knows nothing"
    assert answers(world, target) == [TEXT]


async def test_equal_text_for_somebody_else_stays_refused(world: ServedWorld) -> None:
    speaker = speaker_for(world)
    await speaker.reply(comment_target(world), TEXT, approval=APPROVED, timeout_seconds=5)
    world.platform.faults.add([Fault(kind="error", code=20019, endpoint="2/comments/reply")])
    result = await speaker.reply(comment_target(world), TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, SendRefused)
    assert (result.code, result.retry) == ("20019", False)


@pytest.mark.parametrize(
    ("code", "retry"), [(10023, True), (10009, True), (21315, False), (20021, False)]
)
async def test_refusals_carry_weibos_code_and_whether_later_may_help(
    world: ServedWorld,
    code: int,
    retry: bool,  # noqa: FBT001
) -> None:
    world.platform.faults.add([Fault(kind="error", code=code, endpoint="2/comments/reply")])
    result = await speaker_for(world).reply(
        comment_target(world), TEXT, approval=APPROVED, timeout_seconds=5
    )
    assert isinstance(result, SendRefused)
    assert (result.code, result.retry) == (str(code), retry)


async def test_posted_but_visible_later_counts_as_sent(world: ServedWorld) -> None:
    world.platform.faults.add([Fault(kind="error", code=20032, endpoint="2/comments/reply")])
    result = await speaker_for(world).reply(
        comment_target(world), TEXT, approval=APPROVED, timeout_seconds=5
    )
    assert isinstance(result, Sent)


async def test_an_unclear_system_error_is_unknown(world: ServedWorld) -> None:
    world.platform.faults.add([Fault(kind="error", code=10001, endpoint="2/comments/reply")])
    result = await speaker_for(world).reply(
        comment_target(world), TEXT, approval=APPROVED, timeout_seconds=5
    )
    assert isinstance(result, SendUnknown)


async def test_what_cannot_be_sent_is_refused_without_a_call(world: ServedWorld) -> None:
    speaker, target = speaker_for(world), comment_target(world)
    too_long = await speaker.reply(target, "好" * 141, approval=APPROVED, timeout_seconds=5)
    homeless = ReplyTarget("comment", "1", None, None, "1")
    no_post = await speaker.reply(homeless, TEXT, approval=APPROVED, timeout_seconds=5)
    private = ReplyTarget("message", "1", None, None, "1")
    long_message = await speaker.reply(private, "好" * 300, approval=APPROVED, timeout_seconds=5)
    nobody = await speaker.reply(target, TEXT, approval=ApprovalId(""), timeout_seconds=5)
    codes = [
        one.code
        for one in (too_long, no_post, long_message, nobody)
        if isinstance(one, SendRefused)
    ]
    assert codes == ["20012", "no_post", "20013", "no_approval"]
    assert world.calls("2/comments/reply") == 0


async def test_nobody_there_means_nothing_was_sent(world: ServedWorld) -> None:
    speaker = speaker_for(world, endpoint="http://127.0.0.1:9")
    result = await speaker.reply(comment_target(world), TEXT, approval=APPROVED, timeout_seconds=5)
    assert isinstance(result, SendRefused)
    assert (result.code, result.retry) == ("not_sent", True)


async def test_reading_back_that_fails_is_not_absence(
    world: ServedWorld, clock: FakeClock
) -> None:
    target = comment_target(world)
    world.platform.faults.add([Fault(kind="error", code=10001, endpoint="2/comments/by_me")])
    with pytest.raises(TransientError):
        await speaker_for(world).find(target, TEXT, clock.now())


async def test_reading_back_not_far_enough_is_not_absence(
    world: ServedWorld, clock: FakeClock
) -> None:
    target = comment_target(world)
    mock = world.platform.world
    comment = mock.comments[int(target.native_id)]
    for number in range(FIND_PAGES * FIND_PAGE_SIZE + 1):
        post = mock.statuses[comment.status]
        mock.speak(world.platform.main, post, f"第{number}句", clock.now(), reply_to=comment)
    speaker = speaker_for(world)
    with pytest.raises(TransientError):
        await speaker.find(target, TEXT, clock.now())
    found = await speaker.find(target, f"第{FIND_PAGE_SIZE}句", clock.now())
    assert found is not None
