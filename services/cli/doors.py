"""The way from a command into a system that runs: its log, its store, its console's address."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.cli.embedded.servers import Addresses
from services.respond.shell.read_model import StoreReadModel
from shared.bus.nats_bus import NatsBus
from shared.contracts.org import Role
from shared.errors import UserError
from shared.runtime.clock import SystemClock
from shared.runtime.settings import default_data_dir
from shared.store.redis_store import RedisStore


@dataclass(frozen=True, slots=True)
class Places:
    """Where the running system is; the addresses hold secrets."""

    servers: Addresses
    console: str


@dataclass(frozen=True, slots=True)
class Doors:
    """Connected to the running system, as one of its own processes is."""

    bus: NatsBus
    store: RedisStore
    console: str

    @property
    def read(self) -> StoreReadModel:
        return StoreReadModel(self.store, self.store, self.bus)

    async def known(self, person_id: str | None) -> str:
        """Return the id of an active person: this one, or an administrator. Raises UserError."""
        active = [each.registered for each in await self.read.people() if each.registered.active]
        if person_id is None:
            found = [each.person_id for each in active if Role.ADMIN in each.roles]
        else:
            found = [each.person_id for each in active if each.person_id == person_id]
        if not found:
            names = ", ".join(sorted(each.person_id for each in active)) or "nobody"
            raise UserError(
                f"no such person: {person_id or 'an administrator'}", fix=f"known: {names}"
            )
        return found[0]


@asynccontextmanager
async def opened(places: Places) -> AsyncIterator[Doors]:
    """Connect. Raises TransientError."""
    bus = await NatsBus.connect(
        places.servers.nats_url, clock=SystemClock(), name="people", make=None
    )
    try:
        store = await RedisStore.connect(places.servers.redis_url, make=False)
        try:
            yield Doors(bus, store, places.console)
        finally:
            await store.close()
    finally:
        await bus.close()


def places(data_dir: Path | None, environment: Mapping[str, str]) -> Places:
    """Return where the system runs: named by the environment, else a `zhishou up` here.

    Raises:
        UserError: nothing is named and nothing runs.
    """
    where = data_dir or Path(environment.get("ZHISHOU_DATA_DIR") or default_data_dir())
    run = where / "run"
    nats_url, redis_url = environment.get("ZHISHOU_NATS_URL"), environment.get("ZHISHOU_REDIS_URL")
    console = environment.get("ZHISHOU_PUBLIC_URL")
    try:
        if data_dir is not None or not (nats_url and redis_url):
            found = json.loads((run / "servers.json").read_text(encoding="utf-8"))
            nats_url, redis_url = str(found["nats_url"]), str(found["redis_url"])
        if not console:
            console = str(json.loads((run / "respond.json").read_text(encoding="utf-8"))["http"])
    except (OSError, ValueError, KeyError) as error:
        fix = "start 'zhishou up' first, or name --data-dir or ZHISHOU_NATS_URL, _REDIS_URL, _PUBLIC_URL"
        raise UserError("no zhishou runs here", where=str(where), fix=fix) from error
    return Places(Addresses(nats_url, redis_url), console)
