"""What a person woken at night needs of the console: the worst first, and a key that says why not."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.fakes.browser import Served, a_console
from tests.fakes.replies import TABOO

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Served]:
    async with a_console() as served:
        standing = served.house.alarms["page1"]
        risk = {
            "page_id": "page2",
            "reasons": ("self_harm",),
            "raised_at": standing.raised_at + timedelta(minutes=1),
        }
        served.house.alarms["page2"] = standing.model_copy(update=risk)
        yield served


async def _box(page: Page, selector: str) -> dict[str, float]:
    box = await page.locator(selector).first.bounding_box()
    assert box is not None, selector
    return {"top": box["y"], "bottom": box["y"] + box["height"], "left": box["x"]}


async def test_on_a_phone_the_alarm_of_a_life_is_the_first_thing_of_all(
    served: Served, chrome: Browser
) -> None:
    phone = await chrome.new_context(
        locale="zh-CN", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    phone.set_default_timeout(8000)
    page = await served.enter(phone, "zhou")
    await page.goto(f"{served.address}/queue")
    alarm = page.locator(".alarms a").first
    await expect(alarm).to_contain_text("轻生风险")
    assert (await _box(page, ".alarms a"))["bottom"] < (await _box(page, "#top nav"))["top"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await alarm.tap()
    await expect(page.locator("h1")).to_contain_text("轻生风险")
    assert (await _box(page, "button.big"))["bottom"] < 600
    await expect(page.locator(".alarms a")).to_have_count(1)
    await expect(page.locator(".alarms a")).not_to_contain_text("轻生风险")


async def test_a_key_that_may_not_send_yet_leads_to_what_stops_it(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    await page.goto(f"{served.address}/case/case1042")
    await page.keyboard.press("r")
    await page.keyboard.type(f"这事我们{TABOO}")
    await expect(page.locator("#findings [data-level=block]")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("s")
    await expect(page.locator("#say")).to_have_text("发前检查：不能发出")
    await expect(page.locator("[data-reword]").first).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).not_to_have_value(f"这事我们{TABOO}")


async def test_what_is_written_is_never_hidden_behind_the_buttons(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    await page.set_viewport_size({"width": 1280, "height": 720})
    await page.goto(f"{served.address}/case/case1042")
    await page.locator("#text").focus()
    assert (await _box(page, "#text"))["bottom"] <= (await _box(page, "#editor .last"))["top"]


async def test_the_sheet_of_keys_fits_a_small_screen_and_breaks_no_word(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    await page.goto(f"{served.address}/queue")
    await page.keyboard.press("?")
    heights = await page.locator("dialog .pairs > div").evaluate_all(
        "(rows) => rows.map((row) => row.getBoundingClientRect().height)"
    )
    assert max(heights) < 50, "each key on one line"
