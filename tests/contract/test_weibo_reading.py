"""The Weibo poller against the mock platform over real HTTP."""

from collections.abc import AsyncIterator, Sequence

import pytest

from shared.contracts.items import ItemDeleted, ItemEdited, ItemKind, ItemReceived
from shared.contracts.posts import PostSeen
from shared.errors import TransientError
from shared.platforms.mock.faults import Fault
from shared.platforms.mock.model import Feed
from shared.platforms.mock.platform import MockOptions
from shared.platforms.port import Incoming, Page
from shared.platforms.weibo.client import WeiboClient
from shared.platforms.weibo.pace import PaceLimits
from shared.platforms.weibo.poller import WeiboPoller
from tests.fakes.clock import FakeClock
from tests.fakes.ingest_world import ServedWorld, served_world


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def world(clock: FakeClock) -> AsyncIterator[ServedWorld]:
    async with served_world(clock) as served:
        yield served


def poller_for(world: ServedWorld, limits: PaceLimits | None = None) -> WeiboPoller:
    client = WeiboClient(world.session, world.account)
    return WeiboPoller(client, world.account, world.clock, limits)


def received(facts: Sequence[Incoming]) -> list[ItemReceived]:
    return [fact for fact in facts if isinstance(fact, ItemReceived)]


async def test_a_comment_becomes_an_item_with_its_author_thread_and_post(
    world: ServedWorld,
) -> None:
    native_id = world.say("电梯坏了没人修")
    page = await poller_for(world).poll(None)
    post, item = page.incoming
    assert isinstance(post, PostSeen)
    assert isinstance(item, ItemReceived)
    assert (item.native_id, item.text, item.item_kind) == (
        str(native_id),
        "电梯坏了没人修",
        ItemKind.COMMENT,
    )
    assert item.thread.post_id == post.post_id
    assert item.author.author_id == str(world.somebody().uid)
    assert item.author.name == world.somebody().name
    assert item.source == "poll"
    assert (page.state, page.gap, list(page.rejected)) == ("ok", False, [])


async def test_mentions_reposts_and_answers_are_told_apart(world: ServedWorld) -> None:
    comment = world.say("第一")
    mock, now = world.platform.world, world.clock.now()
    main, author = world.platform.main, world.somebody("路人丙")
    first = mock.comments[comment]
    post = mock.statuses[first.status]
    mock.comment(main, author, post, "同问", now, reply_to=first)
    mock.repost(main, author, post, "", now)
    world.mention("@商场 停车场怎么走")
    items = received((await poller_for(world).poll(None)).incoming)
    kinds = {item.text: item.item_kind for item in items}
    assert kinds == {
        "第一": ItemKind.COMMENT,
        "同问": ItemKind.COMMENT,
        "转发微博": ItemKind.REPOST,
        "@商场 停车场怎么走": ItemKind.MENTION,
    }
    answer = next(item for item in items if item.text == "同问")
    assert answer.thread.parent_id == str(comment)
    assert answer.thread.root_id == str(comment)


async def test_what_was_read_is_not_read_again_and_idle_polls_cost_no_quota(
    world: ServedWorld, clock: FakeClock
) -> None:
    world.say("一")
    poller = poller_for(world)
    cursor = (await poller.poll(None)).cursor
    before = world.calls("2/comments/to_me")
    for _ in range(5):
        await clock.advance(0.5)
        page = await poller.poll(cursor)
        assert list(page.incoming) == []
        cursor = page.cursor
    assert world.calls("2/comments/to_me") == before
    world.say("二")
    await clock.advance(0.5)
    page = await poller.poll(cursor)
    assert [item.text for item in received(page.incoming)] == ["二"]


