"""Hot state in this process's memory: the whole store for replays, drills and tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.store.port import Commit, Cursor, CursorMovedError, Loaded, StaleTermError


class Monotonic(Protocol):
    """The part of a clock that lifetimes need."""

    def monotonic(self) -> float:
        """Return seconds that never step back."""
        ...


@dataclass(slots=True)
class _Fold:
    """What one shard's leader has committed; `reset` starts a new one."""

    cursor: Cursor | None = None
    values: dict[str, bytes] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)
    outbox: list[bytes] = field(default_factory=list)
    claims: set[str] = field(default_factory=set)
    freeze: int = 0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class MemoryStore:
    """HotStore, Leases and SharedRecords in one; nothing survives the process."""

    def __init__(self, clock: Monotonic) -> None:
        self._seconds: Callable[[], float] = clock.monotonic
        self._term = 0
        self._fold = _Fold()
        self._leases: dict[str, tuple[str, float]] = {}
        self._records: dict[str, tuple[bytes, float]] = {}
        self._sweep_at = 1024
        self._buckets: dict[str, _Bucket] = {}

    async def take_office(self, term: int) -> None:
        self._fence(term)

    async def load(self) -> Loaded | None:
        fold = self._fold
        if fold.cursor is None:
            return None
        return Loaded(fold.cursor, dict(fold.values), tuple(fold.outbox))

    async def commit(self, commit: Commit) -> None:
        self._fence(commit.term)
        fold = self._fold
        stored = 0 if fold.cursor is None else fold.cursor.seq
        if stored != commit.previous_seq:
            raise CursorMovedError(f"stored {stored}, expected {commit.previous_seq}")
        for key in commit.deletes:
            fold.values.pop(key, None)
            fold.claims.discard(key)
        fold.values.update(commit.puts)
        for key, more in commit.appends.items():
            fold.values[key] = fold.values.get(key, b"") + more
        for case_id, due in commit.due.items():
            if due is None:
                fold.due.pop(case_id, None)
            else:
                fold.due[case_id] = due
        fold.outbox.extend(commit.outbox)
        fold.cursor = commit.cursor
        if commit.freeze is not None:
            fold.freeze = commit.freeze

    async def reset(self, term: int, *, anew: bool = False) -> None:
        self._term = 0 if anew else self._term
        self._fence(term)
        self._fold = _Fold()

    async def fill(self, term: int, values: Mapping[str, bytes]) -> None:
        self._fence(term)
        self._fold.values.update(values)

    async def drop_outbox(self, term: int, count: int) -> None:
        self._fence(term)
        del self._fold.outbox[:count]

    async def claim(self, term: int, effect_key: str, *, stream_end: int, freeze: int) -> bool:
        self._fence(term)
        fold = self._fold
        behind = fold.cursor is None or fold.cursor.seq < stream_end
        if behind or fold.freeze != freeze or effect_key in fold.claims:
            return False
        fold.claims.add(effect_key)
        return True

    async def get(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        return [self._fold.values.get(key) for key in keys]

    async def queue(self, offset: int, limit: int) -> tuple[Sequence[tuple[str, float]], int]:
        ordered = sorted(self._fold.due.items(), key=lambda entry: (entry[1], entry[0].encode()))
        return ordered[offset : offset + limit], len(ordered)

    async def cursor(self) -> Cursor | None:
        return self._fold.cursor

    async def acquire(self, name: str, holder: str, ttl_seconds: float) -> bool:
        if await self.holder(name) not in {None, holder}:
            return False
        self._leases[name] = (holder, self._seconds() + ttl_seconds)
        return True

    async def release(self, name: str, holder: str) -> None:
        if await self.holder(name) == holder:
            del self._leases[name]

    async def holder(self, name: str) -> str | None:
        holder, until = self._leases.get(name, ("", 0.0))
        return holder if holder and self._seconds() < until else None

    async def put(self, key: str, value: bytes, ttl_seconds: float) -> None:
        self._sweep()
        self._records[key] = (value, self._seconds() + ttl_seconds)

    async def put_once(self, key: str, value: bytes, ttl_seconds: float) -> bool:
        if await self.fetch(key) is not None:
            return False
        await self.put(key, value, ttl_seconds)
        return True

    async def fetch(self, key: str) -> bytes | None:
        found = self._records.get(key)
        return found[0] if found is not None and self._seconds() < found[1] else None

    async def take(self, key: str) -> bytes | None:
        found = await self.fetch(key)
        self._records.pop(key, None)
        return found

    async def forget(self, key: str) -> None:
        self._records.pop(key, None)

    async def spend(self, bucket: str, *, rate_per_second: float, burst: int) -> float:
        now = self._seconds()
        kept = self._buckets.get(bucket, _Bucket(float(burst), now))
        tokens = min(float(burst), kept.tokens + (now - kept.at) * rate_per_second)
        granted = tokens >= 1.0
        self._buckets[bucket] = _Bucket(tokens - 1.0 if granted else tokens, now)
        return 0.0 if granted else (1.0 - tokens) / rate_per_second

    def _fence(self, term: int) -> None:
        """Refuse an older term; a newer one takes office by its first call."""
        if term < self._term:
            raise StaleTermError(f"term {term} is over, {self._term} leads")
        if term > self._term:
            self._term = term
            self._fold.claims.clear()

    def _sweep(self) -> None:
        """Drop what has expired whenever the records doubled, so that long runs stay small."""
        if len(self._records) >= self._sweep_at:
            now = self._seconds()
            self._records = {k: v for k, v in self._records.items() if now < v[1]}
            self._sweep_at = max(1024, 2 * len(self._records))
