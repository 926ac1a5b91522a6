"""A policy owner's way in a real Chromium: a rule written, tried, proposed, approved, live, confirmed."""

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from tests.fakes.browser import Served, a_desk
from tests.fakes.rule_steps import approve_it, propose_it
from tests.fakes.rules_house import shipped

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def test_a_rule_is_written_tried_proposed_approved_and_live(
    served: Served, chrome: Browser
) -> None:
    desk, other = await a_desk(chrome), await a_desk(chrome)
    owner, lead = await served.enter(desk, "zhou"), await served.enter(other, "lin")
    await propose_it(owner)
    await approve_it(lead, served.address)
    live = (await served.house.organisation()).packs["company"]
    assert served.house.rules_shelf[live].clocks[0].acknowledge_minutes == 10

    await owner.goto(f"{served.address}/case/case1042")
    await expect(owner.locator(".changes")).to_contain_text("与您有关的变化")
    await owner.get_by_role("button", name="我已读过，按新规则办").press("Enter")
    await owner.wait_for_url("**/case/case1042")
    await expect(owner.locator(".changes")).to_have_count(0)

    await lead.goto(f"{served.address}/policy")
    await lead.get_by_label("理由").fill("太快了，做不到")
    await lead.get_by_role("button", name="退回上一版规则").press("Enter")
    await expect(lead.locator("main")).to_contain_text("由安装文件决定")
    assert (await served.house.organisation()).packs["company"] == shipped().content_hash()
    await desk.close()
    await other.close()


async def test_a_mistake_in_a_condition_is_told_in_plain_words_while_it_is_written(
    served: Served, chrome: Browser
) -> None:
    desk = await a_desk(chrome)
    page = await served.enter(desk, "zhou")
    await page.goto(f"{served.address}/policy/company/rule?kind=severity")
    await page.get_by_text("自己写条件（CEL）").click()
    await page.get_by_label("条件", exact=True).fill("case.sevrity > 70")
    await expect(page.locator("#found")).to_contain_text("您是不是想写：case.severity")
    await page.get_by_label("条件", exact=True).fill("case.severity > 70")
    await page.get_by_label("编号（小写字母、数字、-）").fill("grave")
    await page.get_by_label("加几分（负数为减）").fill("5")
    await page.get_by_label("理由（给同事看的）").fill("大事优先")
    await expect(page.locator("#found")).to_contain_text("写得通")
    await desk.close()


async def test_pages_about_rules_are_clean_in_both_lights_and_languages(
    served: Served, chrome: Browser
) -> None:
    for locale in ("zh-CN", "en-GB"):
        desk = await a_desk(chrome, locale)
        page = await served.enter(desk, "zhou")
        for path in PAGES:
            await page.goto(f"{served.address}/{path}")
            for scheme in THEMES:
                await page.emulate_media(color_scheme=scheme)
                clean = await Axe().run(page)
                where = f"{path} {scheme} {locale}"
                assert clean.violations_count == 0, f"{where}: {clean.generate_report()}"
        await desk.close()


PAGES = (
    "policy",
    "policy/company?area=taboos",
    "policy/company/rule?kind=clock&labels=complaint&acknowledge_minutes=5&first_reply_minutes=9",
    "policy/company/rule?kind=taboo",
    "policy/company/checks",
    "policy/company/checks/words?phrases=退款&kinds=reply",
    "policy/company/checks/elapsed",
    "policy/company/changes",
    "incidents",
)


async def test_on_a_phone_no_page_about_rules_scrolls_sideways(
    served: Served, chrome: Browser
) -> None:
    context = await chrome.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN"
    )
    page = await served.enter(context, "zhou")
    for path in PAGES:
        await page.goto(f"{served.address}/{path}")
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, path
    await context.close()
