"""What every handler of the console holds: the ports, the settings, the words."""

from collections.abc import Mapping
from dataclasses import dataclass

import jinja2
from aiohttp import web

from services.respond.console.catalog import Catalog
from services.respond.console.feed import Feed
from services.respond.console.ports import Credentials
from services.respond.console.settings import ConsoleSettings
from services.respond.core.permissions import allowed
from services.respond.explaining import Explainer
from services.respond.ports import Actions, Drafter, GateView, PackShelf, ReadModel
from services.respond.rehearsing import Rehearsal
from services.respond.streaming import ItemStream
from shared.contracts.org import Role
from shared.runtime.clock import Clock
from shared.store.port import SharedRecords


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as far as the session and the register of people say."""

    person_id: str
    name: str
    roles: tuple[Role, ...]

    def may(self, action: str) -> bool:
        return allowed(action, self.roles)


@dataclass(frozen=True, slots=True)
class Console:
    """The console's surroundings, built once by `build_console`."""

    read: ReadModel
    actions: Actions
    gate: GateView
    packs: PackShelf
    rehearsal: Rehearsal
    stream: ItemStream
    credentials: Credentials
    explainer: Explainer
    drafter: Drafter | None
    records: SharedRecords
    clock: Clock
    settings: ConsoleSettings
    feed: Feed
    catalogs: Mapping[str, Catalog]
    templates: jinja2.Environment


CONSOLE = web.AppKey("console", Console)
