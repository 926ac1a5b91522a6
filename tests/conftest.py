"""What the whole suite shares: how hard it tries, logs left as they were, real servers."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.fakes.nats_server import NatsServer
from tests.fakes.valkey_server import ValkeyServer, valkey_server

settings.register_profile("quick", deadline=None, max_examples=25)
settings.register_profile("usual", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=1_000)
settings.load_profile("usual")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command run inside the test process sets up its own logging; the next test has none."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    directory = tmp_path / "nats"
    directory.mkdir()
    server = NatsServer(directory)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture
def servers(nats: NatsServer, valkey: ValkeyServer) -> tuple[NatsServer, ValkeyServer]:
    return nats, valkey
