"""What waits for approval, the stream, frozen plans, the past of words: clean, narrow, both themes."""

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from shared.runtime.clock import SystemClock
from tests.fakes.browser import Served
from tests.fakes.busy_house import fill

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]
PAGES = ("approvals", "stream", "positions/history", "plans", "case/case1041", "queue")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest_asyncio.fixture(loop_scope="module")
async def page(served: Served, chrome: Browser) -> AsyncIterator[Page]:
    """Yield a page of somebody who looks into a busy house."""
    fill(served.house, SystemClock().now())
    context = await chrome.new_context(locale="zh-CN")
    yield await served.enter(context, "zhou")
    await context.close()


async def test_no_page_has_a_violation_in_either_theme_nor_scrolls_sideways(
    served: Served, page: Page
) -> None:
    for path in PAGES:
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(f"{served.address}/{path}")
        for scheme in THEMES:
            await page.emulate_media(color_scheme=scheme)
            found = await Axe().run(page)
            assert found.violations_count == 0, f"{path} {scheme}: {found.generate_report()}"
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path


async def test_the_next_approver_goes_from_the_count_to_the_text(page: Page) -> None:
    await expect(page.locator("nav .count")).to_have_text("1")
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await page.wait_for_url("**/approvals")
    await page.locator("li h2 a").first.click()
    await page.wait_for_url("**/case/case1042?slot=answer")
    await expect(page.locator("#reply-state button[value=true]")).to_be_enabled()


async def test_what_is_held_cannot_be_pressed_and_says_what_to_do(
    served: Served, page: Page
) -> None:
    await page.goto(f"{served.address}/case/case1041")
    await expect(page.locator("#editor [data-confirms]")).to_be_disabled()
    await expect(page.locator("#withheld")).to_contain_text("现在可以")
