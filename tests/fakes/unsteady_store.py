"""A store in memory that can be away, or lose a commit on its way there or its answer."""

from collections.abc import Sequence
from typing import Literal

from shared.store.memory_store import MemoryStore
from shared.store.port import Commit, StoreAwayError
from tests.fakes.clock import FakeClock


class UnsteadyStore(MemoryStore):
    """Loses as many commits as it is told to; then all is well."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.lost_commits: list[Literal["request", "answer"]] = []
        self.lost_queues = 0
        self.away = False

    async def get(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        if self.away:
            raise StoreAwayError("get")
        return await super().get(keys)

    async def fetch(self, key: str) -> bytes | None:
        if self.away:
            raise StoreAwayError("fetch")
        return await super().fetch(key)

    async def commit(self, commit: Commit) -> None:
        lost = self.lost_commits.pop(0) if self.lost_commits else ""
        if lost != "request":
            await super().commit(commit)
        if lost:
            raise StoreAwayError(lost)

    async def queue(self, offset: int, limit: int) -> tuple[Sequence[tuple[str, float]], int]:
        if self.lost_queues:
            self.lost_queues -= 1
            raise StoreAwayError("queue")
        return await super().queue(offset, limit)
