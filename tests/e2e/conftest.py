"""The browser of a module, and a desk before it."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.fakes.browser import a_browser


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
