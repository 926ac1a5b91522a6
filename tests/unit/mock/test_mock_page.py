"""The public page shows what the public would see, and hostile text stays text."""

from collections.abc import AsyncIterator

import pytest

from tests.fakes.mock_platform import START, HandClock, RunningMock, running_mock

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture
async def mock() -> AsyncIterator[RunningMock]:
    async with running_mock() as running:
        yield running


async def page(mock: RunningMock) -> str:
    async with mock.session.get(f"{mock.http}/") as answer:
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.content_type == "text/html"
        return await answer.text()


async def test_an_empty_world_says_so(mock: RunningMock) -> None:
    html = await page(mock)
    assert "模拟平台" in html
    assert "还没有微博" in html


async def test_posts_comments_and_our_replies_are_shown_once(mock: RunningMock) -> None:
    post = mock.world.publish(mock.account, "周末活动开始了", START)
    person = mock.world.user("a", START)
    asked = mock.world.comment(mock.account, person, post, "几点开始", START)
    mock.world.speak(mock.account, post, "您好，十点开始", START, reply_to=asked)
    mock.world.mention(mock.account, person, "@锦绣清城购物广场 好玩", START)
    html = await page(mock)
    for text in ("周末活动开始了", "几点开始", "您好，十点开始", "好玩", person.name, "官方"):
        assert text in html
    assert html.count("您好，十点开始") == 1
    assert html.index("几点开始") < html.index("您好，十点开始")


async def test_what_is_deleted_or_not_yet_visible_is_not_shown(mock: RunningMock) -> None:
    clock = mock.platform.clock
    assert isinstance(clock, HandClock)
    post, person = (
        mock.world.publish(mock.account, "周末活动开始了", START),
        mock.world.user("a", START),
    )
    gone = mock.world.comment(mock.account, person, post, "删掉的话", START)
    mock.world.delete(gone.id)
    mock.world.speak(mock.account, post, "稍后可见", START, hidden_seconds=60)
    html = await page(mock)
    assert "删掉的话" not in html
    assert "稍后可见" not in html
    clock.pass_by(60)
    assert "稍后可见" in await page(mock)


async def test_an_answer_to_an_old_comment_is_still_shown(mock: RunningMock) -> None:
    post, person = (
        mock.world.publish(mock.account, "周末活动", START),
        mock.world.user("a", START),
    )
    made = [mock.world.comment(mock.account, person, post, f"第{n}条", START) for n in range(60)]
    mock.world.speak(mock.account, post, "答复最早一条", START, reply_to=made[0])
    html = await page(mock)
    assert "答复最早一条" in html
    assert "更早的 21 条评论未显示" in html


async def test_hostile_text_and_names_stay_text(mock: RunningMock) -> None:
    post, person = mock.world.publish(mock.account, HOSTILE, START), mock.world.user("a", START)
    person.name = HOSTILE
    mock.account.user.name = HOSTILE
    mock.world.comment(mock.account, person, post, HOSTILE, START)
    mock.world.mention(mock.account, person, HOSTILE, START)
    html = await page(mock)
    assert "<script" not in html
    assert "<img" not in html
    assert "{{7*7}}" in html
    assert "&lt;script&gt;" in html


async def test_the_page_has_a_style_sheet_and_no_script(mock: RunningMock) -> None:
    async with mock.session.get(f"{mock.http}/public.css") as answer:
        assert answer.content_type == "text/css"
    html = await page(mock)
    assert "script" not in html
    assert "style=" not in html
