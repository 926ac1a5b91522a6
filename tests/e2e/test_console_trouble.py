"""What the console shows when something fails: the reason, and all that was there before."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect

from tests.fakes.browser import Served, a_console

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]
TEXT = "您好，正在核实，今天 18 点前回复您。"


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Served]:
    async with a_console() as served:
        yield served


async def test_an_action_that_fails_leaves_the_case_and_the_text_alone(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    await page.goto(f"{served.address}/case/case1042")
    await page.fill("#text", TEXT)
    served.house.away = True
    await page.locator("[data-key=c]").click()
    await expect(page.locator("#notice")).to_contain_text("日志没有回应")
    await expect(page.locator("#text")).to_have_value(TEXT)
    served.house.away = False
    await page.locator("[data-key=c]").click()
    await expect(page.locator("#notice")).to_contain_text("已认领")
    await expect(page.locator("#text")).to_have_value(TEXT)


async def test_a_house_that_is_away_while_news_comes_leaves_no_error_behind(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    await page.goto(f"{served.address}/queue")
    await desktop.set_offline(offline=True)
    await page.evaluate("document.dispatchEvent(new CustomEvent('zs:queue'))")
    await desktop.set_offline(offline=False)
    await page.evaluate("document.dispatchEvent(new CustomEvent('zs:queue'))")
    await expect(page.locator("#link")).to_contain_text("已连接")
    assert thrown == []


async def test_a_session_that_ended_says_so_and_begins_again_elsewhere(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    await page.goto(f"{served.address}/case/case1042")
    await expect(page.locator("#link")).to_contain_text("已连接")
    await page.fill("#text", TEXT)
    await expect(page.locator("#findings")).to_contain_text("通过")
    await desktop.clear_cookies()
    await page.locator("[data-key=c]").click()
    await expect(page.locator("#notice")).to_contain_text("登录已过期")
    await expect(page.locator("#link a")).to_contain_text("重新登录")
    await page.locator("#text").press("End")
    await page.keyboard.type("谢谢")
    await expect(page.locator("#findings")).to_contain_text("恢复之前不能发出")
    await expect(page.locator("[data-sends]").first).to_be_disabled()
    await served.enter(desktop, "zhou")
    await page.keyboard.type("您")
    await expect(page.locator("#link")).to_contain_text("已连接")
    await expect(page.locator("#findings")).to_contain_text("发前检查：通过")
    await expect(page.locator("#text")).to_have_value(f"{TEXT}谢谢您")


async def test_a_store_that_cannot_be_read_is_said_and_the_page_stays(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    await page.goto(f"{served.address}/case/case1042")
    await expect(page.locator("#link")).to_contain_text("已连接")
    served.house.unreadable = True
    served.house.commit("case:case1042")
    await expect(page.locator("#link")).to_contain_text("数据暂时读不到")
    await expect(page.locator("h1")).to_contain_text("工单 #1042")
    other = await desktop.new_page()
    answer = await other.goto(f"{served.address}/queue")
    assert answer is not None
    assert answer.status == 503
    await expect(other.locator("main")).to_contain_text("已收到的不会丢")
    served.house.unreadable = False
    served.house.commit("case:case1042")
    await expect(page.locator("#link")).to_contain_text("已连接")


async def test_the_count_follows_and_the_rows_wait(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "chen")
    await expect(page.locator("#link")).to_contain_text("已连接")
    gone = served.house.cases.pop("case1040")
    served.house.commit(gone.key)
    await expect(page.locator(".count")).to_have_text("4")
    await expect(page).to_have_title("队列 4 · 值守")
    await expect(page.locator(".done")).to_have_count(1)
    assert await page.locator(".row").count() == 5
