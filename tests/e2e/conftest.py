"""The browser of a module, a desk before it, and the sample house it looks at."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.fakes.browser import Served, a_browser, a_console


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chrome() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def desktop(chrome: Browser) -> AsyncIterator[BrowserContext]:
    context = await chrome.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(8000)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def served() -> AsyncIterator[Served]:
    async with a_console(demo=True) as served:
        yield served
        assert served.complaints == []
