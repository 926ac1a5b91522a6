"""A cancellation that comes together with the store's answer is not lost."""

import asyncio

import pytest

from shared.store.redis_link import RedisLink


async def test_a_task_told_to_end_ends_though_the_client_swallowed_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link = RedisLink("redis://127.0.0.1:1")
    asked = asyncio.Event()

    async def swallow(*_words: object) -> bytes:
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return b"PONG"  # as `wait_for` does when both come at once
        return b""

    monkeypatch.setattr(link._client, "execute_command", swallow)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(link.run("PING"))
        await asked.wait()
        task.cancel()
    assert task.cancelled()
    await link.close()
