"""A running log for whoever asks for one."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.nats_server import NatsServer
from tests.fakes.saved_log import fill


@pytest.fixture
def log(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path)
    server.start()
    asyncio.run(fill(server.url))
    yield server
    server.stop()
