"""The operator's and the on-call person's paths in a real Chromium, by keyboard and by touch."""

import asyncio
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.fakes.browser import Served
from tests.fakes.console_samples import a_case, an_item
from tests.fakes.replies import TABOO
from tests.fakes.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]
PAGES = (
    "queue",
    "case/case1042",
    "case/case1043",
    "page/page1",
    "status",
    "positions?edit=lift",
    "knowledge?edit=parking",
    "receipts",
)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LATE_TEXT = "您好，我们已联系柜台核实，今天 18 点前回复您。"


async def test_from_queue_to_sent_without_the_mouse(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "zhou")
    await expect(page.locator("#link")).to_contain_text("已连接")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/case/case1042")
    await page.keyboard.press("c")
    await expect(page.locator(".facts")).to_contain_text("承办：周以宁")
    await page.keyboard.press("r")
    await page.keyboard.type(f"这事我们{TABOO}")
    await expect(page.locator(".finding")).to_contain_text("会激怒来言的人")
    await expect(page.locator("[data-sends]").first).to_be_disabled()
    await page.locator("[data-reword]").press("Enter")
    await expect(page.locator("#text")).to_have_value("这事我们我们会负责到底")
    await expect(page.locator("#findings")).to_contain_text("发前检查：通过")
    await page.keyboard.press("Escape")
    await page.keyboard.press("1")
    await expect(page.locator("#text")).to_have_value(
        served.house.cases["case1042"].suggestions[0].text
    )
    await expect(page.locator(".promised")).to_contain_text("今天 18 点前回复您")
    await page.keyboard.press("Escape")
    await page.keyboard.press("p")
    await page.keyboard.press("s")
    await expect(page.locator(".leaving")).to_contain_text("离发出")
    served.house.arrive("case1042")
    await expect(page.locator(".receipt")).to_contain_text("7700123")
    kinds = [fact.kind.removeprefix("operator.") for fact in served.house.log]
    assert kinds == ["claimed", "drafted", "submitted", "approved"]


