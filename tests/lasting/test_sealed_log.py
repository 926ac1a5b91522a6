"""The archive process seals and purges on a real server; record, replay and audit read it as one."""

import asyncio
import gzip
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from services.cli.app import run
from services.cli.errors import guarded
from services.cli.replay.engine import replay
from shared.bus.floor import hold, read_floor
from shared.bus.nats_bus import NatsBus
from shared.bus.port import outgoing
from shared.contracts.facts import Stored, decode
from shared.contracts.subjects import SEGMENTS_SEALED
from shared.runtime.clock import SystemClock
from shared.testing.recording import write_recording
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import a_comment, a_configuration, a_verdict
from tests.fakes.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
ITEMS, SEGMENT = 400, 150
SEALED = 2 * ITEMS // SEGMENT * SEGMENT


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    (tmp_path / "nats").mkdir()
    server = NatsServer(tmp_path / "nats")
    server.start()
    yield server
    server.stop()


@contextmanager
def an_archive(nats: NatsServer, data_dir: Path, log: Path) -> Iterator[None]:
    environment = {
        "ZHISHOU_NATS_URL": nats.url,
        "ZHISHOU_DATA_DIR": str(data_dir),
        "ZHISHOU_SEGMENT_FACTS": str(SEGMENT),
        "ZHISHOU_KEEP_FACTS": "100",
    }
    with log.open("ab") as out:
        process = Popen(
            [sys.executable, "-m", "services.archive"], env=environment, stdout=out, stderr=out
        )
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def a_log(nats: NatsServer) -> list[Stored]:
    """Fill a log as a house would, and say that respond needs none of its beginning."""
    bus = await NatsBus.connect(nats.url, clock=SystemClock())
    configuration = a_configuration()
    await bus.put_object(configuration.packs[0].canonical())
    for first in range(0, ITEMS, 50):
        for number in range(first, first + 50):
            item = a_comment(number, SystemClock().now())
            await bus.publish([outgoing(item), outgoing(a_verdict(item))])
    log = await bus.state()
    await hold(bus, log.incarnation, "respond", log.last_seq - 150)
    stored = await bus.read(1, log.last_seq)
    await bus.close()
    return [Stored(each.seq, each.time, decode(each.data)) for each in stored]


async def is_purged(nats: NatsServer) -> None:
    bus = await NatsBus.connect(nats.url, clock=SystemClock())

    async def purged() -> bool:
        log = await bus.state()
        floor = await read_floor(bus, log.incarnation)
        kinds = {each.subject for each in await bus.read(1, floor.purged)}
        told = await bus.last_on(SEGMENTS_SEALED)
        return floor.purged > 500 and "zs.v1.item.classified" not in kinds and told is not None

    await until(purged)
    await bus.close()


def command(*words: str) -> int:
    return guarded(lambda: run(list(words), {}))


def said(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, object], str]:
    out, err = capsys.readouterr()
    return json.loads(out.splitlines()[-1]), err


def rewritten(path: Path) -> None:
    """Change one letter of one fact as somebody would who can pack and unpack."""
    lines = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(lines.replace("第7次".encode(), "第8次".encode(), 1)))


def decided(stored: Sequence[Stored], tmp_path: Path) -> str:
    write_recording(tmp_path / "whole.jsonl", stored)
    return replay(tmp_path / "whole.jsonl").digest


def test_segments_and_log_are_one_record_and_a_changed_letter_is_named(
    nats: NatsServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "recorded.jsonl"
    stored = asyncio.run(a_log(nats))
    with an_archive(nats, data, tmp_path / "archive.log"):
        asyncio.run(is_purged(nats))
    where = ("--nats-url", nats.url, "--data-dir", str(data))
    assert command("record", str(file), "--json", *where, "--last", str(len(stored))) == 0
    assert said(capsys)[0]["facts"] == len(stored)
    assert replay(file).digest == decided(stored, tmp_path)
    assert command("record", str(file), "--json", "--nats-url", nats.url) == 2
    assert "stand in segments only" in capsys.readouterr().err
    sealed = replay(data / "archive" / "segments")
    assert sealed.facts + sealed.items == SEALED
    assert command("audit", "verify", "--json", *where) == 0
    audit, err = said(capsys)
    assert (audit["last"], audit["told"], audit["faults"], err) == (SEALED, True, [], "")
    assert audit["compared_with_log"]
    [first, *_] = sorted((data / "archive" / "segments").glob("*.jsonl.gz"))
    rewritten(first)
    for more in (("--no-log", "--data-dir", str(data)), where):
        assert command("audit", "verify", "--json", *more) == 1
        audit, err = said(capsys)
        assert "segment 1-150: fact " in err
        assert "not what was sealed" in err
        assert audit["faults"]
