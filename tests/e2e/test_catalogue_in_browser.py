"""A rule of the catalogue on its whole way: chosen, filled in, proved, tried, approved, and it bites."""

import pytest
from playwright.async_api import Browser, expect

from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext
from tests.fakes.browser import Served, a_desk
from tests.fakes.rule_steps import try_a_check, write_a_check

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]


async def test_a_rule_of_the_catalogue_is_written_tried_approved_and_stops_a_reply(
    served: Served, chrome: Browser
) -> None:
    desk, other = await a_desk(chrome), await a_desk(chrome)
    owner, lead = await served.enter(desk, "zhou"), await served.enter(other, "lin")
    await owner.goto(f"{served.address}/policy")
    await write_a_check(owner)
    await try_a_check(owner)
    await owner.get_by_label("这条规则是为了什么").fill("不替财务许诺")
    await owner.get_by_role("button", name="提出，请同事批准").click()
    await owner.wait_for_url("**/proposal/*")
    await expect(owner.locator("main")).to_contain_text("须由另一人批准")

    await lead.goto(f"{served.address}/policy")
    await lead.get_by_role("link", name="不替财务许诺").click()
    await expect(lead.locator("main")).to_contain_text("检查 出现某些词")
    await lead.get_by_role("button", name="批准并立即启用").press("Enter")
    await lead.wait_for_url("**/policy")
    live = served.house.rules_shelf[(await served.house.organisation()).packs["company"]]
    said = gate("您好，当天退款没有问题。", GateContext(situation="complaint"), live)
    assert ("own.words-1", "hold") in {(each.category, each.level) for each in said.findings}

    await lead.goto(f"{served.address}/policy/company/like/own.words-1")
    await expect(lead.get_by_label("我们自己的词（一行一个）")).to_have_value(
        "三天内退款\n当天退款"
    )
    await desk.close()
    await other.close()


async def test_the_form_grows_by_what_the_rule_looks_at_while_it_is_written(
    served: Served, chrome: Browser
) -> None:
    desk = await a_desk(chrome)
    page = await served.enter(desk, "zhou")
    await page.goto(f"{served.address}/policy/company/checks/gap")
    await page.get_by_label("这条规则叫什么").fill("两条之间隔半小时")
    await page.get_by_label("至少隔多少分钟").fill("30")
    examples = page.locator("#examples")
    await expect(examples.get_by_label("该发现的 1 时间")).to_be_visible()
    await page.get_by_label("该发现的 1 时间").fill("2026-03-02T09:10")
    await page.get_by_label("该发现的 1 上一条的时间").fill("2026-03-02T09:00")
    await expect(page.locator("#found")).to_contain_text("规则说“发现”")
    await expect(page.get_by_label("该发现的 1 时间")).to_have_value("2026-03-02T09:10")
    await desk.close()
