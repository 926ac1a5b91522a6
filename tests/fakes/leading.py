"""A respond leader on real servers, inside the process of the test, where it can be killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from services.respond.core.decisions import CHAIN_START
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.executor import Carrier
from services.respond.shell.leader import Leader
from services.respond.shell.office import Office
from services.respond.shell.registrar import Registrar
from services.respond.shell.reign import World
from services.respond.shell.snapshot_keeper import Rhythm, SnapshotKeeper
from services.respond.shell.standing import CHAIN, Standing
from services.respond.shell.telemetry import Telemetry
from shared.bus.nats_bus import NatsBus
from shared.contracts.facts import decode
from shared.contracts.subjects import ROOT
from shared.contracts.system import DecisionsRecorded
from shared.errors import TransientError
from shared.observability.metrics import Metrics
from shared.runtime.clock import SystemClock
from shared.store.redis_store import RedisStore
from tests.fakes.pager import FakePager
from tests.fakes.respond_house import a_configuration
from tests.fakes.waiting import until

CATCH_UP_SECONDS = 60.0


class Leading:
    """Leads until killed; knows how far it has folded."""

    def __init__(self, bus: NatsBus, store: RedisStore, rhythm: Rhythm) -> None:
        self.bus, self.store, self.rhythm = bus, store, rhythm
        self.clock, self.metrics, self.pager = SystemClock(), Metrics(), FakePager()
        self.alarms: list[str] = []
        self._task: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def on(cls, nats_url: str, redis_url: str, rhythm: Rhythm) -> AsyncIterator[Self]:
        bus = await NatsBus.connect(nats_url, clock=SystemClock(), name="respond")
        store = await RedisStore.connect(redis_url)
        house = cls(bus, store, rhythm)
        try:
            yield house
        finally:
            await house.kill()
            await store.close()
            await bus.close()

    def lead(self, group: asyncio.TaskGroup, holder: str) -> None:
        telemetry = Telemetry(self.metrics, self._alarm)
        world = World(
            bus=self.bus,
            store=self.store,
            clock=self.clock,
            carriers=self._carriers,
            registrar=Registrar(self.bus, self.clock, a_configuration()),
            telemetry=telemetry,
            snapshots=SnapshotKeeper(self.bus, self.clock, self.rhythm, telemetry),
        )
        leader = Leader(world, self.store, holder=holder, lease_seconds=3.0)
        self._task = group.create_task(leader.run(asyncio.Event()), name=holder)

    async def kill(self) -> None:
        """End it as kill -9 does: nothing is released, nothing is finished."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def folded(self) -> int:
        cursor = await self.store.cursor()
        return 0 if cursor is None else cursor.seq

    async def caught_up(self) -> None:
        async def there() -> bool:
            try:
                return await self.folded() >= (await self.bus.state()).last_seq
            except TransientError:  # a busy machine answers late
                return False

        await until(there, CATCH_UP_SECONDS)

    async def recorded(self) -> None:
        """Wait until all that was decided stands in the log."""

        async def there() -> bool:
            loaded = await self.store.load()
            newest = await self.bus.last_on(f"{ROOT}.decisions.recorded")
            fact = None if newest is None else decode(newest.data)
            known = fact.chain if isinstance(fact, DecisionsRecorded) else CHAIN_START
            return loaded is not None and loaded.values[CHAIN].decode() == known

        await until(there)

    def _carriers(
        self, standing: Standing, office: Office, effects: EffectLog
    ) -> dict[str, Carrier]:
        return {"page": self.pager.carrier(standing, office, effects, self.clock)}

    async def _alarm(self, reason: str) -> None:
        self.alarms.append(reason)
