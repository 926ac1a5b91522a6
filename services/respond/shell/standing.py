"""What the leader knows right now: the folded state, its place, and what the other loops need."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from services.respond.core.aggregates import (
    AGGREGATES,
    Account,
    Effect,
    HourRates,
    Organisation,
    Page,
    Person,
)
from services.respond.core.decisions import CHAIN_START
from services.respond.core.fold import Place
from services.respond.core.state import Aggregate, State
from services.respond.shell.packs import PACKS_AT_HAND
from shared.bus.timing import Changes
from shared.contracts.base import spelt
from shared.contracts.system import DecisionsRecorded
from shared.policy.model import Pack
from shared.store.port import Cursor, Loaded

SEEN = "seen"
CHAIN = "ledger:chain"
NOW = "fold:now"
"""The fold's own time and the time at which the oldest waiting item came: neither can be read off
the log again, for the server's clock may have been stepped back since."""
INDEX = "index"
MARK_BYTES = 8
OPEN_EFFECT = frozenset({"decided", "started"})


@dataclass(slots=True)
class Standing:
    """Shared by the loops of one reign; only the follower changes it.

    `bell` rings after every commit; `steady` is held while a batch is folded and committed.
    `recorded` is the newest entry of the ledger in the log at the start of the reign: decisions up
    to it are not recorded a second time. `ledger` is the place and the chain of the newest entry
    that is known to stand in the log. `compacted` holds what the first commit writes anew because
    it had only ever been appended to.
    """

    term: int
    cursor: Cursor
    state: State = field(default_factory=State)
    packs: dict[str, Pack] = field(default_factory=dict)
    chain: str = CHAIN_START
    skip: frozenset[Place] = frozenset()
    recorded: DecisionsRecorded | None = None
    ledger: tuple[int, str] = (0, CHAIN_START)
    outbox: list[bytes] = field(default_factory=list)
    compacted: dict[str, bytes] = field(default_factory=dict)
    open_effects: dict[str, Effect] = field(default_factory=dict)
    index: dict[str, dict[str, None]] = field(default_factory=dict)
    bell: Changes = field(default_factory=Changes)
    steady: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def organisation(self) -> Organisation:
        return self.state.get(Organisation.KEY, Organisation) or Organisation()

    def keep_packs_few(self) -> None:
        """Forget packs that are in force no more once there are many; a fold asks for what it needs."""
        if len(self.packs) > PACKS_AT_HAND:
            in_force = set(self.organisation.packs.values())
            self.packs = {each: pack for each, pack in self.packs.items() if each in in_force}

    def watch(self, changed: Mapping[str, Aggregate | None]) -> dict[str, bytes]:
        """Keep open effects and the lists of keys up to date; return the lists that changed."""
        touched: set[str] = set()
        for key, fresh in changed.items():
            prefix = key.partition(":")[0]
            if prefix == "effect":
                self._watch_effect(key, fresh)
            elif prefix in LISTED and self._list(prefix, key, fresh):
                touched.add(prefix)
        return {f"{INDEX}:{each}": to_json(list(self.index[each])) for each in touched}

    def _watch_effect(self, key: str, fresh: Aggregate | None) -> None:
        if isinstance(fresh, Effect) and fresh.status in OPEN_EFFECT:
            self.open_effects[key] = fresh
        else:
            self.open_effects.pop(key, None)

    def _list(self, prefix: str, key: str, fresh: Aggregate | None) -> bool:
        listed = self.index.setdefault(prefix, {})
        wanted = fresh is not None and not (isinstance(fresh, Page) and fresh.acknowledged_at)
        if wanted == (key in listed):
            return False
        if wanted:
            listed[key] = None
        else:
            del listed[key]
        return True


LISTED: Mapping[str, type[Aggregate]] = {
    "account": Account,
    "person": Person,
    "page": Page,
    "hour": HourRates,
}
"""Prefixes of which the store keeps a list of keys: pages only while nobody acknowledged."""


async def restore(standing: Standing, loaded: Loaded) -> dict[str, bytes]:
    """Fill `standing` from what the store holds; return the lists of keys, as the store keeps them.

    Others may run in between: with many cases this takes longer than a lease lasts.
    """
    standing.cursor = replace(loaded.cursor, incarnation=standing.cursor.incarnation)
    standing.chain = loaded.values.get(CHAIN, CHAIN_START.encode()).decode()
    standing.outbox = list(loaded.outbox)
    seen = loaded.values.get(SEEN, b"")
    if old := forgotten(len(seen), standing.state.SEEN_GENERATION):
        seen = seen[old:]
        standing.compacted = {SEEN: seen}
    now, _ = read_times(loaded.values)
    for _ in standing.state.restoring(decode_all(loaded.values), seen, now):
        await asyncio.sleep(0)
    pages = (each for each in standing.state.under("page") if isinstance(each, Page))
    oldest_first = sorted(pages, key=lambda each: (each.raised_at, each.page_id))
    listed = standing.watch({each.key: each for each in oldest_first})
    return listed | standing.watch(standing.state.view().aggregates)


def times(state: State) -> bytes:
    """Return the two times as `NOW` keeps them."""
    oldest = state.waiting.oldest()
    low = None if oldest is None else oldest.received_at
    return to_json([state.now, low])


def read_times(values: Mapping[str, bytes]) -> tuple[datetime | None, datetime | None]:
    """Return (the fold's time, the oldest waiting item's) from what the store holds."""
    kept = values.get(NOW)
    return (None, None) if kept is None else _TIMES.validate_json(kept)


_TIMES = TypeAdapter(tuple[datetime | None, datetime | None])


def forgotten(size: int, generation: int) -> int:
    """Return how many of the first `size` bytes of marks a restored state forgets again."""
    generations = max((size // MARK_BYTES - 1) // generation - 1, 0)
    return generations * generation * MARK_BYTES


def decode_all(values: Mapping[str, bytes]) -> Iterator[Aggregate]:
    """Return the aggregates among the stored values."""
    for key, value in values.items():
        kind = AGGREGATES.get(key.partition(":")[0])
        if kind is not None:
            yield kind.model_validate_json(value)


def encode_all(puts: Mapping[str, Aggregate | None]) -> tuple[dict[str, bytes], list[str]]:
    """Return what to write and what to delete."""
    written = {key: spelt(each) for key, each in puts.items() if each is not None}
    return written, [key for key, each in puts.items() if each is None]


def listed_keys(value: bytes | None) -> Iterable[str]:
    """Return the keys in a stored list."""
    return [] if value is None else [str(key) for key in from_json(value)]
