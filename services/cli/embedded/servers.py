"""Starts both embedded servers at once, or takes the addresses of others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

from services.cli.embedded import access
from services.cli.embedded.data_dir import DataDir, socket_path
from services.cli.embedded.nats import EmbeddedNats
from services.cli.embedded.probes import reachable
from services.cli.embedded.valkey import EmbeddedValkey
from services.cli.supervisor import Supervisor, raise_first
from shared.errors import UserError

SERVERS = frozenset({"nats", "valkey"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the log and the hot state are; both hold a secret, here that of who owns the house."""

    nats_url: str
    redis_url: str
    users: Mapping[str, "Addresses"] = field(default_factory=dict)

    def of(self, user: str) -> "Addresses":
        """Return a user's own addresses; servers of others have one for everybody."""
        return self.users.get(user, self)

    def environment(self) -> dict[str, str]:
        """Return what a process of ours is told."""
        named = {"ZHISHOU_NATS_URL": self.nats_url, "ZHISHOU_REDIS_URL": self.redis_url}
        return {name: url for name, url in named.items() if url}


@asynccontextmanager
async def servers(
    data: DataDir,
    supervisor: Supervisor,
    *,
    nats_url: str = "",
    redis_url: str = "",
    durable: bool = False,
) -> AsyncIterator[Addresses]:
    """Yield both addresses once both servers answer. Raises UserError.

    What is embedded belongs to the supervisor; only Valkey's socket directory goes with us.
    """
    with ExitStack() as stack:
        nats = None if nats_url else EmbeddedNats(data, durable=durable)
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
        users = {
            user: Addresses(
                nats.url_of(user) if nats else nats_url, _store_url(valkey, user) or redis_url
            )
            for user in access.USERS
        }
        owner = users[access.ADMIN]
        yield Addresses(owner.nats_url, owner.redis_url, users)


def _store_url(valkey: EmbeddedValkey | None, user: str) -> str:
    return valkey.url_of(user) if valkey and user not in access.WITHOUT_STORE else ""


async def _start_nats(supervisor: Supervisor, nats: EmbeddedNats) -> None:
    """Start on the port of last time; if somebody took it since, on a free one."""
    try:
        await supervisor.start(nats.spec())
    except UserError as error:
        if "address already in use" not in error.what or not nats.forget_port():
            raise
        await supervisor.start(nats.spec())
