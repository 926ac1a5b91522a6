"""Waits for what really goes on elsewhere: processes, servers, threads, sockets, a browser.

The one place in the tests that lets real time pass; whatever is ours runs on a virtual clock.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable

PAUSE_SECONDS = 0.01
PATIENCE_SECONDS = 30.0


async def until(
    condition: Callable[[], bool | Awaitable[bool]],
    seconds: float = PATIENCE_SECONDS,
    *,
    pause_seconds: float = PAUSE_SECONDS,
) -> None:
    """Ask again and again until it holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(pause_seconds)


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Do the same where no event loop runs. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(PAUSE_SECONDS)


async def a_moment() -> None:
    """Let real sockets and threads of this process get on while the virtual clock stands."""
    await asyncio.sleep(0.003)


def alive(pid: int) -> bool:
    """Tell whether this process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
