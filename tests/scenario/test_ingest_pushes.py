"""Pushed private messages: signature first, then the log or the disk, and only then an answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.bus.memory_bus import MemoryBus
from shared.platforms.mock.faults import Fault
from shared.platforms.weibo.webhook import sign
from tests.fakes.clock import FakeClock
from tests.fakes.ingest_house import FlakyStore, House, Process
from tests.fakes.ingest_world import served_world


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = FakeClock()
    async with served_world(clock) as world:
        yield House(world, clock, MemoryBus(clock), FlakyStore(clock), tmp_path)


def signed(house: House, nonce: str = "1", *, age_seconds: int = 0) -> dict[str, str]:
    stamp = str(int((house.clock.now().timestamp() - age_seconds) * 1000))
    secret = house.world.account.app_secret.get_secret_value()
    return {"timestamp": stamp, "nonce": nonce, "signature": sign(secret, stamp, nonce)}


def body(house: House, text: str) -> bytes:
    row = {
        "type": "text",
        "receiver_id": int(house.world.account.native_id),
        "sender_id": 7,
        "created_at": "Mon Mar 02 17:00:00 +0800 2026",
        "text": text,
        "data": {},
    }
    return json.dumps(row).encode()


async def push(
    ingest: Process, query: Mapping[str, str], data: bytes, url: str | None = None
) -> int:
    async with ingest.house.world.session.post(
        url or ingest.hook, params=query, data=data
    ) as answer:
        assert await answer.read() == b"" or answer.status == 404
        return answer.status


async def test_the_mock_registers_and_pushes_through_the_real_door(house: House) -> None:
    async with house.process() as ingest:
        platform = house.world.platform
        assert await platform.pusher.register(house.world.session, platform.main, ingest.hook)
        platform.world.message(
            platform.main, house.world.somebody(), "我要退款", house.clock.now()
        )
        assert await platform.pusher.push_next(house.world.session)
        assert platform.pusher.tally.delivered == 1
        assert await house.texts() == ["我要退款"]


async def test_a_push_delivered_twice_is_one_item(house: House) -> None:
    async with house.process() as ingest:
        platform = house.world.platform
        await platform.pusher.register(house.world.session, platform.main, ingest.hook)
        platform.faults.add([Fault(kind="duplicate", endpoint="push")])
        platform.world.message(platform.main, house.world.somebody(), "在吗", house.clock.now())
        await platform.pusher.push_next(house.world.session)
        assert platform.pusher.tally.delivered == 2
        assert await house.texts() == ["在吗"]


async def test_a_wrong_or_stale_signature_is_refused_before_anything_is_read(
    house: House,
) -> None:
    async with house.process() as ingest:
        good = signed(house)
        assert await push(ingest, {**good, "signature": "0" * 40}, body(house, "假")) == 403
        assert await push(ingest, {}, body(house, "假")) == 403
        old = signed(house, age_seconds=600)
        assert await push(ingest, old, body(house, "旧")) == 403
        assert await house.texts() == []


async def test_a_nonce_admits_one_body_and_its_retry(house: House) -> None:
    async with house.process() as ingest:
        query = signed(house)
        assert await push(ingest, query, body(house, "真")) == 200
        assert await push(ingest, query, body(house, "真")) == 200
        assert await push(ingest, query, body(house, "调包")) == 403
        house.store.away = True
        assert await push(ingest, query, body(house, "调包")) == 403
        again = signed(house, nonce="2")
        assert await push(ingest, again, body(house, "店外")) == 200
        assert await house.texts() == ["真", "店外"]


async def test_a_replay_at_another_process_is_refused_too(house: House) -> None:
    async with house.process("one") as one, house.process("two") as two:
        query = signed(house)
        assert await push(one, query, body(house, "真")) == 200
        assert await push(two, query, body(house, "调包")) == 403


async def test_too_much_is_refused(house: House) -> None:
    async with house.process() as ingest:
        assert await push(ingest, signed(house), b"x" * (64 * 1024 + 1)) == 413

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b"x" * 10_000

        async with house.world.session.post(
            ingest.hook, params=signed(house, "2"), data=endless()
        ) as answer:
            assert answer.status == 413


async def test_a_body_that_takes_too_long_is_refused(house: House) -> None:
    refused = asyncio.Event()
    async with house.process(body_seconds=0.05) as ingest:

        async def slow() -> AsyncIterator[bytes]:
            yield b"{"
            await refused.wait()
            yield b"}"

        async with house.world.session.post(
            ingest.hook, params=signed(house), data=slow()
        ) as answer:
            assert answer.status == 408
            refused.set()


async def test_an_address_one_has_to_guess_is_not_there(house: House) -> None:
    async with house.process() as ingest:
        wrong = ingest.hook[:-1] + ("a" if ingest.hook[-1] != "a" else "b")
        assert await push(ingest, signed(house), body(house, "假"), wrong) == 404
        async with house.world.session.get(ingest.hook, params={"echostr": "x"}) as answer:
            assert answer.status == 403


async def test_what_is_no_message_is_accepted_and_left(house: House) -> None:
    async with house.process() as ingest:
        assert await push(ingest, signed(house), b"not json") == 200
        event = json.dumps({"type": "event", "data": {"subtype": "follow"}}).encode()
        assert await push(ingest, signed(house, "2"), event) == 200
        assert await house.texts() == []
        figures = ingest.service.metrics.text().decode()
    assert 'zhishou_items_rejected_total{platform="weibo"} 2.0' in figures


async def test_with_the_log_away_a_push_is_on_disk_before_it_is_answered(house: House) -> None:
    async with house.process() as ingest:
        house.bus.away = True
        assert await push(ingest, signed(house), body(house, "断线时的私信")) == 200
        assert ingest.service.spool.waiting >= 1
        assert await house.texts() == []
    async with house.process("after the kill") as ingest:
        house.bus.away = False
        await ingest.until_texts(["断线时的私信"])
        await ingest.pass_time(1)
        assert ingest.service.spool.waiting == 0
        assert await house.states("push") == ["spooling"]


@contextmanager
def unplugged(directory: Path) -> Iterator[None]:
    elsewhere = directory.rename(directory.with_name("unplugged"))
    yield
    elsewhere.rename(directory)


async def test_with_log_and_disk_gone_nothing_is_acknowledged(house: House) -> None:
    async with house.process() as ingest:
        house.bus.away = True
        with unplugged(Path(ingest.service.spool.slot)):
            assert await push(ingest, signed(house), body(house, "无处可放")) == 503
        house.bus.away = False
        assert await push(ingest, signed(house), body(house, "无处可放")) == 200
        assert await house.texts() == ["无处可放"]
