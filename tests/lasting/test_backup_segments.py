"""A backup has what left the log; a restored house rebuilds from a snapshot of its earlier life."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path
from secrets import token_bytes

import pytest

from services.archive.core.purging import Policy
from services.archive.shell.keeper import LogKeeper
from services.archive.shell.sealer import Sealer
from services.archive.shell.segments import Segments
from services.cli.audit import audit_of
from services.cli.backup.restore import restore
from services.cli.backup.save import save
from services.cli.whole_log import whole_log
from services.respond.core.aggregates import Organisation
from services.respond.shell.snapshot_keeper import Rhythm
from services.respond.shell.snapshots import read_register
from shared.bus.floor import read_floor
from shared.bus.port import Bus, outgoing
from shared.contracts.facts import decode, singly
from shared.contracts.items import ItemReceived
from shared.observability.metrics import Metric, Metrics
from shared.runtime.clock import SystemClock
from tests.fakes.leading import Leading
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import a_comment, a_verdict
from tests.fakes.saved_log import CLOCK, a_bus, restored_house
from tests.fakes.valkey_server import ValkeyServer, valkey_server
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
ITEMS = 300
SHRINK = Policy(0.0, 100, 0, 0.8, timedelta(hours=72))


async def a_house_that_purged(nats: NatsServer, valkey: ValkeyServer, data: Path) -> None:
    """Let items come, a snapshot be taken, and the log be sealed and purged below it."""
    async with (
        Leading.on(nats.url, valkey.url, Rhythm(facts=200, kept=2)) as house,
        asyncio.TaskGroup() as group,
    ):
        house.lead(group, "one")
        for number in range(ITEMS):
            item = a_comment(number, house.clock.now())
            await house.bus.publish([outgoing(item), outgoing(a_verdict(item))])
        await until(partial(snapshot_at, house.bus, ITEMS))
        await house.caught_up()
        await house.recorded()
        await house.kill()
        reached = (await house.bus.state()).last_seq
        sealer = Sealer(
            house.bus, Segments(data / "archive" / "segments"), house.clock, Metrics(), token_bytes
        )
        keeper = LogKeeper(
            house.bus, sealer, house.clock, Metrics(),
            policy=SHRINK, segment_facts=100, reached=lambda: reached, read=lambda: 0,
        )  # fmt: skip
        await keeper.look(asyncio.Event())
        await sealer.close()
        assert await purged(house.bus) > 100


async def snapshot_at(bus: Bus, least: int) -> bool:
    return any(each.seq > least for each in (await read_register(bus))[0].kept)


async def purged(bus: Bus) -> int:
    return (await read_floor(bus, (await bus.state()).incarnation)).purged


async def look_at(url: str, valkey: ValkeyServer, segments: Segments) -> None:
    """Rebuild the restored house with an empty Valkey; its log alone would not do."""
    async with a_bus(url) as bus:
        assert await purged(bus) > 100, "the restored log knows what it lacks"
        log = await bus.state()
        facts = [
            single
            async for batch in whole_log(bus, log, segments, 1, log.last_seq)
            for each in batch
            for single in singly(decode(each.data))
        ]
        assert sum(isinstance(each, ItemReceived) for each in facts) == ITEMS
        audit = await audit_of(segments, bus)
        assert (audit.faults, audit.told) == ([], True)
    async with Leading.on(url, valkey.url, Rhythm()) as house, asyncio.TaskGroup() as group:
        house.lead(group, "restored")
        await house.caught_up()
        await until(partial(has_counted, house))
        assert house.metrics.value(Metric.SNAPSHOTS, result="passed_over") == 0
        await house.kill()


async def has_counted(house: Leading) -> bool:
    [stored] = await house.store.get([Organisation.KEY])
    organisation = Organisation.model_validate_json(stored or b"{}")
    return organisation.items_received == ITEMS and organisation.paused


def test_a_restored_house_has_what_left_the_log_and_starts_from_a_snapshot(
    tmp_path: Path,
) -> None:
    (tmp_path / "nats").mkdir()
    nats = NatsServer(tmp_path / "nats")
    nats.start()
    with valkey_server() as valkey:
        asyncio.run(a_house_that_purged(nats, valkey, tmp_path / "data"))
    archive = tmp_path / "data" / "archive" / "archive.sqlite3"
    manifest = save(tmp_path / "backup", nats.url, archive, CLOCK, trial=False)
    nats.stop()
    assert len(manifest.segments) >= 4
    house = tmp_path / "house"
    restore(tmp_path / "backup", house, SystemClock())
    segments = Segments(house / "archive" / "segments")

    async def look() -> None:
        async with restored_house(house) as url:
            await look_at(url, valkey, segments)

    with valkey_server() as valkey:
        asyncio.run(look())
