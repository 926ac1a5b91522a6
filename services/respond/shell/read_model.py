"""Committed state for people: read from the store, so a standby answers as the leader does."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TypeVar

from services.respond.core.aggregates import (
    Account,
    AutoReceipt,
    Briefed,
    Case,
    Chronicle,
    Claim,
    Closed,
    Cluster,
    Effect,
    Entry,
    Guidance,
    HourRates,
    Incident,
    IncidentRegister,
    ItemPlace,
    ModelRegister,
    Organisation,
    PackChanges,
    Page,
    Person,
    Plans,
    PolicyRegister,
    Post,
    ShadowRun,
    Shelf,
    Signatures,
    StoredOutcome,
    Voiced,
)
from services.respond.core.rates import Rate, rates
from services.respond.core.state import Aggregate
from services.respond.ports import Committed, Health, QueueFilter, QueueRow
from services.respond.shell.office import LEASE
from services.respond.shell.standing import INDEX, listed_keys
from shared.bus.port import Bus
from shared.contracts.operators import Outcome
from shared.contracts.subjects import LIVE_COMMITTED
from shared.errors import TransientError
from shared.store.port import HotStore, Leases

SCAN = 200
"""Cases read at once while a filter looks through the queue."""
BEHIND = 2000
"""Facts between cursor and stream end from which the console says that it is behind."""

_Kind = TypeVar("_Kind", bound=Aggregate)


class StoreReadModel:
    """Each question is one or two round trips, however many cases there are."""

    def __init__(self, store: HotStore, leases: Leases, bus: Bus) -> None:
        self._store, self._leases, self._bus = store, leases, bus

    async def queue(
        self, where: QueueFilter, *, offset: int, limit: int
    ) -> tuple[Sequence[QueueRow], int]:
        """Return rows by due time (earliest first) and how many fit in all."""
        if where == QueueFilter():
            places, total = await self._store.queue(offset, limit)
            return await self._rows([case_id for case_id, _ in places]), total
        if where.resolved:
            closed = await self._one(Closed.KEY, Closed) or Closed()
            rows = [each for each in await self._rows(closed.case_ids) if _fits(each.case, where)]
            return rows[offset : offset + limit], len(rows)
        rows = []
        start, total = 0, 1
        while start < total:
            places, total = await self._store.queue(start, SCAN)
            found = await self._rows([case_id for case_id, _ in places])
            rows += [row for row in found if _fits(row.case, where)]
            start += SCAN
        return rows[offset : offset + limit], len(rows)

    async def _rows(self, case_ids: Sequence[str]) -> list[QueueRow]:
        cases = await self._all([f"case:{each}" for each in case_ids], Case)
        return [QueueRow(case=case, due=_due(case)) for case in cases]

    async def case(self, case_id: str) -> Case | None:
        return await self._one(f"case:{case_id}", Case)

    async def places(self, item_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the case of each item that is in one."""
        found = await self._all([f"item:{each}" for each in item_ids], ItemPlace)
        return {each.item_id: each.case_id for each in found}

    async def claim(self, claim_id: str) -> Claim | None:
        return await self._one(f"claim:{claim_id}", Claim)

    async def clusters(self, cluster_ids: Sequence[str]) -> Mapping[str, Cluster]:
        """Return those that still stand, by id."""
        found = await self._all([f"cluster:{each}" for each in cluster_ids], Cluster)
        return {each.cluster_id: each for each in found}

    async def effect(self, effect_id: str) -> Effect | None:
        return await self._one(f"effect:{effect_id}", Effect)

    async def page(self, page_id: str) -> Page | None:
        return await self._one(f"page:{page_id}", Page)

    async def post(self, account_id: str, post_id: str) -> Post | None:
        return await self._one(Post.key_of(account_id, post_id), Post)

    async def pages(self) -> Sequence[Page]:
        """Return the pages nobody acknowledged yet, oldest first."""
        return sorted(await self._listed("page", Page), key=lambda each: each.raised_at)

    async def open_pages(self, limit: int) -> tuple[Sequence[Page], int]:
        """Return the oldest of them, and how many there are."""
        [value] = await self._store.get([f"{INDEX}:page"])
        keys = list(listed_keys(value))
        return await self._all(keys[:limit], Page), len(keys)

    async def accounts(self) -> Sequence[Account]:
        return await self._listed("account", Account)

    async def people(self) -> Sequence[Person]:
        return await self._listed("person", Person)

    async def person(self, person_id: str) -> Person | None:
        return await self._one(f"person:{person_id}", Person)

    async def organisation(self) -> Organisation:
        return await self._one(Organisation.KEY, Organisation) or Organisation()

    async def models(self) -> ModelRegister:
        return await self._one(ModelRegister.KEY, ModelRegister) or ModelRegister()

    async def plans(self) -> Plans:
        return await self._one(Plans.KEY, Plans) or Plans()

    async def signatures(self) -> Signatures:
        return await self._one(Signatures.KEY, Signatures) or Signatures()

    async def guidance(self) -> Guidance:
        return await self._one(Guidance.KEY, Guidance) or Guidance()

    async def chronicle(self) -> Chronicle:
        return await self._one(Chronicle.KEY, Chronicle) or Chronicle()

    async def shelf(self) -> Shelf:
        return await self._one(Shelf.KEY, Shelf) or Shelf()

    async def voiced(self, account_id: str) -> Voiced | None:
        """Return what an account lately said to people."""
        return await self._one(f"voiced:{account_id}", Voiced)

    async def receipts(self, account_ids: Sequence[str]) -> Sequence[AutoReceipt]:
        """Return the automatic receipts of those accounts that have or had one."""
        return await self._all([f"receipt:{each}" for each in account_ids], AutoReceipt)

    async def entries(self, entry_ids: Sequence[str]) -> Sequence[Entry]:
        """Return those of the entries that are known, in this order."""
        return await self._all([f"entry:{each}" for each in entry_ids], Entry)

    async def policies(self) -> PolicyRegister:
        return await self._one(PolicyRegister.KEY, PolicyRegister) or PolicyRegister()

    async def incidents(self) -> Sequence[Incident]:
        """Return the newest entries of the register, newest first."""
        known = await self._one(IncidentRegister.KEY, IncidentRegister) or IncidentRegister()
        return await self._all([f"incident:{each}" for each in known.incident_ids], Incident)

    async def shadow(self, pack: str) -> ShadowRun | None:
        return await self._one(f"shadow:{pack}", ShadowRun)

    async def pack_changes(self, pack: str) -> PackChanges | None:
        return await self._one(f"changes:{pack}", PackChanges)

    async def briefed(self, person_id: str) -> Briefed | None:
        return await self._one(f"briefed:{person_id}", Briefed)

    async def rates(self) -> Sequence[Rate]:
        """Return what the hours show, as far as the newest verdict."""
        return rates(await self.hours())

    async def hours(self) -> Sequence[HourRates]:
        return await self._listed("hour", HourRates)

    async def outcome(self, op_id: str) -> Outcome | None:
        stored = await self._one(f"outcome:{op_id}", StoredOutcome)
        return None if stored is None else stored.outcome

    async def health(self) -> Health:
        """Return what is known; what cannot be asked counts as degraded, never as well."""
        degraded: list[str] = []
        cursor_seq = stream_seq = term = 0
        newest: datetime | None = None
        leader = False
        try:
            leader = await self._leases.holder(LEASE) is not None
            cursor = await self._store.cursor()
            cursor_seq = 0 if cursor is None else cursor.seq
            term = (await self.organisation()).term
        except TransientError:
            degraded.append("store_away")
        try:
            stream_seq = (await self._bus.state()).last_seq
            last = await self._bus.read(stream_seq, stream_seq) if stream_seq else ()
            newest = last[-1].time.astimezone(UTC) if last else None
        except TransientError:
            degraded.append("bus_away")
        if not leader:
            degraded.append("no_leader")
        if stream_seq - cursor_seq > BEHIND:
            degraded.append("behind")
        return Health(
            leader=leader,
            term=term,
            cursor_seq=cursor_seq,
            stream_seq=stream_seq,
            newest_fact_at=newest,
            degraded=tuple(degraded),
        )

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[Committed]]:
        """Yield every commit from now on; a slow reader loses the oldest."""
        async with self._bus.listen(LIVE_COMMITTED) as announced:
            yield (Committed.model_validate_json(data) async for data in announced)

    async def _one(self, key: str, kind: type[_Kind]) -> _Kind | None:
        [value] = await self._store.get([key])
        return None if value is None else kind.model_validate_json(value)

    async def _all(self, keys: Sequence[str], kind: type[_Kind]) -> list[_Kind]:
        values = await self._store.get(keys) if keys else ()
        return [kind.model_validate_json(each) for each in values if each is not None]

    async def _listed(self, prefix: str, kind: type[_Kind]) -> list[_Kind]:
        [value] = await self._store.get([f"{INDEX}:{prefix}"])
        return await self._all(list(listed_keys(value)), kind)


def _due(case: Case) -> datetime | None:
    return min((due_at for due_at, _ in case.owed()), default=None)


def _fits(case: Case, where: QueueFilter) -> bool:
    if where.label is not None and where.label not in case.labels:
        return False
    exact = (
        (where.account_id, case.account_id),
        (where.cluster_id, case.cluster_id),
        (where.queue, case.flow.queue),
    )
    if any(wanted is not None and wanted != has for wanted, has in exact):
        return False
    if where.asking and not case.flow.open_asks:
        return False
    if where.mine_or_free:
        return case.owner_id in {None, where.owner_id}
    return where.owner_id is None or case.owner_id == where.owner_id
