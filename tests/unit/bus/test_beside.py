"""Work beside a block ends with it, and neither hides what the other came to."""

import asyncio

import pytest

from shared.bus.timing import beside


class Work:
    """Goes on until it is cancelled."""

    def __init__(self) -> None:
        self.began, self.ended = asyncio.Event(), False

    async def run(self) -> None:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True


async def test_what_the_block_raises_comes_out_as_it_is_and_the_work_has_ended() -> None:
    work = Work()

    async def block() -> None:
        async with beside(work.run(), "work"):
            await work.began.wait()
            raise KeyError("the block")

    with pytest.raises(KeyError, match="the block"):
        await block()
    assert work.ended


async def test_a_block_that_ends_ends_the_work() -> None:
    work = Work()
    async with beside(work.run(), "work"):
        await work.began.wait()
        assert not work.ended
    assert work.ended


async def test_a_cancelled_block_stays_cancelled() -> None:
    work = Work()

    async def block() -> None:
        async with beside(work.run(), "work"):
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(block())
        await work.began.wait()
        task.cancel()
    assert task.cancelled()
    assert work.ended


async def test_work_that_fails_stops_the_block_and_is_told() -> None:
    async def failing() -> None:
        raise ValueError("the work")

    with pytest.raises(ExceptionGroup) as failed:
        async with beside(failing(), "work"):
            await asyncio.Event().wait()
    assert failed.group_contains(ValueError, match="the work")
