"""A bundle of weights is larger than any message: it comes back from a real server as it was."""

import hashlib

import pytest

from services.classify.adapters.bundles import LARGEST
from shared.bus.nats_bus import NatsBus
from shared.runtime.clock import SystemClock
from tests.fakes.nats_server import NatsServer

pytestmark = pytest.mark.servers


async def test_the_largest_bundle_comes_back_as_it_was(server: NatsServer) -> None:
    data = hashlib.shake_256(b"weights").digest(LARGEST)
    bus = await NatsBus.connect(server.url, clock=SystemClock())
    try:
        digest = await bus.put_object(data)
        assert digest == hashlib.sha256(data).hexdigest()
        assert await bus.get_object(digest) == data
    finally:
        await bus.close()
