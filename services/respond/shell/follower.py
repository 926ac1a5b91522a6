"""Facts in stream order become state: one fold and one fenced commit a batch."""

import asyncio
from collections.abc import Iterator, Sequence

from services.respond.core.aggregates import Organisation
from services.respond.core.fold import Folded, PackMissing, fold, low_seq
from services.respond.ports import Committed
from services.respond.shell.decoding import Decoded, decoded, from_log
from services.respond.shell.election import fact_hash
from services.respond.shell.office import Office, OfficeLostError
from services.respond.shell.packs import fetch_packs
from services.respond.shell.recall import CannotRebuildError
from services.respond.shell.recorder import Entries
from services.respond.shell.standing import CHAIN, NOW, SEEN, Standing, encode_all, times
from services.respond.shell.telemetry import Telemetry
from shared.bus.port import Bus, Message, outgoing
from shared.bus.timing import wait_or
from shared.contracts.facts import Stored, Told
from shared.contracts.policy import packs_needed
from shared.contracts.subjects import LIVE_COMMITTED
from shared.contracts.system import FactQuarantined
from shared.errors import PermanentError, TransientError
from shared.runtime.clock import Clock
from shared.store.port import Commit, Cursor, HotStore, StoreAwayError

RETRY_SECONDS = 0.25


