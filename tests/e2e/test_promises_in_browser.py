"""A promise at a real desk before a real leader: ticked, sent, running, missed, and somebody called."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from tests.fakes.respond_house import a_house
from tests.fakes.switch_house import a_desk
from tests.fakes.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]
WORDS = "十分钟内答复您"
TEXT = f"您好，我们正在核实，{WORDS}。"


async def _expect_clean(page: Page) -> None:
    """Expect what is shown to be readable by everybody, and by a phone without moving sideways."""
    wide = page.viewport_size
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    assert wide is not None
    await page.set_viewport_size(wide)


async def _promise(page: Page) -> None:
    """Write the reply, tick what it promises, and send it."""
    await page.fill("#text", TEXT)
    send = page.locator("[data-confirms]")
    await expect(page.locator(".promised")).to_contain_text(f"我们承诺：{WORDS}")
    await expect(send).to_be_disabled()
    await _expect_clean(page)
    await page.locator("#text").press("Escape")
    await page.keyboard.press("p")
    await expect(send).to_be_enabled()
    await page.keyboard.press("s")
    await expect(page.locator(".leaving")).to_be_visible()


async def test_a_promise_is_ticked_sent_runs_and_wakes_somebody_when_it_is_missed(
    desktop: BrowserContext,
) -> None:
    async with a_house() as house:
        await house.lead()
        case_id = await house.complaint()
        async with a_desk(house) as door:
            page = await door.enter(desktop, "li")
            await page.goto(f"{door.address}/case/{case_id}")
            await _promise(page)
            await house.clock.advance(20)
            await until(lambda: house.speaker.calls == 1)
            await expect(page.locator(".promise")).to_contain_text("还剩")
            await page.reload()  # a page counts in real time from when it came; the house leapt
            await expect(page.locator(".promise")).to_contain_text("还剩 9 分")
            await _expect_clean(page)
            await page.goto(f"{door.address}/queue")
            await expect(page.locator(".row .dim").first).to_have_text("承诺")
            await house.clock.advance(600)
            await until(lambda: len(house.pager.pages) == 1)
            await page.goto(f"{door.address}/case/{case_id}")
            await expect(page.locator(".promise .late")).to_be_visible()
            await expect(page.locator("header")).to_contain_text("承诺到期未兑现")
            await page.locator(".promise button").first.click()
            await expect(page.locator(".promise")).to_contain_text("✓ 已兑现")
            assert (await house.read.pages(), door.complaints) == ([], [])
