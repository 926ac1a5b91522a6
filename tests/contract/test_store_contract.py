"""What every store promises, asked of the one in memory and of a real Valkey."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from shared.runtime.clock import SystemClock
from shared.store.memory_store import MemoryStore
from shared.store.port import Commit, Cursor, CursorMovedError, StaleTermError
from shared.store.redis_store import RedisStore
from tests.fakes.valkey_server import ValkeyServer, valkey_server
from tests.fakes.waiting import until

Store = MemoryStore | RedisStore


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with valkey_server() as running:
        yield running


_prefixes = iter(range(1_000_000))


@pytest.fixture(params=["memory", pytest.param("valkey", marks=pytest.mark.servers)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore(SystemClock())
        return
    running: ValkeyServer = request.getfixturevalue("server")
    connected = await RedisStore.connect(running.url, prefix=f"t{next(_prefixes)}:")
    yield connected
    await connected.close()


def a_cursor(seq: int) -> Cursor:
    return Cursor("made-2026", seq, f"hash-{seq}", max(1, seq - 3))


async def test_an_empty_store_loads_as_none(store: Store) -> None:
    assert await store.load() is None
    assert await store.cursor() is None
    assert await store.queue(0, 10) == ([], 0)
    assert await store.get([]) == []


async def test_a_commit_is_there_whole(store: Store) -> None:
    await store.take_office(7)
    commit = Commit(
        7,
        0,
        a_cursor(12),
        puts={"case:甲": b"\x00\xff", "org:": b"{}"},
        appends={"seen": b"12345678"},
        due={"b": 20.5, "a": 20.5, "c": 3.0},
        outbox=[b"one", b"two"],
        freeze=2,
    )
    await store.commit(commit)
    loaded = await store.load()
    assert loaded is not None
    assert loaded.cursor == a_cursor(12) == await store.cursor()
    assert loaded.values == {"case:甲": b"\x00\xff", "org:": b"{}", "seen": b"12345678"}
    assert list(loaded.outbox) == [b"one", b"two"]
    page, total = await store.queue(0, 2)
    assert list(page) == [("c", 3.0), ("a", 20.5)]
    assert total == 3
    assert list(await store.get(["seen", "nothing", "org:"])) == [b"12345678", None, b"{}"]


async def test_deletes_appends_and_leaving_the_queue(store: Store) -> None:
    first = Commit(1, 0, a_cursor(1), {"a": b"1", "b": b"2"}, (), {"seen": b"x"}, {"a": 1.0})
    second = Commit(1, 1, a_cursor(2), {"b": b"3"}, ("a",), {"seen": b"y"}, {"a": None})
    await store.commit(first)
    await store.commit(second)
    loaded = await store.load()
    assert loaded is not None
    assert loaded.values == {"b": b"3", "seen": b"xy"}
    assert await store.queue(0, 10) == ([], 0)


async def test_an_appended_value_can_be_replaced_grown_from_a_plain_one_and_deleted(
    store: Store,
) -> None:
    await store.commit(Commit(1, 0, a_cursor(1), {"p": b"ab"}, (), {"q": b"long"}))
    await store.commit(Commit(1, 1, a_cursor(2), {"q": b"s"}, (), {"p": b"cd"}))
    loaded = await store.load()
    assert loaded is not None
    assert loaded.values == {"p": b"abcd", "q": b"s"}
    await store.commit(Commit(1, 2, a_cursor(3), {}, ("p", "q")))
    loaded = await store.load()
    assert loaded is not None
    assert loaded.values == {}
    await store.commit(Commit(1, 3, a_cursor(4), {"p": b"anew"}))
    assert list(await store.get(["p", "q"])) == [b"anew", None]


async def test_a_commit_of_an_older_term_changes_nothing(store: Store) -> None:
    await store.commit(Commit(5, 0, a_cursor(1), {"a": b"old"}))
    await store.take_office(9)
    with pytest.raises(StaleTermError):
        await store.commit(Commit(5, 1, a_cursor(2), {"a": b"new"}, outbox=[b"x"]))
    with pytest.raises(StaleTermError):
        await store.take_office(5)
    with pytest.raises(StaleTermError):
        await store.drop_outbox(5, 1)
    with pytest.raises(StaleTermError):
        await store.reset(5)
    with pytest.raises(StaleTermError):
        await store.claim(5, "effect:1", stream_end=0, freeze=0)
    loaded = await store.load()
    assert loaded is not None
    assert loaded.values == {"a": b"old"}
    assert loaded.cursor.seq == 1
    assert not loaded.outbox


async def test_a_commit_that_starts_elsewhere_changes_nothing(store: Store) -> None:
    await store.commit(Commit(1, 0, a_cursor(4), {"a": b"1"}))
    for previous in (0, 3, 5):
        with pytest.raises(CursorMovedError):
            await store.commit(Commit(1, previous, a_cursor(9), {"a": b"2"}, ("a",)))
    assert list(await store.get(["a"])) == [b"1"]


async def test_a_state_put_in_part_by_part_is_none_until_a_commit_sets_its_cursor(
    store: Store,
) -> None:
    await store.take_office(3)
    await store.fill(3, {f"case:{n}": b"v" for n in range(3000)})
    await store.fill(3, {"seen": b"12345678", "case:0": b"newer"})
    assert await store.load() is None
    with pytest.raises(StaleTermError):
        await store.fill(2, {"case:1": b"stale"})
    await store.commit(Commit(3, 0, a_cursor(9), appends={"seen": b"abcdefgh"}))
    loaded = await store.load()
    assert loaded is not None
    assert loaded.cursor == a_cursor(9)
    assert len(loaded.values) == 3001
    assert loaded.values["case:0"] == b"newer"
    assert loaded.values["seen"] == b"12345678abcdefgh"
    await store.fill(4, {"left": b"behind"})
    await store.reset(4)
    assert list(await store.get(["left", "case:0"])) == [None, None]


async def test_a_commit_of_thousands_of_values_is_one_call(store: Store) -> None:
    puts = {f"case:{n}": b"v" * 50 for n in range(9000)}
    due: dict[str, float | None] = {f"{n}": float(n) for n in range(3000)}
    lines = [b"line"] * 9000
    await store.commit(Commit(1, 0, a_cursor(1), puts, (), {}, due, lines))
    await store.commit(Commit(1, 1, a_cursor(2), {}, [f"case:{n}" for n in range(8999)]))
    loaded = await store.load()
    assert loaded is not None
    assert list(loaded.values) == ["case:8999"]
    assert len(loaded.outbox) == 9000
    page, total = await store.queue(2998, 50)
    assert list(page) == [("2998", 2998.0), ("2999", 2999.0)]
    assert total == 3000


async def test_recorded_outbox_lines_are_dropped_from_the_front(store: Store) -> None:
    await store.commit(Commit(1, 0, a_cursor(1), outbox=[b"1", b"2", b"3"]))
    await store.drop_outbox(1, 2)
    loaded = await store.load()
    assert loaded is not None
    assert list(loaded.outbox) == [b"3"]


async def test_an_effect_is_claimed_once_a_term(store: Store) -> None:
    await store.commit(Commit(1, 0, a_cursor(10)))
    assert await store.claim(1, "effect:a", stream_end=10, freeze=0)
    assert not await store.claim(1, "effect:a", stream_end=10, freeze=0)
    await store.take_office(2)
    assert await store.claim(2, "effect:a", stream_end=10, freeze=0)


async def test_nothing_is_claimed_behind_the_stream_or_in_another_freeze(store: Store) -> None:
    await store.take_office(1)
    assert not await store.claim(1, "effect:a", stream_end=0, freeze=0)
    await store.commit(Commit(1, 0, a_cursor(10), freeze=3))
    assert not await store.claim(1, "effect:a", stream_end=11, freeze=3)
    assert not await store.claim(1, "effect:a", stream_end=10, freeze=2)
    assert await store.claim(1, "effect:a", stream_end=10, freeze=3)


async def test_of_many_racing_claims_one_wins(store: Store) -> None:
    await store.commit(Commit(1, 0, a_cursor(1)))
    won: list[bool] = []

    async def race() -> None:
        won.append(await store.claim(1, "effect:r", stream_end=1, freeze=0))

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(race())
    assert sum(won) == 1


async def test_a_deleted_effect_leaves_no_claim_behind(store: Store) -> None:
    await store.commit(Commit(1, 0, a_cursor(1), {"effect:a": b"1"}))
    assert await store.claim(1, "effect:a", stream_end=1, freeze=0)
    await store.commit(Commit(1, 1, a_cursor(2), {}, ("effect:a",)))
    assert await store.claim(1, "effect:a", stream_end=2, freeze=0)


async def test_a_reset_keeps_leases_sessions_and_the_term(store: Store) -> None:
    await store.commit(
        Commit(3, 0, a_cursor(5), {"a": b"1"}, (), {"seen": b"2"}, {"a": 1.0}, [b"x"], 4)
    )
    await store.acquire("leader", "me", 60)
    await store.put("session/1", b"s", 60)
    await store.reset(3)
    assert await store.load() is None
    assert list(await store.get(["a", "seen"])) == [None, None]
    assert await store.queue(0, 10) == ([], 0)
    assert await store.holder("leader") == "me"
    assert await store.fetch("session/1") == b"s"
    with pytest.raises(StaleTermError):
        await store.take_office(2)
    await store.commit(Commit(3, 0, a_cursor(1), appends={"seen": b"3"}))
    assert list(await store.get(["seen"])) == [b"3"]
    assert await store.claim(3, "effect:a", stream_end=1, freeze=0)


async def test_a_reset_for_a_log_made_anew_takes_a_lower_term(store: Store) -> None:
    await store.commit(Commit(30, 0, a_cursor(5)))
    await store.reset(3, anew=True)
    assert await store.load() is None
    await store.take_office(3)
    await store.commit(Commit(3, 0, a_cursor(1)))


async def test_a_lease_has_one_holder_until_it_ends(store: Store) -> None:
    assert await store.acquire("ingest:1", "a", 60)
    assert await store.acquire("ingest:1", "a", 60)
    assert not await store.acquire("ingest:1", "b", 60)
    await store.release("ingest:1", "b")
    assert await store.holder("ingest:1") == "a"
    await store.release("ingest:1", "a")
    assert await store.holder("ingest:1") is None
    assert await store.acquire("ingest:1", "b", 0.03)
    await until(lambda: store.acquire("ingest:1", "c", 60))


async def test_a_record_lives_for_its_time(store: Store) -> None:
    assert await store.put_once("nonce", b"1", 60)
    assert not await store.put_once("nonce", b"2", 60)
    assert await store.fetch("nonce") == b"1"
    await store.put("nonce", b"3", 0.03)
    assert await store.fetch("nonce") == b"3"

    async def gone() -> bool:
        return await store.fetch("nonce") is None

    await until(gone)
    assert await store.put_once("nonce", b"4", 60)
    await store.forget("nonce")
    assert await store.fetch("nonce") is None


async def test_a_one_time_record_is_taken_once(store: Store) -> None:
    await store.put("link", b"who", 60)
    assert await store.take("link") == b"who"
    assert await store.take("link") is None


async def test_a_bucket_grants_its_burst_then_says_how_long_to_wait(store: Store) -> None:
    waits = [await store.spend("sign-in", rate_per_second=0.01, burst=3) for _ in range(4)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert 90 < waits[3] <= 100
    assert await store.spend("other", rate_per_second=0.01, burst=1) == 0.0


async def test_a_bucket_fills_again(store: Store) -> None:
    assert await store.spend("quick", rate_per_second=50, burst=1) == 0.0
    assert await store.spend("quick", rate_per_second=50, burst=1) > 0.0

    async def filled() -> bool:
        return await store.spend("quick", rate_per_second=50, burst=1) == 0.0

    await until(filled)


def test_many_expired_records_are_swept_from_memory() -> None:
    async def fill() -> int:
        store = MemoryStore(SystemClock())
        for n in range(3000):
            await store.put(f"nonce/{n}", b"", 0.0)
        return len(store._records)

    assert asyncio.run(fill()) < 1100