@pytest.mark.parametrize("counters_start_over", [True, False])
async def test_what_is_said_right_after_a_reading_is_seen_at_the_next_look(
    world: ServedWorld, clock: FakeClock, *, counters_start_over: bool
) -> None:
    """The counter may show the same number again: reading set it back, one more came."""
    poller = poller_for(world)
    cursor, seen = (await poller.poll(None)).cursor, []
    for number in range(4):
        world.say(f"{number}")
        await clock.advance(0.5)
        page = await poller.poll(cursor)
        cursor = page.cursor
        seen.append([item.text for item in received(page.incoming)])
        if not counters_start_over:
            world.platform.main.unread[Feed.TO_ME] = number + 1
    assert seen == [["0"], ["1"], ["2"], ["3"]]
    before = world.calls("2/comments/to_me")
    for _ in range(10):
        await clock.advance(0.5)
        cursor = (await poller.poll(cursor)).cursor
    assert world.calls("2/comments/to_me") - before <= 2, "idle looks cost next to nothing"


async def test_an_old_cursor_reads_the_same_again(world: ServedWorld, clock: FakeClock) -> None:
    poller = poller_for(world)
    start = (await poller.poll(None)).cursor
    world.say("一")
    await clock.advance(1)
    first = await poller.poll(start)
    await clock.advance(20)
    again = await poller.poll(start)
    assert received(again.incoming) == received(first.incoming)


async def test_an_edit_is_seen_with_both_versions(world: ServedWorld, clock: FakeClock) -> None:
    comment, mention = world.say("原文"), world.mention("原帖")
    poller = poller_for(world)
    first = await poller.poll(None)
    versions = {item.native_id: item.item_version for item in received(first.incoming)}
    now = clock.now()
    world.platform.world.edit(comment, "改过", now)
    world.platform.world.edit(mention, "改过的帖", now)
    await clock.advance(12)
    page = await poller.poll(first.cursor)
    edits = {fact.native_id: fact for fact in page.incoming if isinstance(fact, ItemEdited)}
    assert set(edits) == {str(comment), str(mention)}
    assert edits[str(comment)].previous_version == versions[str(comment)]
    assert edits[str(comment)].item_version != versions[str(comment)]
    assert edits[str(mention)].edited_at == now
    await clock.advance(12)
    assert list((await poller.poll(page.cursor)).incoming) == []


async def test_deleted_comments_and_posts_are_reported_once(
    world: ServedWorld, clock: FakeClock
) -> None:
    keep, gone, mention = world.say("留"), world.say("删"), world.mention("删帖")
    poller = poller_for(world)
    first = await poller.poll(None)
    world.platform.world.delete(gone)
    world.platform.world.delete(mention)
    await clock.advance(12)
    page = await poller.poll(first.cursor)
    deleted = [fact.native_id for fact in page.incoming if isinstance(fact, ItemDeleted)]
    assert sorted(deleted) == sorted([str(gone), str(mention)])
    assert str(keep) not in deleted
    await clock.advance(12)
    assert list((await poller.poll(page.cursor)).incoming) == []


async def test_an_own_reply_under_our_post_is_not_an_item(world: ServedWorld) -> None:
    comment = world.platform.world.comments[world.say("请问几点关门")]
    mock = world.platform.world
    post = mock.statuses[comment.status]
    own = mock.speak(world.platform.main, post, "十点", world.clock.now(), reply_to=comment)
    world.platform.main.feeds[Feed.TO_ME].append(own.id)
    page = await poller_for(world).poll(None)
    assert [item.text for item in received(page.incoming)] == ["请问几点关门"]
    assert str(own.id) in [one.post_id for one in page.incoming if isinstance(one, PostSeen)]


async def test_an_own_post_nobody_answered_is_seen_all_the_same(
    world: ServedWorld, clock: FakeClock
) -> None:
    mock, main = world.platform.world, world.platform.main
    post = mock.publish(main, "今日促销", clock.now())
    poller = poller_for(world)
    cursor = (await poller.poll(None)).cursor
    await clock.advance(12)
    page = await poller.poll(cursor)
    assert [one.post_id for one in page.incoming if isinstance(one, PostSeen)] == [str(post.id)]
    await clock.advance(12)
    assert list((await poller.poll(page.cursor)).incoming) == []


