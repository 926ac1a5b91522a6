"""Beside the reply, in a real house and a real Chromium: asked again before closing; taken away by two."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import yaml
from playwright.async_api import Browser, Page, expect

from tests.e2e.house import House, a_house, write_policies
from tests.e2e.terminal import PASSWORD, give_passwords
from tests.fakes.waiting import until

pytestmark = [
    pytest.mark.servers,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
COMPLAINT = "你们商场的电梯坏了三天没人修,投诉也没人理,太差劲了,我要退款!"
ADVERT = "代开发票加QQ 12345678，价格优惠"
ANSWER = "您好,电梯的事我们已经请工程部到场,有结果马上向您说明。"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose complaints are asked about again."""
    root = tmp_path_factory.mktemp("dues")
    write_policies(root / "policies")
    place = root / "policies" / "company" / "pack.yaml"
    rules = yaml.safe_load(place.read_text(encoding="utf-8"))
    rules["switches"]["routes"] = [{"label": "complaint", "queue": "客服", "return_visit": True}]
    place.write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    given = {"ZHISHOU_POLICIES_DIR": str(root / "policies")}
    async with a_house(root / "data", "--rate", "0", environment=given) as house:
        await give_passwords(house)
        yield house


async def enter(house: House, chrome: Browser, person: str) -> Page:
    context = await chrome.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    page = await context.new_page()
    await page.goto(f"{house.report('respond')['http']}/signin")
    await page.fill("input[name=name]", person)
    await page.fill("input[name=password]", PASSWORD)
    await page.locator("button.primary").click()
    await page.wait_for_url("**/queue")
    return page


async def open_case(page: Page, words: str) -> None:
    row = page.locator(".row", has_text=words)

    async def there() -> bool:
        await page.goto(f"{page.url.partition('/queue')[0]}/queue")
        return await row.count() > 0

    await until(there, 30, pause_seconds=0.5)
    await row.click()
    await page.wait_for_url("**/case/*")


async def test_a_complaint_is_closed_only_when_its_author_was_asked_again(
    house: House, chrome: Browser
) -> None:
    await house.say(COMPLAINT, user="住户")
    page = await enter(house, chrome, "demo")
    await open_case(page, "电梯坏了三天")
    await page.fill("#text", ANSWER)
    await page.locator("button[value=send][data-sends]").click()
    await expect(page.locator(".receipt")).to_contain_text("✓", timeout=30_000)
    await expect(page.locator(".clocks")).to_contain_text("回访")
    await page.get_by_role("button", name="办结工单").click()
    notice = page.locator("#notice")
    await expect(notice).to_contain_text("还没有回访，不能办结")
    await expect(notice).to_contain_text("依据：switches.routes")
    visits = page.locator(".visits")
    await visits.locator("select[name=outcome]").select_option("unsatisfied")
    await visits.locator("input[name=note]").fill("还在响")
    await visits.get_by_role("button", name="记下回访").click()
    await expect(visits).to_contain_text("不满意（重新办理） · 电话 · 还在响")
    await expect(page.locator(".facts").first).to_contain_text("重办 1 次")
    await visits.locator("select[name=outcome]").select_option("satisfied")
    await visits.get_by_role("button", name="记下回访").click()
    await expect(visits.locator("li").first).to_contain_text("满意 · 电话")
    await page.get_by_role("button", name="办结工单").click()
    await expect(page.locator(".facts").first).to_contain_text("已办结")


async def test_harm_is_taken_away_by_two_people_and_a_complaint_by_nobody(
    house: House, chrome: Browser
) -> None:
    native_id = await house.say(ADVERT, user="中介")
    await house.say(COMPLAINT.replace("电梯", "扶梯"), user="顾客")
    asker = await enter(house, chrome, "demo-second")
    await open_case(asker, "扶梯坏了三天")
    await ask(asker)
    await expect(asker.locator("#notice")).to_contain_text("不能删除、隐藏或拉黑，请答复")
    await expect(asker.locator("#notice")).to_contain_text("deleting-needs-evidence")
    await asker.goto(f"{house.report('respond')['http']}/queue")
    await open_case(asker, "代开发票")
    await ask(asker)
    wish = asker.locator(".removal")
    await expect(wish).to_contain_text("待第二人")
    await expect(wish).to_contain_text("须由提出者以外的审核人同意")
    assert not await is_gone(house, native_id)
    agreeing = await enter(house, chrome, "demo")
    await agreeing.goto(asker.url)
    await agreeing.get_by_role("button", name="同意删除").click()
    await expect(agreeing.locator(".removal")).to_contain_text("已执行", timeout=30_000)
    assert await is_gone(house, native_id)
    await agreeing.goto(f"{house.report('respond')['http']}/incidents")
    await expect(agreeing.locator("main")).to_contain_text("想删除受保护的声音")


async def ask(page: Page) -> None:
    form = page.locator("details.remove").first
    await form.locator("summary").click()
    await form.locator("select[name=ground]").select_option("spam")
    await form.locator("input[name=evidence]").fill("截图一张")
    await form.get_by_role("button", name="提出，待第二人同意").click()


async def is_gone(house: House, native_id: int) -> bool:
    found = await house.mock("items")
    return any(each["id"] == native_id and each["deleted"] for each in found["items"])
