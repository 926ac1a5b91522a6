"""Doctor's look at real servers: it sees what is so and changes nothing."""

from pathlib import Path

import pytest

from services.cli.doctor.servers import log, store
from shared.bus.nats_bus import NatsBus
from shared.bus.nats_inspect import inspect_log
from shared.bus.port import outgoing
from shared.contracts.subjects import NEWEST_BACKUP
from shared.runtime.clock import SystemClock
from shared.store.redis_inspect import inspect_store
from tests.fakes.nats_server import NatsServer
from tests.fakes.respond_house import a_comment
from tests.fakes.valkey_server import valkey_server

pytestmark = pytest.mark.servers


async def test_a_server_is_looked_at_before_and_after_there_is_a_log(tmp_path: Path) -> None:
    clock, server = SystemClock(), NatsServer(tmp_path)
    server.start()
    try:
        assert not (await inspect_log(server.url)).stream
        assert not (await inspect_log(server.url)).stream, "looking made nothing"
        bus = await NatsBus.connect(server.url, clock=clock)
        await bus.publish([outgoing(a_comment(number, clock.now())) for number in range(3)])
        async with bus.consume("classify-items", ("zs.v1.item.received.>",)) as queue:
            taken = await queue.take()
            report = await inspect_log(server.url)
            assert report.to_classify + report.in_hand == 3
            await queue.ack(taken)
        assert report.backup_note == b""
        await bus.put_value(NEWEST_BACKUP, b"a note")
        assert (await inspect_log(server.url)).backup_note == b"a note"
        await bus.close()
        assert (report.facts, report.last_seq, report.odd) == (3, 3, ())
        found, _ = await log(server.url, clock.now())
        assert {each.level for each in found} == {"ok"}
    finally:
        server.stop()


async def test_valkey_says_what_it_is() -> None:
    with valkey_server() as server:
        report = await inspect_store(server.url)
        assert report.append_only
        assert report.used_bytes > 0
        assert report.version.startswith("9.")
        assert {each.level for each in await store(server.url)} == {"ok"}
