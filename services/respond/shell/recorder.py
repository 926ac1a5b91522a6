"""The ledger in the log: decision lines leave the commit's outbox as `decisions.recorded`."""

import asyncio
from collections.abc import Iterator, Sequence

from services.respond.core.decisions import chain
from services.respond.shell.standing import Standing
from shared.bus.port import Bus, Outgoing
from shared.bus.timing import wait_or
from shared.contracts.facts import decode, encode
from shared.contracts.subjects import message_id, subject_for
from shared.contracts.system import DecisionsRecorded
from shared.errors import TransientError
from shared.runtime.clock import Clock
from shared.store.port import HotStore

MAX_LINES = 400
MAX_CHARS = 128 * 1024
"""Far below the 1 MiB that a server takes, whatever script the text is in."""
RETRY_SECONDS = 0.5
RECORDED_SUBJECT = "decisions.recorded"


class Entries:
    """Turns the lines of a batch into ledger entries, leaving out what the log already has."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._missing = standing.recorded is not None and not (
            _is_at(standing, standing.chain) or _follows(standing, standing.recorded)
        )

    @property
    def boundary(self) -> int:
        """Return the sequence up to which the log may hold the decisions already; 0: none."""
        recorded = self._standing.recorded
        return recorded.upto_seq if recorded is not None and self._missing else 0

    @property
    def diverged(self) -> bool:
        """Tell whether the fold went past what is recorded without coming by the same chain."""
        return self._missing and self._standing.cursor.seq >= self.boundary

    def forgive(self) -> None:
        """Record on from here: another core version decided otherwise."""
        self._missing = False

    def make(self, lines: Sequence[str], after_seq: int, upto_seq: int) -> list[bytes]:
        """Move the chain over `lines` and return the entries to record."""
        entries: list[bytes] = []
        for part in _parts(lines):
            fresh = self._advance(part)
            if fresh:
                entry = DecisionsRecorded.of(
                    fresh, after_seq=after_seq, upto_seq=upto_seq, chain=self._standing.chain
                )
                entries.append(encode(entry))
        return entries

    def _advance(self, part: Sequence[str]) -> list[str]:
        if not self._missing:
            fresh = list(part)
            self._standing.chain = chain(self._standing.chain, fresh)
            return fresh
        fresh = []
        for each in part:
            self._standing.chain = chain(self._standing.chain, [each])
            if not self._missing:
                fresh.append(each)
            elif _is_at(self._standing, self._standing.chain):
                self._missing = False
        return fresh


def _is_at(standing: Standing, at: str) -> bool:
    return standing.recorded is not None and standing.recorded.chain == at


def _follows(standing: Standing, recorded: DecisionsRecorded) -> bool:
    """Tell whether the recorded ledger ends just before what still waits in the outbox.

    So it is after a death between a commit and its record: nothing is missing, nothing diverged.
    """
    if not standing.outbox:
        return False
    first = _entry(standing.outbox[0])
    return chain(recorded.chain, list(first.spelt)) == first.chain


def _parts(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    at = 0
    while at < len(lines):
        part = list(lines[at : at + MAX_LINES])
        size = sum(map(len, part))
        while size > MAX_CHARS and len(part) > 1:
            size -= len(part.pop())
        yield part
        at += len(part)


def unrecorded(standing: Standing) -> int:
    """Drop from the restored outbox what stands in the log already; return how many were there.

    That of a snapshot may be old: once the ledger reaches beyond its last entry, all stand there.
    """
    entries, newest = [_entry(each) for each in standing.outbox], standing.recorded
    if not entries or newest is None:
        return 0
    chains = [each.chain for each in entries]
    if newest.chain in chains:
        done = chains.index(newest.chain) + 1
    else:
        done = len(entries) if newest.upto_seq > entries[-1].upto_seq else 0
    del standing.outbox[:done]
    return done


def _message(fact: DecisionsRecorded, data: bytes, term: int) -> Outgoing:
    """Return the entry as it goes out; its bytes are those that were committed."""
    return Outgoing(subject_for(fact), data, message_id(fact), term=term)


def _entry(data: bytes) -> DecisionsRecorded:
    fact = decode(data)
    if not isinstance(fact, DecisionsRecorded):
        message = f"the outbox holds {fact.kind}"
        raise TypeError(message)
    return fact


class Recorder:
    """Publishes what the commits have put into the outbox, in order, then forgets it."""

    def __init__(self, bus: Bus, store: HotStore, clock: Clock, standing: Standing) -> None:
        self._bus, self._store, self._clock, self._standing = bus, store, clock, standing

    async def run(self, stop: asyncio.Event) -> None:
        """Record until told to stop; FencedError and StaleTermError end the reign."""
        while not stop.is_set():
            bell = self._standing.bell.next
            try:
                await self.flush()
            except TransientError:
                await wait_or(stop, RETRY_SECONDS, self._clock)
                continue
            if not self._standing.outbox:
                await wait_or(bell, RETRY_SECONDS, self._clock)

    async def flush(self) -> None:
        """Record all that waits now; a retry after a lost answer is the same message."""
        waiting = list(self._standing.outbox)
        if not waiting:
            return
        term, facts = self._standing.term, [_entry(each) for each in waiting]
        messages = [_message(fact, data, term) for fact, data in zip(facts, waiting, strict=True)]
        acks = await self._bus.publish(messages)
        await self._store.drop_outbox(term, len(waiting))
        del self._standing.outbox[: len(waiting)]
        self._standing.ledger = (acks[-1].seq, facts[-1].chain)
