"""A memory bus on which a write can be held back, so that a process can die right there."""

import asyncio
from collections.abc import Sequence

from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Ack, Message, Outgoing
from tests.fakes.clock import FakeClock


class GatedBus(MemoryBus):
    """A memory bus on which a write can be held back, so that a process can die right there."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.hold_before = ""
        self.hold_after = ""
        self.held = asyncio.Event()
        self.let_go = asyncio.Event()
        self.reading_seconds = 0.0
        self._waiting = clock

    async def last_on(self, subject: str) -> Message | None:
        if self.reading_seconds and subject.endswith("decisions.recorded"):
            await self._waiting.sleep(self.reading_seconds)
        return await super().last_on(subject)

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Ack]:
        if self._concerns(self.hold_before, batch):
            await self._hold()
        acks = await super().publish(batch)
        if self._concerns(self.hold_after, batch):
            await self._hold()
        return acks

    def release(self) -> None:
        self.hold_before = self.hold_after = ""
        self.held = asyncio.Event()

    def _concerns(self, kind: str, batch: Sequence[Outgoing]) -> bool:
        return bool(kind) and any(f".{kind}" in each.subject for each in batch)

    async def _hold(self) -> None:
        self.held.set()
        await self.let_go.wait()
