"""Harm that opened no case is found in the stream, made a case, and asked to be taken away."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from shared.contracts.verdicts import Label, Verdict
from tests.fakes.builders import classified
from tests.fakes.respond_house import House, a_comment, a_house
from tests.fakes.switch_house import a_desk, switched

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]


async def _advert(house: House) -> None:
    item = a_comment(7, house.clock.now()).model_copy(update={"text": "加微信领红包，日入过千"})
    verdict = Verdict.of({Label.SPAM: 0.95}, decided=(Label.SPAM,), model="m1")
    await house.put(item, classified(item.item_id, "v1", verdict))


async def test_an_advertisement_without_a_case_is_dealt_with_from_the_stream(
    chrome: Browser,
) -> None:
    async with a_house(switched()) as house:
        await house.lead()
        await _advert(house)
        async with a_desk(house) as served:
            context = await chrome.new_context(locale="zh-CN")
            context.set_default_timeout(8000)
            page = await served.enter(context, "wang")
            await expect(page.locator(".row")).to_have_count(0)
            await page.goto(f"{served.address}/stream?show=harm")
            item = page.locator("li.item", has_text="加微信领红包")
            await item.locator("details.why summary").click()
            await item.locator("input[name=reason]").fill("刷屏广告")
            await item.locator("button[value=false]").click()
            await page.wait_for_url("**/case/*")
            await expect(page.locator(".thread")).to_contain_text("加微信领红包")
            await page.locator("details.remove summary").click()
            await expect(page.locator("details.remove button")).to_be_visible()
            await page.goto(f"{served.address}/stream?show=free")
            await expect(page.locator("main")).to_contain_text("没有这样的互动")
            assert served.complaints == []
            await context.close()


async def _pictures(house: House, count: int) -> None:
    for number in range(count):
        item = a_comment(50 + number, house.clock.now()).model_copy(update={"text": ""})
        verdict = Verdict.of({}, abstained=True, degraded=("no_text",), model="m1")
        await house.put(item, classified(item.item_id, "v1", verdict))


async def test_pictures_lie_in_one_case_and_one_of_them_is_made_a_case_of_its_own(
    chrome: Browser,
) -> None:
    async with a_house(switched()) as house:
        await house.lead()
        await _pictures(house, 3)
        await house.clock.advance(3600)
        async with a_desk(house) as served:
            context = await chrome.new_context(locale="zh-CN")
            context.set_default_timeout(8000)
            page = await served.enter(context, "wang")
            await expect(page.locator(".alarms")).to_have_count(0)
            row = page.locator(".row")
            await expect(row).to_have_count(1)
            await expect(row).to_contain_text("没有文字 3 条")
            await expect(row).to_contain_text("评论里没有文字")
            await row.click()
            await page.wait_for_url("**/case/*")
            await expect(page.locator(".story")).to_contain_text("不会半夜叫人")
            await expect(page.locator("#editor")).to_have_count(0)
            first = page.locator("li.item").first
            await first.locator("input[name=reason]").first.fill("照片里是发霉的蛋糕")
            await first.locator("button[name=answer][value=true]").click()
            await page.wait_for_url("**/case/*")
            await expect(page.locator("#editor")).to_be_visible()
            await page.goto(f"{served.address}/queue")
            await expect(row).to_have_count(2)
            found = await Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert served.complaints == []
            await context.close()
