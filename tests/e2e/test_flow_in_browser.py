"""Approvals by several people, a held rumour and a question, in a real Chromium on a real fold."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from shared.contracts.operators import LabelsCorrected
from shared.contracts.verdicts import Label
from tests.fakes.browser import Door
from tests.fakes.respond_house import House, a_house
from tests.fakes.switch_house import PLAIN, a_desk, switched

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]


ANSWER = "您好,退款已经为您办理,请留意查收。"


class Office(NamedTuple):
    """The house, its console, and a case in it."""

    house: House
    served: Door
    chrome: Browser
    case_id: str

    async def open(self, person_id: str) -> Page:
        """Let somebody open the case in a browser of their own."""
        context = await self.chrome.new_context(locale="zh-CN")
        context.set_default_timeout(8000)
        page = await self.served.enter(context, person_id)
        await page.goto(f"{self.served.address}/case/{self.case_id}")
        return page


@pytest_asyncio.fixture(loop_scope="module")
async def office(chrome: Browser) -> AsyncIterator[Office]:
    async with a_house(switched()) as house:
        await house.lead()
        case_id = await house.complaint()
        async with a_desk(house) as served:
            yield Office(house, served, chrome, case_id)
            assert served.complaints == []


async def test_a_reply_is_approved_by_one_post_after_the_other(office: Office) -> None:
    wang = await office.open("wang")
    await expect(wang.locator("p.desk")).to_contain_text("交客服")
    await wang.fill("#text", PLAIN)
    await wang.locator("button[value=submit][data-sends]").click()
    signing = wang.locator(".signing .awaited")
    await expect(signing).to_have_count(2)
    await expect(signing.first).to_contain_text("部门负责人（李组长）")
    zhao = await office.open("zhao")
    await zhao.locator("#reply-state button[value=true]").click()
    await expect(zhao.locator("#notice")).to_contain_text("还缺审核： 部门负责人, 保密员")
    li = await office.open("li")
    await li.locator("#reply-state button[value=true]").click()
    await expect(li.locator("#notice")).to_contain_text("还有人须审核")
    await expect(li.locator(".signing .given")).to_contain_text("李组长 · 部门负责人")
    await zhao.reload()
    await zhao.locator("#reply-state button[value=true]").click()
    await expect(zhao.locator(".leaving")).to_be_visible()
    await office.house.clock.advance(20)
    assert office.house.speaker.calls == 1


async def test_a_rumour_is_reported_up_before_anything_is_said(office: Office) -> None:
    item = (await office.house.case(office.case_id)).items[-1]
    await office.house.ok(
        LabelsCorrected(
            op_id=office.house.op(),
            person_id="wang",
            case_id=office.case_id,
            item_id=item.item_id,
            item_version=item.item_version,
            labels=(Label.RUMOUR,),
        )
    )
    zong = await office.open("zong")
    hold = zong.locator(".hold")
    await expect(hold).to_contain_text("等候总公司综合管理部决定")
    await expect(zong.locator("#suggestions")).to_have_count(0)
    await hold.locator("input[name=reason]").fill("已电话通报总部")
    await hold.locator("button[value=reported_up]").click()
    await expect(zong.locator("#notice")).to_contain_text("决定已记下")
    await expect(hold).to_contain_text("已上报总公司综合管理部")
    await expect(hold.locator("button[value=proceed]")).to_be_visible()
    send = zong.locator("#editor [data-confirms]")
    await zong.fill("#text", PLAIN)
    await expect(zong.locator("#findings .gate")).to_be_visible()
    await expect(send).to_be_disabled()
    await expect(zong.locator("#withheld")).to_contain_text("存为草稿或送审")
    await zong.locator("#text").press("Escape")
    await zong.keyboard.press("s")
    await expect(zong.locator("#say")).to_contain_text("存为草稿或送审")
    await hold.locator("input[name=reason]").fill("总部同意先回执")
    await hold.locator("button[value=proceed]").click()
    await expect(zong.locator("#withheld")).to_contain_text("先立口径")
    await expect(send).to_be_disabled()
    await zong.locator("#withheld a").first.click()
    await zong.fill("#text", PLAIN)
    await expect(zong.locator("#findings .gate")).to_be_visible()
    await expect(zong.locator("#withheld")).to_have_count(0)
    await expect(send).to_be_enabled()


async def test_a_question_is_asked_listed_and_answered(office: Office) -> None:
    wang = await office.open("wang")
    await wang.locator(".asking summary").click()
    await wang.locator(".asking input[name=of]").fill("三号柜台")
    await wang.locator(".asking input[name=question]").fill("三号柜台当时发生了什么？")
    await wang.locator(".asking button").click()
    await expect(wang.locator(".asks")).to_contain_text("三号柜台当时发生了什么")
    zhao = await office.open("zhao")
    await zhao.goto(f"{office.served.address}/asks")
    found = await Axe().run(zhao, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()
    await zhao.locator("li.ask input[name=text]").fill("系统故障，已恢复")
    await zhao.locator("li.ask button").click()
    await expect(zhao.locator("main")).to_contain_text("没有等候答复的询问")
    await wang.reload()
    await expect(wang.locator(".asks")).to_contain_text("系统故障，已恢复")
    await expect(wang.locator(".asks")).to_contain_text("赵敏")
