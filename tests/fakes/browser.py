"""A real Chromium, and the console served to it from memory."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from aiohttp import web
from platformdirs import user_cache_path
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from services.respond.console.app import build_console
from services.respond.console.settings import ConsoleSettings
from services.respond.shell.people import link_key
from shared.runtime.clock import SystemClock
from shared.store.memory_store import MemoryStore
from tests.fakes.explaining import AnExplainer
from tests.fakes.read_model import House

ARGS = (
    "--no-sandbox",
    "--headless=new",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PLACES = (
    "chromium",
    "google-chrome",
    "chromium-browser",
    str(user_cache_path("zhishou") / "chromium" / "chromium"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def chromium() -> str:
    """Return the first browser found; the places are those of `requirements/setup.sh browser`.

    Raises:
        RuntimeError: there is none. A test that needs one fails; it is never skipped.
    """
    found = next((path for path in map(shutil.which, PLACES) if path), None)
    if found is None:
        raise RuntimeError("no Chromium here -> bash requirements/setup.sh browser")
    return found


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(ARGS))
        try:
            yield browser
        finally:
            await browser.close()


async def a_desk(chrome: Browser, locale: str = "zh-CN") -> BrowserContext:
    """Open a desk of usual size."""
    context = await chrome.new_context(locale=locale, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(8000)
    return context


@dataclass
class Door:
    """A console on a loopback port, and the way in for whoever works there."""

    address: str
    records: MemoryStore
    complaints: list[str] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=count)

    async def link(self, person_id: str) -> str:
        """Make a one-time sign-in link, as the terminal does."""
        token = f"token-for-{person_id}-{next(self.numbers)}"
        await self.records.put(link_key(token), person_id.encode(), 600)
        return f"{self.address}/signin/link/{token}"

    async def enter(self, context: BrowserContext, person_id: str) -> Page:
        """Open a tab and sign in; whatever the browser complains about is kept."""
        page = await context.new_page()
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(await self.link(person_id))
        await page.locator("button.primary").click()
        await page.wait_for_url("**/queue")
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)


@dataclass(kw_only=True)
class Served(Door):
    """The console on a loopback port, with the house in memory behind it."""

    house: House


@asynccontextmanager
async def a_console(*, demo: bool = False) -> AsyncIterator[Served]:
    clock = SystemClock()
    house, records = House(clock), MemoryStore(clock)
    app = build_console(
        read=house,
        actions=house,
        gate=house,
        packs=house,
        rehearsal=house,
        stream=house,
        credentials=house,
        explainer=AnExplainer(),
        drafter=house.drafter,
        records=records,
        clock=clock,
        settings=ConsoleSettings(demo=demo),
    )
    async with on_loopback(app) as address:
        yield Served(address, records, house=house)


@asynccontextmanager
async def on_loopback(app: web.Application) -> AsyncIterator[str]:
    """Serve a console and return its address."""
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
