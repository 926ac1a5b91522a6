"""Takes the pictures of README and docs/console.md again, from the sample house of the tests."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.fakes.browser import Served, a_browser, a_console

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
    Shot("console.png", "case/case1042", 1160, 680),
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


async def main() -> None:
    """Take all pictures."""
    async with a_console(demo=True) as served:
        for shot in SHOTS:
            await take(served, shot)


if __name__ == "__main__":
    asyncio.run(main())
