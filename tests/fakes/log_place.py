"""A log in memory, an archive that seals it, and the sizes at which that becomes interesting."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from services.archive.core.purging import Policy
from services.archive.core.segments import Seal
from services.archive.shell.keeper import LogKeeper
from services.archive.shell.sealer import Sealer
from services.archive.shell.segments import Segments, read_lines
from shared.bus.floor import hold, note_need, read_floor
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Message, outgoing
from shared.contracts.subjects import WATCHDOG_NEED
from shared.observability.metrics import Metrics
from tests.fakes.clock import FakeClock
from tests.fakes.respond_house import a_comment, a_verdict
from tests.fakes.waiting import until

KEEP_ALL = Policy(0.0, 0, 0, 0.8, timedelta(hours=72))
SIZE = 20


@dataclass
class Place:
    """A log, an archive beside it, and who looks after both."""

    directory: Path
    policy: Policy = KEEP_ALL
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.bus = MemoryBus(self.clock)
        self.metrics = Metrics()
        self.reached = self.read = 0
        self.items = 0
        self.segments = Segments(self.directory / "segments")
        self.start()

    def start(self) -> None:
        """Begin as a fresh process does."""
        self.sealer = Sealer(self.bus, self.segments, self.clock, self.metrics, self.salts)
        self.keeper = LogKeeper(
            self.bus, self.sealer, self.clock, self.metrics,
            policy=self.policy, segment_facts=SIZE, reached=lambda: self.reached, read=lambda: self.read,
        )  # fmt: skip

    @staticmethod
    def salts(count: int) -> bytes:
        return bytes(range(256))[:16] * (count // 16)

    async def grow(self, items: int) -> None:
        """Let items and their verdicts come, and the archive read them."""
        for number in range(self.items, self.items + items):
            item = a_comment(number, self.clock.now())
            await self.bus.publish([outgoing(item), outgoing(a_verdict(item))])
        self.items += items
        self.reached = (await self.bus.state()).last_seq

    async def look(self) -> None:
        """Look once, giving the thread that writes its time."""
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(self.keeper.look(asyncio.Event()))

            async def done() -> bool:
                await self.clock.advance(1)
                return looking.done()

            await until(done)

    def seals(self) -> list[Seal]:
        return self.segments.seals()

    async def purged(self) -> int:
        return (await read_floor(self.bus, (await self.bus.state()).incarnation)).purged

    async def hold(self, who: str, seq: int, at_least: int | None = None) -> None:
        await hold(self.bus, (await self.bus.state()).incarnation, who, seq, at_least)

    async def watched(self, seq: int) -> None:
        await note_need(self.bus, WATCHDOG_NEED, (await self.bus.state()).incarnation, seq)

    async def kinds(self, upto: int) -> set[str]:
        return {each.subject.split(".")[3] for each in await self.bus.read(1, upto)}


@asynccontextmanager
async def wanting(tmp_path: Path, policy: Policy) -> AsyncIterator[Place]:
    place = Place(tmp_path, policy)
    yield place
    await place.sealer.close()


def messages(place: Place, seals: Sequence[Seal]) -> list[Message]:
    return [
        Message(*line.entry[:4])
        for seal in seals
        for line in read_lines(place.segments.lines_file(seal))
    ]
