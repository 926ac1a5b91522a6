"""Starts both embedded servers at once, or takes the addresses of others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from services.cli.embedded.data_dir import DataDir, socket_path
from services.cli.embedded.nats import EmbeddedNats
from services.cli.embedded.probes import reachable
from services.cli.embedded.valkey import EmbeddedValkey
from services.cli.supervisor import Supervisor, raise_first
from shared.errors import UserError

SERVERS = frozenset({"nats", "valkey"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the log and the hot state are; both hold a secret."""

    nats_url: str
    redis_url: str


@asynccontextmanager
async def servers(
    data: DataDir, supervisor: Supervisor, *, nats_url: str = "", redis_url: str = ""
) -> AsyncIterator[Addresses]:
    """Yield both addresses once both servers answer. Raises UserError.

    What is embedded belongs to the supervisor; only Valkey's socket directory goes with us.
    """
    with ExitStack() as stack:
        nats = None if nats_url else EmbeddedNats(data)
        sock = None if redis_url else stack.enter_context(socket_path(data.part("run"), "v.sock"))
        valkey = None if redis_url else EmbeddedValkey(data, sock)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(
                    _start_nats(supervisor, nats) if nats else reachable(nats_url, "--nats-url"),
                    name="start nats",
                )
                group.create_task(
                    supervisor.start(valkey.spec())
                    if valkey
                    else reachable(redis_url, "--redis-url"),
                    name="start valkey",
                )
        except BaseExceptionGroup as failed:
            raise_first(failed)
        yield Addresses(nats.url if nats else nats_url, valkey.url if valkey else redis_url)


async def _start_nats(supervisor: Supervisor, nats: EmbeddedNats) -> None:
    """Start on the port of last time; if somebody took it since, on a free one."""
    try:
        await supervisor.start(nats.spec())
    except UserError as error:
        if "address already in use" not in error.what or not nats.forget_port():
            raise
        await supervisor.start(nats.spec())
