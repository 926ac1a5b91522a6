"""Objects that a real server lost pieces of, or keeps other pieces of: known as damaged at once."""

from collections.abc import AsyncIterator

import nats
import pytest

from shared.bus.nats_bus import NatsBus
from shared.contracts.subjects import OBJECTS
from shared.errors import PermanentError
from shared.runtime.clock import SystemClock
from tests.fakes.nats_server import NatsServer, forget_everything, spoil_object

pytestmark = pytest.mark.servers
DATA = "快照".encode() * 100_000


@pytest.fixture
async def bus(nats_server: NatsServer) -> AsyncIterator[NatsBus]:
    await forget_everything(nats_server.url)
    bus = await NatsBus.connect(nats_server.url, clock=SystemClock())
    yield bus
    await bus.close()


@pytest.mark.parametrize("fault", ["pieces", "bytes"])
async def test_a_damaged_object_is_no_object(
    bus: NatsBus, nats_server: NatsServer, fault: str
) -> None:
    digest = await bus.put_object(DATA)
    await spoil_object(nats_server.url, digest, only_lose=fault == "pieces")
    with pytest.raises(PermanentError):
        await bus.get_object(digest)


async def test_a_dropped_object_leaves_nothing_in_the_bucket(
    bus: NatsBus, nats_server: NatsServer
) -> None:
    await bus.drop_object(await bus.put_object(DATA))
    connection = await nats.connect(nats_server.url)
    info = await connection.jetstream().stream_info(f"OBJ_{OBJECTS}")
    await connection.close()
    assert info.state.messages == 0
