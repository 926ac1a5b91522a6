"""The main job, through every process: a complaint is answered once, an overdue one pages."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml
from playwright.async_api import Page, expect
from typer.testing import CliRunner

from services.cli.app import build
from shared.errors import UserError
from tests.e2e.house import House, a_house, a_mock, control, write_policies
from tests.fakes.browser import a_browser
from tests.fakes.waiting import until

pytestmark = [
    pytest.mark.servers,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

COMPLAINT = "你们商场的电梯坏了三天没人修,投诉也没人理,太差劲了,我要退款!"
LEFT_ALONE = "停车场乱收费,客服电话打了五遍没人接,太过分了,必须给我一个说法!"
ANSWER = "您好,电梯的事我们已经请工程部到场检修,有进展就在这里告诉您。"
SCREEN_MS = 15_000
PAGE_SECONDS = 100.0
"""The least a pack can allow is a minute; the rest is for a busy machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Stand up once; the matter that nobody will touch is there from the beginning."""
    root = tmp_path_factory.mktemp("whole")
    write_policies(root / "policies")
    environment = {"ZHISHOU_POLICIES_DIR": str(root / "policies")}
    async with a_house(root / "data", "--rate", "0", environment=environment) as house:
        await house.say(LEFT_ALONE, user="停车的人")
        yield house


@asynccontextmanager
async def signed_in(house: House) -> AsyncIterator[Page]:
    """Open the console with a fresh one-time link, made in a terminal as a person would."""
    link = await a_link(house)
    async with a_browser() as browser:
        context = await browser.new_context(locale="zh-CN")
        context.set_default_timeout(SCREEN_MS)
        page = await context.new_page()
        await page.goto(link)
        await page.locator("button.primary").click()
        await page.wait_for_url("**/queue")
        yield page


async def a_link(house: House) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", "signin", "--data-dir", str(house.data)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().split()[-1]


async def test_a_complaint_is_answered_by_keyboard_and_stands_once_in_public(house: House) -> None:
    item = await house.say(COMPLAINT, user="等电梯的人")
    async with signed_in(house) as page:
        expect.set_options(timeout=SCREEN_MS)
        row = page.locator(".row", has_text="电梯坏了")
        await until(lambda: shown(page, "电梯坏了"), 30)
        await row.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/case/*")
        await page.keyboard.press("c")
        await expect(page.locator(".facts")).to_contain_text("承办：演示管理员")
        await page.keyboard.press("r")
        await page.keyboard.type("电梯的事无可奉告")
        await expect(page.locator(".finding").first).to_contain_text("推脱")
        await expect(page.locator("[data-sends]").first).to_be_disabled()
        await page.locator("#text").fill(ANSWER)
        await expect(page.locator("#findings")).to_contain_text("发前检查：通过")
        await page.keyboard.press("Escape")
        await page.keyboard.press("s")
        await expect(page.locator("#reply-state .receipt")).to_contain_text("平台编号")
        await expect(page.locator(".clocks .met")).to_have_count(2)
    await said_once(house, item)


async def shown(page: Page, words: str) -> bool:
    """Load what is new, if the queue says so, and tell whether it is there."""
    if await page.locator("#news button").is_visible():
        await page.keyboard.press("n")
    return await page.locator(".row", has_text=words).count() == 1


async def said_once(house: House, item: int) -> None:
    """Compare three independent witnesses: the public page, the platform's journal, our counts."""
    async with house.session.get(house.report("mock")["http"]) as answer:
        assert (await answer.text()).count(ANSWER) == 1
    replies = await house.mock("replies")
    assert [each["text"] for each in replies[str(item)]] == [ANSWER]
    state = await house.mock("state")
    assert (state["replies"], state["most_replies_to_one_item"]) == (1, 1)
    rows = (await house.mock("journal?endpoint=2/comments/reply"))["entries"]
    assert len(rows) == 1
    assert (await house.counted())["replies_sent"] == 1


async def test_a_password_set_in_the_terminal_opens_the_door(house: House) -> None:
    words = ["person", "set-password", "demo", "--data-dir", str(house.data)]
    console = str(house.report("respond")["http"])
    form = {"name": "demo", "password": "a long enough one"}
    piped = f"{form['password']}\n"
    done = await asyncio.to_thread(CliRunner().invoke, build(), words, input=piped, obj={})
    assert (done.exit_code, form["password"] in done.output) == (0, False)
    async with house.session.post(
        f"{console}/signin", data=form, headers={"Origin": console}, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/queue")
    for asked, reason in (
        (["signin", "nobody", "--data-dir", str(house.data)], "no such person: nobody"),
        (["signin", "--data-dir", str(house.data.parent)], "no zhishou runs here"),
        (words, "the password is too short"),
        (["person", "set-password", "who", *words[3:]], "no such person: who"),
    ):
        refused = await asyncio.to_thread(CliRunner().invoke, build(), asked, "x\n", obj={})
        assert isinstance(refused.exception, UserError)
        assert refused.exception.what == reason


async def test_a_matter_left_alone_pages_the_person_on_call(house: House) -> None:
    async def paged() -> bool:
        return (await house.counted()).get("pages_raised", 0) >= 1 and bool(pages_written(house))

    await until(paged, PAGE_SECONDS, pause_seconds=0.5)
    [written] = {each["page_id"]: each for each in pages_written(house)}.values()
    assert written["to"] == "console"
    assert (await house.counted())["breaches"] >= 1
    async with signed_in(house) as page:
        expect.set_options(timeout=SCREEN_MS)
        await page.goto(str(written["link"]))
        await expect(page.locator(".alarm-case").first).to_contain_text("停车场乱收费")
        await page.locator("button.big").click()
        await expect(page.locator(".notice.good")).to_contain_text("演示管理员")


def pages_written(house: House) -> list[dict[str, Any]]:
    """Return what the pager of a single machine wrote: lines in the log of respond."""
    lines = house.log("respond").splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    return [row for row in rows if row.get("event") == "page.sent"]


async def test_another_platform_is_one_setting(tmp_path: Path) -> None:
    people = tmp_path / "people.yaml"
    people.write_text("people: [{person_id: li, name: 李, roles: [admin]}]", encoding="utf-8")
    environment = {"ZHISHOU_PEOPLE_FILE": str(people)}
    register = tmp_path / "accounts.yaml"
    async with (
        aiohttp.ClientSession() as session,
        a_mock(tmp_path / "first.json") as first,
        a_mock(tmp_path / "second.json") as second,
    ):
        entry = {
            "account_id": "mall",
            "platform": "weibo",
            "endpoint": first["http"],
            **first["accounts"][0],
        }
        for number, run in enumerate((first, second), start=1):
            entry["endpoint"] = run["http"]
            register.write_text(yaml.safe_dump({"accounts": [entry]}), encoding="utf-8")
            words = ("--accounts", str(register))
            async with a_house(tmp_path / "data", *words, environment=environment) as house:
                await control(session, run, "emit", {"kind": "comment", "text": COMPLAINT})
                await until(partial(archived, house, number))
        asked = [
            len((await control(session, run, "journal"))["entries"]) for run in (first, second)
        ]
        assert all(asked)


async def archived(house: House, classified: int) -> bool:
    return (await house.archived())["classified"] == classified
