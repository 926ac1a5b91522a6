"""Takes the pictures of README and docs again, from the sample house of the tests."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, ViewportSize

from shared.contracts.incidents import IncidentReported
from shared.contracts.operators import ReplyDrafted
from shared.contracts.policy import PolicyApproved, PolicyProposed
from shared.policy.edits import TabooEdit, edited
from tests.fakes.browser import Served, a_browser, a_console
from tests.fakes.rule_steps import try_a_check, try_it, write_a_check
from tests.fakes.rules_house import shipped

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"


@dataclass(frozen=True)
class Shot:
    """One picture: which page, how large, in which light."""

    name: str
    page: str
    width: int
    height: int
    light: Literal["light", "dark"] = "light"


SHOTS = (
    Shot("console.png", "case/case1042", 1160, 650),
    Shot("console-dark.png", "queue", 900, 560, "dark"),
    Shot("console-phone.png", "page/page1", 390, 700),
)


async def take(served: Served, shot: Shot) -> None:
    """Write one picture."""
    async with a_browser() as browser:
        context = await browser.new_context(
            locale="zh-CN",
            color_scheme=shot.light,
            viewport={"width": shot.width, "height": shot.height},
        )
        page = await served.enter(context, "zhou")
        await page.goto(f"{served.address}/{shot.page}")
        await page.wait_for_load_state("load")
        await page.screenshot(path=PICTURES / shot.name, animations="disabled")


async def take_rules(served: Served) -> None:
    """Write the pictures of a rule on its way: written and tried, proposed, live, and the register."""
    async with a_browser() as browser:
        context = await browser.new_context(locale="zh-CN", viewport=SMALL)
        page = await served.enter(context, "zhou")
        await try_it(page)
        await page.locator("#found").scroll_into_view_if_needed()
        await snap(page, "policy-rule.png")
        house = served.house
        pack_hash, base = await house.keep(STRICTER), shipped().content_hash()
        proposed = PolicyProposed(
            op_id="p1", person_id="zhou", pack="company", pack_hash=pack_hash,
            base_hash=base, note="不再让顾客“稍等”",
        )  # fmt: skip
        drafted = ReplyDrafted(
            op_id="d1", person_id="chen", case_id="case1042", base_revision=0,
            text="您好，这批蛋糕已经下架，请稍等，我们去问一下柜台。",
        )  # fmt: skip
        approved = PolicyApproved(
            op_id="p2", person_id="lin", pack="company", pack_hash=pack_hash, activate=True
        )
        reported = IncidentReported(
            op_id="i1", person_id="chen", account_id="plaza", rule="HB13-T3-11",
            what="活动海报用了去年的图，半小时后才发现。",
        )  # fmt: skip
        await house.perform(drafted)
        await house.perform(proposed)
        other = await browser.new_context(locale="zh-CN", viewport=SMALL)
        lead = await served.enter(other, "lin")
        await lead.goto(f"{served.address}/policy/company/proposal/{pack_hash}")
        await snap(lead, "policy-proposal.png")
        await house.perform(approved)
        await lead.goto(f"{served.address}/policy/company/changes")
        await snap(lead, "policy-changes.png")
        await house.perform(reported)
        await lead.goto(f"{served.address}/incidents")
        await snap(lead, "incidents.png")


async def take_checks(served: Served) -> None:
    """Write the pictures of a rule on a check of the catalogue."""
    async with a_browser() as browser:
        context = await browser.new_context(locale="zh-CN", viewport=SMALL)
        page = await served.enter(context, "zhou")
        await page.goto(f"{served.address}/policy")
        await write_a_check(page)
        await page.locator("#examples").scroll_into_view_if_needed()
        await snap(page, "policy-check.png")
        await try_a_check(page)
        await page.locator("#found").scroll_into_view_if_needed()
        await snap(page, "policy-check-tried.png")


async def snap(page: Page, name: str) -> None:
    await page.wait_for_load_state("load")
    await page.screenshot(path=PICTURES / name, animations="disabled")


SMALL: ViewportSize = {"width": 1000, "height": 760}
STRICTER = edited(
    shipped(), TabooEdit(category="delay", level="hold", reason="让人干等", phrases=("稍等",))
)


async def main() -> None:
    """Take all pictures."""
    async with a_console(demo=True) as served:
        for shot in SHOTS:
            await take(served, shot)
        await take_checks(served)
    async with a_console(demo=True) as served:
        await take_rules(served)


if __name__ == "__main__":
    asyncio.run(main())
