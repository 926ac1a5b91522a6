"""Waits for what goes on in other processes, which cannot ring a bell for us."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from shared.errors import UserError


async def until(holds: Callable[[], bool], look_seconds: float) -> None:
    """Wait until something holds in another process."""
    while not holds():  # noqa: ASYNC110
        await asyncio.sleep(look_seconds)


@asynccontextmanager
async def patience(seconds: float, otherwise: str) -> AsyncIterator[None]:
    """Give what is inside so much time. Raises UserError when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise UserError(otherwise, fix="run it again on a quieter machine") from None
