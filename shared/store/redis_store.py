"""Hot state in Valkey or Redis: one function call for each thing that must be all or nothing."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Self

from shared.errors import UserError
from shared.store.port import Commit, Cursor, Loaded, StoreAwayError, StoreRefusedError
from shared.store.redis_link import Answer, RedisLink, Word

FOLD = ("meta", "state", "packed", "due", "outbox", "claims")
LEASE, RECORD, BUCKET = "lease:", "record:", "bucket:"
"""All keys there are, behind the prefix. deploy/valkey/users.acl says who may touch which."""


class RedisStore:
    """HotStore, Leases and SharedRecords in one. Works with Valkey 8+ and Redis 7+."""

    def __init__(self, link: RedisLink, prefix: str) -> None:
        self._link = link
        self._prefix = prefix
        self._keys = [f"{prefix}{name}" for name in FOLD]
        self._doubtful: set[tuple[int, str]] = set()

    @classmethod
    async def connect(cls, url: str, *, prefix: str = "zs:", make: bool = True) -> Self:
        """Connect to `redis://`, `rediss://` or `unix://`; `make` puts our functions there.

        Only who may write everything makes: functions run with the rights of who calls them.
        Raises: StoreAwayError, UserError when the server refuses us.
        """
        link = RedisLink(url, make=make)
        try:
            await (link.load_functions() if make else link.run("PING"))
        except StoreRefusedError as error:
            await link.close()
            fix = "check user and password in ZHISHOU_REDIS_URL"
            raise UserError(f"Valkey refuses us: {error}", fix=fix) from error
        except BaseException:
            await link.close()
            raise
        return cls(link, prefix)

    async def close(self) -> None:
        """Give the connections back."""
        await self._link.close()

    async def ping(self) -> None:
        """Raise StoreAwayError unless the server answers."""
        await self._link.run("PING")

    async def take_office(self, term: int) -> None:
        self._doubtful.clear()  # whoever holds an older term claims nothing any more
        await self._link.call("zs_take_office", self._keys, [term])

    async def load(self) -> Loaded | None:
        parts = _list(await self._link.call("zs_load", self._keys, reads=True))
        if not parts:
            return None
        cursor, state, appended, outbox = (_list(part) for part in parts)
        pairs = chain(_pairs(state), _pairs(appended))
        values = {key.decode(): value for key, value in pairs}
        return Loaded(_cursor(cursor), values, tuple(_bytes(line) for line in outbox))

    async def commit(self, commit: Commit) -> None:
        await self._link.call("zs_commit", self._keys, _words(commit))

    async def reset(self, term: int, *, anew: bool = False) -> None:
        await self._link.call("zs_reset", self._keys, [term, int(anew)])

    async def fill(self, term: int, values: Mapping[str, bytes]) -> None:
        words: list[Word] = [term, len(values), *_flat(values.items())]
        await self._link.call("zs_fill", self._keys, words)

    async def drop_outbox(self, term: int, count: int) -> None:
        await self._link.call("zs_drop_outbox", self._keys, [term, count])

    async def claim(self, term: int, effect_key: str, *, stream_end: int, freeze: int) -> bool:
        """Claim; when an earlier answer to this process was lost, the claim may be ours already.

        A term belongs to one process, so nobody else can have made it.
        """
        mine = (term, effect_key)
        args: list[Word] = [term, effect_key, stream_end, freeze, int(mine in self._doubtful)]
        try:
            granted = await self._link.call("zs_claim", self._keys, args)
        except (StoreAwayError, asyncio.CancelledError):
            self._doubtful.add(mine)
            raise
        self._doubtful.discard(mine)
        return granted == 1

    async def get(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        if not keys:
            return []
        found = _list(await self._link.call("zs_get", self._keys, keys, reads=True))
        return [None if value is None else _bytes(value) for value in found]

    async def queue(self, offset: int, limit: int) -> tuple[Sequence[tuple[str, float]], int]:
        answer = _list(await self._link.call("zs_queue", self._keys, [offset, limit], reads=True))
        page = [(case_id.decode(), float(due)) for case_id, due in _pairs(_list(answer[0]))]
        return page, _int(answer[1])

    async def cursor(self) -> Cursor | None:
        fields = ("incarnation", "seq", "fact_hash", "low_seq")
        parts = _list(await self._link.run("HMGET", self._keys[0], *fields))
        return None if parts[1] is None else _cursor(parts)

    async def acquire(self, name: str, holder: str, ttl_seconds: float) -> bool:
        key = f"{self._prefix}{LEASE}{name}"
        return await self._link.call("zs_lease", [key], [holder, _millis(ttl_seconds)]) == 1

    async def release(self, name: str, holder: str) -> None:
        await self._link.call("zs_release", [f"{self._prefix}{LEASE}{name}"], [holder])

    async def holder(self, name: str) -> str | None:
        found = await self._link.run("GET", f"{self._prefix}{LEASE}{name}")
        return None if found is None else _bytes(found).decode()

    async def put(self, key: str, value: bytes, ttl_seconds: float) -> None:
        await self._link.run("SET", self._record(key), value, "PX", _millis(ttl_seconds))

    async def put_once(self, key: str, value: bytes, ttl_seconds: float) -> bool:
        words = ("SET", self._record(key), value, "PX", _millis(ttl_seconds), "NX")
        return await self._link.run(*words) is not None

    async def fetch(self, key: str) -> bytes | None:
        found = await self._link.run("GET", self._record(key))
        return None if found is None else _bytes(found)

    async def take(self, key: str) -> bytes | None:
        found = await self._link.run("GETDEL", self._record(key))
        return None if found is None else _bytes(found)

    async def forget(self, key: str) -> None:
        await self._link.run("DEL", self._record(key))

    async def spend(self, bucket: str, *, rate_per_second: float, burst: int) -> float:
        key = f"{self._prefix}{BUCKET}{bucket}"
        return float(_bytes(await self._link.call("zs_spend", [key], [rate_per_second, burst])))

    def _record(self, key: str) -> str:
        return f"{self._prefix}{RECORD}{key}"


def _words(commit: Commit) -> list[Word]:
    """Flatten a commit into counted lists, in the order in which the function reads them."""
    cursor = commit.cursor
    leaving = [case_id for case_id, due in commit.due.items() if due is None]
    timed = [(due, case_id) for case_id, due in commit.due.items() if due is not None]
    freeze: Word = "" if commit.freeze is None else commit.freeze
    words: list[Word] = [commit.term, commit.previous_seq]
    words += [cursor.incarnation, cursor.seq, cursor.fact_hash, cursor.low_seq, freeze]
    words += [len(commit.deletes), *commit.deletes]
    words += [len(commit.puts), *_flat(commit.puts.items())]
    words += [len(commit.appends), *_flat(commit.appends.items())]
    words += [len(timed), *_flat(timed)]
    words += [len(leaving), *leaving]
    words += [len(commit.outbox), *commit.outbox]
    return words


def _flat(pairs: Iterable[tuple[Word, Word]]) -> Iterator[Word]:
    for first, second in pairs:
        yield first
        yield second


def _millis(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _cursor(parts: Sequence[Answer]) -> Cursor:
    incarnation, seq, fact_hash, low_seq = (_bytes(part).decode() for part in parts)
    return Cursor(incarnation, int(seq), fact_hash, int(low_seq))


def _pairs(flat: Sequence[Answer]) -> Sequence[tuple[bytes, bytes]]:
    words = [_bytes(part) for part in flat]
    return list(zip(words[::2], words[1::2], strict=True))


def _list(answer: Answer) -> list[Answer]:
    if isinstance(answer, list):
        return answer
    raise StoreAwayError(f"the store answered {type(answer).__name__} where a list was due")


def _bytes(answer: Answer) -> bytes:
    if isinstance(answer, bytes):
        return answer
    raise StoreAwayError(f"the store answered {type(answer).__name__} where text was due")


def _int(answer: Answer) -> int:
    if isinstance(answer, int):
        return answer
    raise StoreAwayError(f"the store answered {type(answer).__name__} where a number was due")
