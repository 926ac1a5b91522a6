"""The life of a process: its loops run together, stop together, and drain before they end."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from shared.observability.catalog import Event
from shared.observability.logging import Log

Loop = Callable[[asyncio.Event], Awaitable[None]]
"""A loop of a service: ends by itself soon after the event is set, its work in hand finished."""

_LOG = "runtime"


async def run_until_stopped(
    loops: Mapping[str, Loop],
    *,
    grace_seconds: float = 5.0,
    stop: asyncio.Event | None = None,
) -> None:
    """Run all loops until SIGTERM, SIGINT or `stop`, or until one of them fails.

    Then every loop sees its stop event and has `grace_seconds` to finish; what still runs is
    cancelled. A loop may also end earlier by itself. Raises what the first failed loop raised.
    """
    stopping = stop if stop is not None else asyncio.Event()
    failures: list[Exception] = []
    log = Log(_LOG)
    with _signals_set(stopping):
        async with asyncio.TaskGroup() as group:
            tasks = {
                group.create_task(_guard(name, loop, stopping, failures), name=name)
                for name, loop in loops.items()
            }
            await _all_done_or_set(group, tasks, stopping)
            log.info(Event.SERVICE_STOPPING)
            _, late = await asyncio.wait(tasks, timeout=grace_seconds) if tasks else (None, ())
            for task in late:
                log.warning(Event.LOOP_CUT_OFF, loop=task.get_name())
                task.cancel()
    if failures:
        raise failures[0]


def write_run_file(path: Path | None, http: str, **more: str) -> None:
    """Say {"pid", "http", ...} to who started us, once ready; whole or not at all."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    fresh.touch(mode=0o600)
    line = json.dumps({"pid": os.getpid(), "http": http, **more}, ensure_ascii=False)
    fresh.write_text(line + "\n", encoding="utf-8")
    fresh.replace(path)


async def _guard(
    name: str, loop: Loop, stopping: asyncio.Event, failures: list[Exception]
) -> None:
    try:
        await loop(stopping)
    except Exception as error:  # noqa: BLE001 - one loop's bug stops the service in order
        error.add_note(f"in the loop {name!r}")
        Log(_LOG).failed(Event.LOOP_FAILED, error, loop=name)
        failures.append(error)
        stopping.set()


async def _all_done_or_set(
    group: asyncio.TaskGroup, tasks: set[asyncio.Task[None]], stopping: asyncio.Event
) -> None:
    waiter = group.create_task(stopping.wait(), name="stop")
    while pending := {task for task in tasks if not task.done()}:
        await asyncio.wait({*pending, waiter}, return_when=asyncio.FIRST_COMPLETED)
        if waiter.done():
            break
    waiter.cancel()
    stopping.set()


@contextmanager
def _signals_set(stopping: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopping.set)
    try:
        yield
    finally:
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(sign)
