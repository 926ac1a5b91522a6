"""A cancellation that comes together with the store's answer is not lost."""

import asyncio

from redis.asyncio import Redis

from shared.store.redis_link import RedisLink

ASKED = asyncio.Event()


class SwallowingClient(Redis):
    """Drops a cancellation that comes with the answer, as a client on `wait_for` does."""

    async def execute_command(self, *_words: object, **_options: object) -> bytes:
        ASKED.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return b"PONG"
        return b""


async def test_a_task_told_to_end_ends_though_the_client_swallowed_it() -> None:
    link = RedisLink("redis://127.0.0.1:1", SwallowingClient)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(link.run("PING"))
        await ASKED.wait()
        task.cancel()
    assert task.cancelled()
    await link.close()
