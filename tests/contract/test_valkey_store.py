"""A real Valkey that is killed, forgets its functions, loses an answer, or is not there."""

from collections.abc import Iterator

import pytest

from shared.store.port import Commit, Cursor, StoreAwayError
from shared.store.redis_store import RedisStore
from tests.fakes.valkey_server import ValkeyServer, valkey_server


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with valkey_server() as running:
        yield running


def a_cursor(seq: int) -> Cursor:
    return Cursor("made-2026", seq, f"hash-{seq}", max(1, seq - 3))


@pytest.mark.servers
async def test_a_killed_valkey_has_all_it_wrote_down_again_after_its_restart() -> None:
    """With `everysec` a slow disk may hold a write back for two seconds; what is lost then is rebuilt."""
    with valkey_server() as running:
        store = await RedisStore.connect(running.url)
        await store.commit(Commit(4, 0, a_cursor(9), {"a": b"1"}, appends={"seen": b"2"}))
        assert await store._link.run("WAITAOF", "1", "0", "9000") == [1, 0]
        running.kill()
        with pytest.raises(StoreAwayError):
            await store.commit(Commit(4, 9, a_cursor(10)))
        with pytest.raises(StoreAwayError):
            await store.ping()
        running.start()
        await store.ping()
        loaded = await store.load()
        assert loaded is not None
        assert loaded.values == {"a": b"1", "seen": b"2"}
        await store.commit(Commit(4, 9, a_cursor(10)))
        await store.close()


@pytest.mark.servers
async def test_a_server_that_lost_its_functions_is_given_them_again(server: ValkeyServer) -> None:
    store = await RedisStore.connect(server.url, prefix="lost:")
    await store._link.run("FUNCTION", "FLUSH")
    await store.commit(Commit(1, 0, a_cursor(1), {"a": b"1"}))
    assert list(await store.get(["a"])) == [b"1"]
    await store.close()


@pytest.mark.servers
async def test_a_claim_whose_answer_was_lost_may_be_made_again_by_the_same_process() -> None:
    with valkey_server() as running:
        store = await RedisStore.connect(running.url)
        other = await RedisStore.connect(running.url)
        await store.commit(Commit(1, 0, a_cursor(1)))
        await other.claim(1, "effect:a", stream_end=1, freeze=0)  # the claim that arrived
        store._doubtful.add((1, "effect:a"))  # and whose answer did not
        assert await store.claim(1, "effect:a", stream_end=1, freeze=0)
        assert not await store.claim(1, "effect:a", stream_end=1, freeze=0)
        running.kill()
        with pytest.raises(StoreAwayError):
            await store.claim(1, "effect:b", stream_end=1, freeze=0)
        assert (1, "effect:b") in store._doubtful
        await store.close()
        await other.close()


async def test_a_store_that_is_not_there_says_so() -> None:
    with pytest.raises(StoreAwayError):
        await RedisStore.connect("unix:///nonexistent/zs.sock")