async def test_a_walk_cut_short_remembers_the_gap_and_fills_it_later(
    world: ServedWorld, clock: FakeClock
) -> None:
    said = [world.say(f"第{number}条") for number in range(37)]
    poller, cursor = poller_for(world, PaceLimits(page_size=5, pages_a_poll=2)), None
    found: list[str] = []
    pages: list[Page] = []
    for _ in range(12):
        page = await poller.poll(cursor)
        pages.append(page)
        found += [item.native_id for item in received(page.incoming)]
        cursor = page.cursor
        await clock.advance(1)
    assert pages[0].gap
    assert pages[0].state == "gap"
    assert pages[0].next_poll_seconds < 0.5
    assert not pages[-1].gap
    assert sorted(found, key=int) == [str(one) for one in said]
    assert len(found) == len(set(found))


async def test_a_spent_quota_changes_the_pace_and_is_said(clock: FakeClock) -> None:
    async with served_world(clock, MockOptions(calls_per_hour=10)) as world:
        poller, cursor = poller_for(world), None
        states: list[tuple[str, float]] = []
        refusals: list[str] = []
        for number in range(8):
            world.say(f"第{number}条")
            page = await poller.poll(cursor)
            cursor = page.cursor
            states.append((page.state, page.next_poll_seconds))
            refusals.append(page.detail)
            await clock.advance(600)
        assert ("quota_spent", 60.0) in states
        assert all(pause >= 30.0 for _, pause in states)
        assert set(refusals) == {""}, "we stopped by ourselves, a fifth is left for replies"


async def test_a_refused_quota_is_the_same_news(world: ServedWorld, clock: FakeClock) -> None:
    poller = poller_for(world)
    cursor = (await poller.poll(None)).cursor
    world.platform.faults.add([Fault(kind="quota_spent", endpoint="2/comments/to_me")])
    world.say("一")
    await clock.advance(5)
    page = await poller.poll(cursor)
    assert page.state == "quota_spent"
    world.platform.faults.clear()
    await clock.advance(60)
    page = await poller.poll(page.cursor)
    assert [item.text for item in received(page.incoming)] == ["一"]


async def test_an_expired_token_is_said_and_the_cursor_stays(
    world: ServedWorld, clock: FakeClock
) -> None:
    poller = poller_for(world)
    first = await poller.poll(None)
    world.platform.tokens.expire(world.platform.main, clock.now())
    await clock.advance(5)
    page = await poller.poll(first.cursor)
    assert page.state == "token_expired"
    assert page.next_poll_seconds == 60.0
    assert page.cursor == first.cursor
    assert "213" in page.detail


async def test_a_server_that_fails_raises_and_later_nothing_is_missing(
    world: ServedWorld, clock: FakeClock
) -> None:
    poller = poller_for(world)
    cursor = (await poller.poll(None)).cursor
    world.say("一")
    await clock.advance(5)
    world.platform.faults.add([Fault(kind="drop_before", endpoint="2/comments/to_me")])
    with pytest.raises(TransientError):
        await poller.poll(cursor)
    world.platform.faults.clear()
    await clock.advance(20)
    page = await poller.poll(cursor)
    assert [item.text for item in received(page.incoming)] == ["一"]


async def test_repeated_and_shuffled_rows_change_nothing(world: ServedWorld) -> None:
    world.platform.faults.add([Fault(kind="duplicate"), Fault(kind="reorder")])
    said = {world.say(f"第{number}条") for number in range(20)}
    page = await poller_for(world).poll(None)
    natives = [item.native_id for item in received(page.incoming)]
    assert sorted(natives) == sorted(str(one) for one in said)


async def test_an_address_nobody_listens_on_is_a_failure_to_retry(world: ServedWorld) -> None:
    account = world.account.model_copy(update={"endpoint": "http://127.0.0.1:9"})
    poller = WeiboPoller(WeiboClient(world.session, account), account, world.clock)
    with pytest.raises(TransientError):
        await poller.poll(None)


async def test_the_pace_follows_the_quota(world: ServedWorld) -> None:
    page = await poller_for(world).poll(None)
    assert page.next_poll_seconds == 0.5