async def test_undo_stops_a_reply_in_its_window(served: Served, desktop: BrowserContext) -> None:
    page = await served.enter(desktop, "lin")
    await page.goto(f"{served.address}/case/case1042")
    await page.fill("#text", LATE_TEXT)
    await page.locator(".promised input").check()
    await page.locator("button[value=send][data-sends]").click()
    await expect(page.locator(".leaving")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("u")
    await expect(page.locator("#reply-state")).to_contain_text("已通过，尚未发出")


async def test_saving_twice_keeps_the_revision_in_step(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "chen")
    await page.goto(f"{served.address}/case/case1042")
    for number in (1, 2, 3):
        await page.fill("#text", f"第 {number} 次改的稿子")
        await page.locator("button[value=save]").click()
        await expect(page.locator("#reply-state")).to_contain_text(f"第 {number} 稿")
    assert served.house.cases["case1042"].replies[0].revision == 3


async def test_new_work_is_announced_and_nothing_jumps(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "chen")
    await expect(page.locator("#link")).to_contain_text("已连接")
    await page.locator(".row").nth(2).focus()
    now = served.house.cases["case1042"].opened_at
    item = an_item(9, "远山", "停车场出口又堵住了", now, labels={})
    fresh = a_case(2000, (item,), now, severity=50, due_minutes=1)
    served.house.cases[fresh.case_id] = fresh
    served.house.commit(fresh.key)
    await expect(page.locator("#news")).to_contain_text("1 条新工单 · 按 n 载入")
    assert await page.locator(".row").count() == 5
    assert await page.evaluate("document.activeElement.getAttribute('href')") == "/case/case1043"
    await page.keyboard.press("n")
    await expect(page.locator(".row")).to_have_count(6)
    assert await page.evaluate("document.activeElement.getAttribute('href')") == "/case/case1043"


async def test_typing_through_a_flood_loses_no_character(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "chen")
    await page.goto(f"{served.address}/case/case1042")
    await expect(page.locator("#link")).to_contain_text("已连接")
    await page.locator("#text").focus()
    text = "我们已经联系柜台并请主管核实" * 3

    typed = asyncio.Event()

    def flood() -> bool:
        served.house.commit("case:case1042", "case:case1041")
        return typed.is_set()

    async with asyncio.TaskGroup() as group:
        group.create_task(until(flood))
        await page.locator("#text").press_sequentially(text, delay=20)
        typed.set()
    await expect(page.locator("#text")).to_have_value(text)
    assert await page.evaluate("document.activeElement.id") == "text"


async def test_keys_are_inert_while_an_input_method_composes(
    served: Served, desktop: BrowserContext
) -> None:
    page = await served.enter(desktop, "chen")
    await page.goto(f"{served.address}/case/case1042")
    press = """(more) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key: "c", bubbles: true, ...more }))"""
    for more in ({"isComposing": True}, {"keyCode": 229}, {"ctrlKey": True}, {"altKey": True}):
        await page.evaluate(press, more)
    await page.locator("#text").press_sequentially("caysu?")
    assert served.house.log == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await page.locator("#keys-on").uncheck()
    await page.locator("#keys button").click()
    await page.keyboard.press("c")
    assert served.house.log == []
    await page.evaluate("localStorage.clear()")
    await page.keyboard.press("c")
    await expect(page.locator(".facts")).to_contain_text("承办：陈晓岚")


async def test_two_people_race_for_one_case(
    served: Served, desktop: BrowserContext, chrome: Browser
) -> None:
    first = await served.enter(desktop, "chen")
    await first.goto(f"{served.address}/case/case1042")
    other = await chrome.new_context(locale="zh-CN")
    second = await served.enter(other, "zhou")
    await second.goto(f"{served.address}/case/case1042")
    served.house.cases["case1042"] = served.house.cases["case1042"].model_copy(
        update={"owner_id": "lin", "status": "claimed"}
    )
    await second.locator("[data-key=c]").click()
    await expect(second.locator("#notice")).to_contain_text("已有人先一步认领")
    await expect(second.locator(".facts")).to_contain_text("承办：林望舒")
    served.house.cases["case1042"] = served.house.cases["case1042"].model_copy(
        update={"owner_id": "zhou"}
    )
    served.house.commit("case:case1042")
    await expect(second.locator(".facts")).to_contain_text("承办：周以宁")
    await expect(second.locator("#notice")).to_contain_text("已有人先一步认领")
    await other.close()


async def test_no_page_has_an_accessibility_violation_in_either_theme(
    served: Served, chrome: Browser
) -> None:
    context = await chrome.new_context(locale="zh-CN")
    page = await served.enter(context, "lin")
    for path in PAGES:
        await page.goto(f"{served.address}/{path}")
        await _expect_clean(page, path)
    await page.goto(f"{served.address}/case/case1042")
    await page.fill("#text", TABOO)
    await expect(page.locator(".finding")).to_be_visible()
    await _expect_clean(page, "findings")
    await context.clear_cookies()
    await page.goto(f"{served.address}/signin")
    await _expect_clean(page, "signin")
    await context.close()


async def _expect_clean(page: Page, where: str) -> None:
    for scheme in THEMES:
        await page.emulate_media(color_scheme=scheme)
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{where} {scheme}: {found.generate_report()}"


async def test_a_phone_needs_two_taps_and_never_scrolls_sideways(
    served: Served, chrome: Browser
) -> None:
    context = await chrome.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-GB"
    )
    page = await served.enter(context, "lin")
    for path in PAGES:
        await page.goto(f"{served.address}/{path}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, path
    await page.goto(f"{served.address}/page/page1")
    await page.get_by_role("button", name="I take it").tap()
    await expect(page.locator(".notice.good")).to_contain_text("林望舒")
    assert served.house.alarms["page1"].acknowledged_by == "lin"
    await context.close()


async def test_the_queue_reads_without_scripts(served: Served, chrome: Browser) -> None:
    context = await chrome.new_context(java_script_enabled=False, locale="zh-CN")
    page = await served.enter(context, "chen")
    await expect(page.locator(".row")).to_have_count(5)
    await page.locator(".row").nth(1).click()
    await page.fill("#text", LATE_TEXT)
    await page.locator("button[value=submit]").click()
    await expect(page.locator("#reply-state")).to_contain_text("待审核")
    await context.close()
