"""A backup of a log that is being written makes the same log again, whole or not at all."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from services.cli.backup.manifest import MANIFEST, Manifest
from services.cli.backup.note import BackupNote
from services.cli.backup.restore import restore, restore_into
from services.cli.backup.save import save
from shared.bus.ancestry import holds
from shared.bus.port import Message, outgoing
from shared.contracts.facts import decode
from shared.contracts.subjects import CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY, NEWEST_BACKUP
from shared.contracts.system import LogRestored
from shared.errors import UserError
from tests.fakes.builders import a_comment
from tests.fakes.nats_server import NatsServer
from tests.fakes.saved_log import ACKED, CLOCK, COUNT, CURSOR, a_bus, restored_house, saved

pytestmark = [pytest.mark.servers, pytest.mark.timeout(60)]
WRITER = """
import asyncio, sys
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.runtime.clock import SystemClock
from tests.fakes.builders import a_comment

async def write():
    bus = await NatsBus.connect(sys.argv[1], clock=SystemClock())
    for start in range(700, 10_000_000, 100):
        facts = [a_comment(f"c{number}") for number in range(start, start + 100)]
        await bus.publish([outgoing(each) for each in facts])
        print(start, flush=True)

asyncio.run(write())
"""


@pytest.fixture
def busy(log: NatsServer) -> Iterator[NatsServer]:
    """Let somebody write into the log all the time."""
    command = [sys.executable, "-c", WRITER, log.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        said = iter(writer.stdout.readline, b"")
        assert next((line for line in said if line.strip().isdigit()), b""), "it wrote nothing"
        yield log
        writer.kill()


async def read(url: str, last: int) -> Sequence[Message]:
    async with a_bus(url) as bus:
        return await bus.read(1, last)


async def check(url: str, manifest: Manifest, before: Sequence[Message]) -> None:
    """Look whether a log is the saved one, with all that belongs to it."""
    async with a_bus(url) as bus:
        end = (await bus.state()).last_seq
        *after, last = await bus.read(1, end)
        assert after == before
        fact = decode(last.data)
        assert isinstance(fact, LogRestored)
        assert (fact.upto_seq, fact.upto_time) == (manifest.last_seq, before[-1].time)
        assert await holds(bus, manifest.incarnation, manifest.last_seq)
        assert not await holds(bus, manifest.incarnation, manifest.last_seq + 1)
        assert await bus.get_value("people.li") == (b"hash", 1)
        assert (await bus.get_value(CURSOR) or (b"",))[0] == b"early"
        [ack] = await bus.publish([outgoing(a_comment("c5"))])
        assert ack.duplicate, "the log still knows what it had"
        async with bus.consume(CLASSIFY_CONSUMER, ITEMS_TO_CLASSIFY) as queue:
            first = (await queue.take(1))[0].message.seq
        assert ACKED - 1 <= first - 1 <= ACKED, "an ack on its way may be lost, a verdict never"


def test_a_log_saved_while_it_is_written_is_the_same_to_the_byte(
    busy: NatsServer, tmp_path: Path
) -> None:
    backup, manifest = saved(busy, tmp_path, trial=True)
    assert manifest.last_seq > COUNT
    before = asyncio.run(read(busy.url, manifest.last_seq))
    house = tmp_path / "restored"
    restore(backup, house, CLOCK)

    async def look() -> None:
        async with restored_house(house) as url:
            await check(url, manifest, before)
        async with a_bus(busy.url) as bus:
            kept = await bus.get_value(NEWEST_BACKUP)
            assert kept is not None
            note = BackupNote.model_validate_json(kept[0])
            assert note.last_seq == manifest.last_seq

    asyncio.run(look())
    assert not list(backup.parent.glob(".*")), "the trial left nothing"


def test_a_log_goes_to_a_server_of_ones_own_that_has_none(log: NatsServer, tmp_path: Path) -> None:
    backup, manifest = saved(log, tmp_path)
    before = asyncio.run(read(log.url, manifest.last_seq))
    with pytest.raises(UserError, match="there is a log already"):
        restore_into(backup, log.url, CLOCK)
    (tmp_path / "other").mkdir()
    other = NatsServer(tmp_path / "other")
    other.start()
    restore_into(backup, other.url, CLOCK)
    asyncio.run(check(other.url, manifest, before))
    other.stop()


def test_a_restore_of_a_restore_knows_both_earlier_lives(log: NatsServer, tmp_path: Path) -> None:
    backup, first = saved(log, tmp_path)
    (tmp_path / "other").mkdir()
    other = NatsServer(tmp_path / "other")
    other.start()
    restore_into(backup, other.url, CLOCK)
    second = save(tmp_path / "two", other.url, tmp_path / "none", CLOCK, trial=False)
    other.stop()
    restore(tmp_path / "two", tmp_path / "house", CLOCK)

    async def look() -> None:
        async with restored_house(tmp_path / "house") as url, a_bus(url) as bus:
            assert await holds(bus, second.incarnation, second.last_seq)
            assert await holds(bus, first.incarnation, first.last_seq)
            assert not await holds(bus, first.incarnation, second.last_seq)

    asyncio.run(look())


def test_cursors_are_never_ahead_of_the_log_they_are_restored_with(
    log: NatsServer, tmp_path: Path
) -> None:
    backup, manifest = saved(log, tmp_path)
    later = manifest.model_copy(update={"cursors": {CURSOR: "as it was when the log was saved"}})
    (backup / MANIFEST).write_text(later.model_dump_json(), encoding="utf-8")
    restore(backup, tmp_path / "restored", CLOCK)

    async def look() -> None:
        async with restored_house(tmp_path / "restored") as url, a_bus(url) as bus:
            kept = await bus.get_value(CURSOR)
            assert kept is not None
            assert kept[0] == b"as it was when the log was saved"

    asyncio.run(look())