class Follower:
    """The one loop that changes the standing."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: HotStore,
        clock: Clock,
        office: Office,
        standing: Standing,
        telemetry: Telemetry,
    ) -> None:
        self._bus, self._store, self._clock = bus, store, clock
        self._office, self._standing, self._telemetry = office, standing, telemetry
        self._entries = Entries(standing)
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Fold until told to stop; what is in hand is finished first, unless a server is away."""
        self._stop = stop
        async with self._bus.follow(self._standing.cursor.seq) as batches:
            async for batch in batches:
                self._office.must_hold()
                self._must_be_whole(batch)
                for part in self._parts(batch):
                    await self.take(part)
                if stop.is_set():
                    return

    def _must_be_whole(self, batch: Sequence[Message]) -> None:
        """Raise CannotRebuildError when the next facts are not there: purged, or lost."""
        if batch and batch[-1].seq != self._standing.cursor.seq + len(batch):
            after = self._standing.cursor.seq
            raise CannotRebuildError(f"not all facts after {after} are in the log")

    def _parts(self, batch: Sequence[Message]) -> Iterator[Sequence[Message]]:
        """Cut where the recorded ledger ends, so that a part is either known or new."""
        if not self._entries.boundary:
            return iter((batch,) if batch else ())
        cut = sum(1 for each in batch if each.seq <= self._entries.boundary)
        return (part for part in (batch[:cut], batch[cut:]) if part)

    async def take(self, batch: Sequence[Message]) -> None:
        """Fold one batch, commit it, tell everybody."""
        async with self._standing.steady:
            await self._take(batch)

    async def _take(self, batch: Sequence[Message]) -> None:
        if self._entries.diverged:
            self._telemetry.diverged(self._standing.cursor.seq)
            self._entries.forgive()
        found = await self._decode(batch)
        stored, broken = found.stored, found.broken
        folded = await self._fold(stored, broken)
        commit = self._commit(batch[-1], folded)
        await self._store_commit(commit)
        self._standing.compacted = {}
        await self._publish_quarantined(broken, folded)
        self._standing.outbox.extend(commit.outbox)
        self._standing.cursor = commit.cursor
        self._standing.keep_packs_few()
        self._standing.bell.ring()
        self._telemetry.folded(self._standing, batch, folded, self._clock.now())
        await self._announce(folded, commit.cursor.seq)

    async def _decode(self, batch: Sequence[Message]) -> Decoded:
        while True:
            try:
                return await decoded(from_log(self._bus), batch, self._standing.skip)
            except TransientError as error:
                self._telemetry.waiting("bus", str(error))
            await self._pause()

    async def _fold(self, stored: Sequence[Told], broken: list[tuple[int, str]]) -> Folded:
        standing = self._standing
        while True:
            try:
                return fold(standing.state, stored, standing.packs, standing.skip)
            except PackMissing as missing:
                for each in missing.pack_hashes:
                    if reason := await self._fetch(each):
                        stored = _without(stored, each, reason, broken)

    async def _fetch(self, pack_hash: str) -> str:
        """Load a pack; return why, if it can never be loaded."""
        try:
            self._standing.packs |= await fetch_packs(self._bus, [pack_hash])
        except TransientError as error:
            self._telemetry.waiting("pack", str(error))
            await self._pause()
        except PermanentError as error:
            return str(error)
        return ""

    def _commit(self, last: Message, folded: Folded) -> Commit:
        standing = self._standing
        puts, deletes = encode_all(folded.puts)
        puts |= standing.watch(folded.puts) | standing.compacted
        puts[NOW] = times(standing.state)
        before = standing.cursor
        outbox = self._entries.make(folded.lines, before.seq, last.seq)
        if folded.lines:
            puts[CHAIN] = standing.chain.encode()
        low = low_seq(standing.state, last.seq)
        cursor = Cursor(before.incarnation, last.seq, fact_hash(last.data), low)
        organisation = folded.puts.get(Organisation.KEY)
        return Commit(
            term=standing.term,
            previous_seq=before.seq,
            cursor=cursor,
            puts=puts,
            deletes=deletes,
            appends={SEEN: b"".join(folded.seen)} if folded.seen else {},
            due=folded.due,
            outbox=outbox,
            freeze=(organisation.freeze_epoch if isinstance(organisation, Organisation) else None),
        )

    async def _store_commit(self, commit: Commit) -> None:
        """Commit; when the answer is lost, look whether it happened before trying again."""
        while True:
            try:
                await self._store.commit(commit)
            except StoreAwayError as error:
                self._telemetry.waiting("store", str(error))
            else:
                return
            await self._pause()
            if await self._is_committed(commit):
                return

    async def _is_committed(self, commit: Commit) -> bool:
        try:
            return await self._store.cursor() == commit.cursor
        except StoreAwayError:
            return False

    async def _publish_quarantined(
        self, broken: Sequence[tuple[int, str]], folded: Folded
    ) -> None:
        facts = [FactQuarantined(seq=seq, where="decode", error=error) for seq, error in broken]
        facts += [
            FactQuarantined(seq=place.seq, part=place.part, where="respond", error=error)
            for place, error in folded.quarantined
        ]
        while facts:
            for fact in facts:
                self._telemetry.quarantined(fact)
            try:
                await self._bus.publish(
                    [outgoing(each, term=self._standing.term) for each in facts]
                )
            except TransientError as error:
                self._telemetry.waiting("bus", str(error))
                await self._pause()
            else:
                return

    async def _pause(self) -> None:
        """Wait before another try; told to stop meanwhile, leave it to the next leader."""
        if await wait_or(self._stop, RETRY_SECONDS, self._clock):
            raise OfficeLostError("told to stop while a server is away")
        self._office.must_hold()

    async def _announce(self, folded: Folded, seq: int) -> None:
        committed = Committed(seq=seq, keys=tuple(folded.puts))
        try:
            await self._bus.announce(LIVE_COMMITTED, committed.model_dump_json().encode())
        except TransientError:
            return


def _without(
    stored: Sequence[Told], pack_hash: str, reason: str, broken: list[tuple[int, str]]
) -> Sequence[Told]:
    """Leave out what would put in force what is no pack; it must not stop the line."""
    kept = [each for each in stored if pack_hash not in _packs_of(each)]
    if len(kept) == len(stored):
        raise PermanentError(reason)
    broken.extend((each.seq, reason) for each in stored if each not in kept)
    return kept


def _packs_of(told: Told) -> tuple[str, ...]:
    return packs_needed(told.fact) if isinstance(told, Stored) else ()
