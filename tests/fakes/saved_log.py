"""A log with something of everything in it, and its backup."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.cli.backup.manifest import Manifest
from services.cli.backup.save import save
from services.cli.embedded.data_dir import opened
from services.cli.embedded.nats import EmbeddedNats
from services.cli.supervisor import Supervisor
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.subjects import CLASSIFY_CONSUMER, CURSORS, ITEMS_TO_CLASSIFY
from shared.runtime.clock import SystemClock
from tests.fakes.builders import a_comment
from tests.fakes.nats_server import NatsServer

COUNT, ACKED = 700, 100
CURSOR = f"{CURSORS}.mall"
CLOCK = SystemClock()


@asynccontextmanager
async def a_bus(url: str) -> AsyncIterator[NatsBus]:
    bus = await NatsBus.connect(url, clock=CLOCK)
    try:
        yield bus
    finally:
        await bus.close()


async def fill(url: str) -> None:
    async with a_bus(url) as bus:
        await bus.put_object(b"the body of a pack")
        await bus.put_value("people.li", b"hash")
        await bus.put_value(CURSOR, b"early")
        for start in range(0, COUNT, 100):
            facts = [a_comment(f"c{number}") for number in range(start, start + 100)]
            await bus.publish([outgoing(each) for each in facts])
        async with bus.consume(CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY) as queue:
            taken = 0
            while taken < ACKED:
                batch = await queue.take(ACKED - taken)
                await queue.ack(batch)
                taken += len(batch)


def saved(log: NatsServer, tmp_path: Path, *, trial: bool = False) -> tuple[Path, Manifest]:
    to = tmp_path / "backups" / "one"
    return to, save(to, log.url, tmp_path / "none.sqlite3", CLOCK, trial=trial)


@asynccontextmanager
async def restored_house(house: Path) -> AsyncIterator[str]:
    supervisor = Supervisor(lambda _line: None, CLOCK.monotonic)
    with opened(house) as data:
        nats = EmbeddedNats(data)
        await supervisor.start(nats.spec())
        try:
            yield nats.url
        finally:
            await supervisor.stop()
