"""The ingest service built over a log and a store in memory, reading a served mock platform."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.ingest.app import Connections, Service, build
from services.ingest.settings import IngestSettings
from services.ingest.shell.webhook import BODY_SECONDS
from shared.bus.memory_bus import MemoryBus
from shared.contracts.facts import Fact, decode, singly
from shared.contracts.items import ItemReceived
from shared.contracts.system import SourceReported
from shared.runtime.health import http_server
from shared.runtime.service import Loop
from shared.store.memory_store import MemoryStore
from shared.store.port import StoreAwayError
from tests.fakes.clock import FakeClock
from tests.fakes.ingest_world import ServedWorld
from tests.fakes.waiting import a_moment

STEPS_A_SECOND = 4


class FlakyStore(MemoryStore):
    """Leases and records that can be away."""

    away = False

    async def acquire(self, name: str, holder: str, ttl_seconds: float) -> bool:
        if self.away:
            raise StoreAwayError("away")
        return await super().acquire(name, holder, ttl_seconds)

    async def put_once(self, key: str, value: bytes, ttl_seconds: float) -> bool:
        if self.away:
            raise StoreAwayError("away")
        return await super().put_once(key, value, ttl_seconds)


@dataclass(slots=True)
class House:
    """Log and store outlive the service processes that come and go."""

    world: ServedWorld
    clock: FakeClock
    bus: MemoryBus
    store: FlakyStore
    data_dir: Path

    async def facts(self) -> list[Fact]:
        away, self.bus.away = self.bus.away, False
        stored = await self.bus.read(1, 10**9)
        self.bus.away = away
        return [each for message in stored for each in singly(decode(message.data))]

    async def texts(self) -> list[str]:
        return [fact.text for fact in await self.facts() if isinstance(fact, ItemReceived)]

    async def states(self, source: str = "poll") -> list[str]:
        return [
            fact.state
            for fact in await self.facts()
            if isinstance(fact, SourceReported) and fact.source == source
        ]

    @asynccontextmanager
    async def process(
        self, host: str = "here", *, body_seconds: float = BODY_SECONDS
    ) -> AsyncIterator["Process"]:
        """Run the service until the block ends; leaving it is a kill, not a farewell."""
        settings = IngestSettings(data_dir=self.data_dir)
        connections = Connections(
            self.bus, self.store, self.store, self.world.session, self.clock, host
        )
        service = build(settings, [self.world.account], connections, body_seconds=body_seconds)
        stop = asyncio.Event()
        try:
            async with (
                http_server(service.app, "127.0.0.1", 0) as address,
                asyncio.TaskGroup() as group,
            ):
                loops = [
                    group.create_task(_run(service.loops[loop], stop), name=loop)
                    for loop in service.loops
                    if loop != "lag"
                ]
                yield Process(self, service, address, stop)
                for task in loops:
                    task.cancel()
        finally:
            service.spool.close()


async def _run(loop: Loop, stop: asyncio.Event) -> None:
    await loop(stop)


@dataclass(slots=True)
class Process:
    """One running ingest."""

    house: House
    service: Service
    address: str
    stop: asyncio.Event

    @property
    def hook(self) -> str:
        return self.address + self.service.hook_paths["acct-1"]

    async def pass_time(self, seconds: float) -> None:
        """Move the clock on in small steps, with time for real sockets in between."""
        for _ in range(max(1, int(seconds * STEPS_A_SECOND))):
            await self.house.clock.advance(1 / STEPS_A_SECOND)
            await a_moment()

    async def until_texts(self, expected: Sequence[str], seconds: float = 60) -> None:
        """Move on until the log holds exactly these items; fail when it does not come to it."""
        for _ in range(int(seconds * STEPS_A_SECOND)):
            if sorted(await self.house.texts()) == sorted(expected):
                return
            await self.pass_time(1 / STEPS_A_SECOND)
        assert sorted(await self.house.texts()) == sorted(expected)
