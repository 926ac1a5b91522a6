"""The bus in memory and the bus on a real NATS server, one after the other."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from shared.bus.memory_bus import MemoryBus
from shared.bus.nats_bus import NatsBus
from shared.bus.port import Bus
from shared.runtime.clock import SystemClock
from tests.fakes.nats_server import NatsServer


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["memory", pytest.param("nats", marks=pytest.mark.servers)])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """Each test has a server of its own: what another test said must not be there."""
    if request.param == "memory":
        yield MemoryBus(SystemClock())
        return
    server: NatsServer = request.getfixturevalue("server")
    nats_bus = await NatsBus.connect(server.url, clock=SystemClock())
    yield nats_bus
    await nats_bus.close()
