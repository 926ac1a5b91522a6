"""Nothing lost when the disk fills (invariant 13): spooled, sealed, purged, and all arrives once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes

import pytest

from services.archive.core.purging import Policy
from services.archive.shell.archivist import Archivist
from services.archive.shell.database import Database
from services.archive.shell.keeper import LogKeeper
from services.archive.shell.sealer import Sealer
from services.archive.shell.segments import Segments
from services.classify.shell.handler import Handler
from services.cli.audit import audit_of
from services.cli.whole_log import whole_log
from services.ingest.shell.drain import Drain
from services.ingest.shell.intake import Intake
from services.ingest.shell.spool import Spool
from services.respond.core.aggregates import Organisation
from services.respond.core.decisions import CHAIN_START, chain
from services.respond.core.fold import fold
from services.respond.core.state import State
from services.respond.shell.snapshot_keeper import Rhythm
from services.respond.shell.snapshots import read_register
from shared.bus.nats_bus import NatsBus
from shared.bus.port import LogFullError, Message
from shared.contracts.facts import Fact, Stored, decode, singly
from shared.contracts.items import ItemClassified, ItemReceived
from shared.contracts.system import DecisionsRecorded
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import SystemClock
from tests.fakes.classify_judges import FakeJudge, FakeLastResort
from tests.fakes.leading import Leading
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import a_comment, a_configuration
from tests.fakes.valkey_server import ValkeyServer
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
LIMIT_MB = 4
ROUND = 100
MORE = 300
"""Items that come while the log takes nothing."""


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[NatsServer, ValkeyServer]]:
    for name in ("nats", "valkey"):
        (tmp_path / name).mkdir()
    nats = NatsServer(tmp_path / "nats", store_limit=f"{LIMIT_MB}MB")
    valkey = ValkeyServer(tmp_path / "valkey")
    nats.start()
    valkey.start()
    yield nats, valkey
    nats.kill()
    valkey.kill()


@dataclass
class House:
    """Every service but the platform, in one process, on real servers and a small disk."""

    bus: NatsBus
    leading: Leading
    intake: Intake
    drain: Drain
    archivist: Archivist
    keeper: LogKeeper
    segments: Segments
    metrics: Metrics
    stop: asyncio.Event
    handler: Handler
    items: int = 0

    async def feed(self, count: int) -> bool:
        """Let items come; tell whether the log still takes them."""
        now = self.leading.clock.now()
        fresh: list[Fact] = [a_comment(self.items + each, now) for each in range(count)]
        self.items += count
        return await self.intake.accept(fresh)

    async def until_full(self, *, before_the_first_snapshot: bool) -> None:
        """Let items come no faster than they are judged, until the store takes no more."""
        await self.feed(2 * ROUND)
        if not before_the_first_snapshot:
            await until(self.has_snapshot)
        while await self.feed(ROUND):
            assert self.items < 50_000, "the disk does not fill"
            await until(self.judged_or_full)
        assert await self.has_snapshot() != before_the_first_snapshot

    async def has_snapshot(self) -> bool:
        register, _ = await read_register(self.bus)
        return bool(register.kept)

    async def judged_or_full(self) -> bool:
        stored = await self.leading.store.get([Organisation.KEY])
        standing = Organisation.model_validate_json(stored[0] or b"{}")
        return standing.items_classified >= self.items or not await self.takes_records()

    async def takes_records(self) -> bool:
        known = await self.bus.get_value("a/record")
        try:
            await self.bus.put_value("a/record", b"x", revision=known[1] if known else 0)
        except LogFullError:
            return False
        return True

    async def received(self) -> int:
        stored = await self.bus.read(1, (await self.bus.state()).last_seq)
        facts = (single for each in stored for single in singly(decode(each.data)))
        return sum(isinstance(each, ItemReceived) for each in facts)

    async def whole(self) -> list[Message]:
        log = await self.bus.state()
        parts = whole_log(self.bus, log, self.segments, 1, log.last_seq)
        return [each async for part in parts for each in part]


@asynccontextmanager
async def a_house(
    tmp_path: Path, nats: NatsServer, valkey: ValkeyServer, rhythm: Rhythm
) -> AsyncIterator[House]:
    clock, metrics, oldest = SystemClock(), Metrics(), timedelta(hours=72)
    async with AsyncExitStack() as stack:
        leading = await stack.enter_async_context(Leading.on(nats.url, valkey.url, rhythm))
        bus = await NatsBus.connect(nats.url, clock=clock)
        stack.push_async_callback(bus.close)
        spool = Spool.open(tmp_path / "spool")
        stack.callback(spool.close)
        intake = Intake(bus, spool, clock, metrics, oldest=oldest)
        segments = Segments(tmp_path / "segments")
        sealer = Sealer(bus, segments, clock, metrics, token_bytes)
        archivist = Archivist(bus, Database(tmp_path / "a.sqlite3"), clock, metrics, sealer.sealed)
        stack.push_async_callback(sealer.close)
        stack.push_async_callback(archivist.close)
        policy = Policy(0.0, 0, LIMIT_MB << 20, 0.6, oldest)
        yield House(
            bus=bus,
            leading=leading,
            intake=intake,
            drain=Drain(intake, clock, 0.2),
            archivist=archivist,
            keeper=LogKeeper(
                bus, sealer, clock, metrics,
                policy=policy, segment_facts=500, reached=lambda: archivist.seq, read=lambda: archivist.bytes_read,
            ),
            segments=segments,
            metrics=metrics,
            stop=asyncio.Event(),
            handler=Handler(bus, FakeJudge(), FakeLastResort(), clock, metrics),
        )  # fmt: skip


async def a_run_on_a_small_disk(house: House, *, before_the_first_snapshot: bool) -> list[Message]:
    async with asyncio.TaskGroup() as group:
        house.leading.lead(group, "one")
        group.create_task(house.handler.run(house.stop))
        group.create_task(house.archivist.run(house.stop))
        await house.until_full(before_the_first_snapshot=before_the_first_snapshot)
        assert not await house.feed(MORE)
        waiting = house.metrics.value(Metric.SPOOL_WAITING)
        assert waiting >= MORE
        assert await house.received() >= house.items - waiting
        group.create_task(house.drain.run(house.stop))
        group.create_task(house.keeper.run(house.stop))

        async def drained() -> bool:
            return not house.intake.spooling

        async def judged() -> bool:
            stored = await house.leading.store.get([Organisation.KEY])
            standing = Organisation.model_validate_json(stored[0] or b"{}")
            return standing.items_classified + standing.items_degraded >= house.items

        await until(drained, 60)
        assert await house.feed(ROUND), "the log takes items again"
        await until(judged, 60)
        await house.leading.caught_up()
        await house.leading.recorded()
        house.stop.set()
        await house.leading.kill()
    return await house.whole()


@pytest.mark.parametrize(
    ("rhythm", "before_the_first_snapshot"),
    [(Rhythm(facts=150, kept=2), False), (Rhythm(first=50_000), True)],
    ids=["with a snapshot", "before the first snapshot"],
)
async def test_a_disk_that_fills_in_the_middle_of_a_run_loses_nothing_and_repeats_nothing(
    servers: tuple[NatsServer, ValkeyServer],
    tmp_path: Path,
    rhythm: Rhythm,
    *,
    before_the_first_snapshot: bool,
) -> None:
    async with a_house(tmp_path, *servers, rhythm) as house:
        messages = await a_run_on_a_small_disk(
            house, before_the_first_snapshot=before_the_first_snapshot
        )
        assert [each.seq for each in messages] == list(range(1, len(messages) + 1))
        facts = [single for each in messages for single in singly(decode(each.data))]
        came = Counter(each.item_id for each in facts if isinstance(each, ItemReceived))
        assert came == {f"item-{number}": 1 for number in range(house.items)}
        judged = {
            part.item_id
            for each in facts
            if isinstance(each, ItemClassified)
            for part in each.verdicts
        }
        assert judged == came.keys()
        assert house.metrics.value(Metric.FACTS_PURGED) > 0
        assert (await house.archivist.counts())["items"] == house.items
        decided_as_folded(messages)
        audit = await audit_of(house.segments, house.bus)
        assert audit.faults == []
        assert audit.compared > 0


def decided_as_folded(messages: list[Message]) -> None:
    """Segments and log, folded in one go, give the ledger that was recorded while all this went on."""
    pack = a_configuration().packs[0]
    stored = [Stored(each.seq, each.time, decode(each.data)) for each in messages]
    digest, digests = CHAIN_START, {CHAIN_START}
    for each in fold(State(), stored, {pack.content_hash(): pack}).lines:
        digest = chain(digest, [each])
        digests.add(digest)
    recorded = [each.fact.chain for each in stored if isinstance(each.fact, DecisionsRecorded)]
    assert len(recorded) > 3
    assert digests.issuperset(recorded)
