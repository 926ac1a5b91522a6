"""Live updates: coalesced, encoded once, and a slow console is dropped, never awaited."""

import asyncio
import json

from services.respond.console.events import PING_SECONDS
from services.respond.console.feed import BACKLOG, PING, RESYNC, Feed
from tests.fakes.clock import FakeClock
from tests.fakes.read_model import House
from tests.unit.console.conftest import Desk


async def test_commits_are_coalesced_into_one_frame() -> None:
    clock = FakeClock()
    house = House(clock)
    feed = Feed(house, clock, 5.0)
    async with feed.running():
        await clock.settle()
        with feed.join() as client:
            frames = client.frames(5)
            house.commit("case:a")
            house.commit("case:a", "case:b")
            first = await anext(frames)
            assert json.loads(first.split(b"data: ")[1])["keys"] == ["case:a", "case:b"]
            house.commit("case:c")
            await clock.settle()
            await clock.advance(0.2)
            assert b"case:c" in await anext(frames)
            feed.close()
            assert [frame async for frame in frames] == []


async def test_a_flood_of_keys_and_a_slow_client_end_in_a_resync() -> None:
    clock = FakeClock()
    house = House(clock)
    feed = Feed(house, clock, 5.0)
    async with feed.running():
        await clock.settle()
        with feed.join() as client:
            for n in range(BACKLOG + 2):
                house.commit(*(f"case:{n}-{k}" for k in range(600 if n == 0 else 1)))
                await clock.advance(0.2)
            frames = client.frames(5)
            assert await anext(frames) == RESYNC
            await frames.aclose()


async def test_silence_is_broken_by_pings() -> None:
    clock = FakeClock()
    feed = Feed(House(clock), clock, 5.0)
    with feed.join() as client:
        frames = client.frames(0.01)
        assert await anext(frames) == PING
        await frames.aclose()


async def test_the_stream_says_what_changed(desk: Desk) -> None:
    await desk.sign_in("guan")
    async with desk.client.get("/api/events") as answer:
        assert answer.content_type == "text/event-stream"
        async with asyncio.timeout(5):
            while b"hello" not in await answer.content.readline():
                pass
            desk.house.commit("case:case1042")
            while b"case1042" not in await answer.content.readline():
                pass


async def test_whoever_was_signed_out_hears_no_more_however_much_goes_on(desk: Desk) -> None:
    await desk.sign_in("guan")
    async with desk.client.get("/api/events") as answer, asyncio.timeout(5):
        while b"hello" not in await answer.content.readline():
            pass
        await desk.client.post("/signout", allow_redirects=False)
        await desk.clock.advance(PING_SECONDS)
        desk.house.commit("case:case1042")
        assert b"case1042" not in await answer.content.read()
