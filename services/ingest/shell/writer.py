"""Appends to the log: items that came together go together, and no version of one goes twice.

The log takes a message of an account's items only right after the one we know of (ADR 0066). So who
writes knows what is there: it has read it, or is refused, reads on and leaves out what is there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from services.ingest.core.known import Known, cut
from shared.bus.port import Ack, Bus, BusAwayError, LogTailLostError, Message, outgoing
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Fact, UndecodableError, decode, encode
from shared.contracts.items import ItemReceived
from shared.contracts.received import BatchVersions, read_received, read_versions
from shared.contracts.subjects import batches_of, message_id, singles_of, version_mark

TRIES = 16
"""Against others who write the same account's items; each time one of them gets through."""

Scope = tuple[str, str]


@dataclass(slots=True)
class _Account:
    """What is known of one account; `sure` until something was sent whose answer did not come."""

    known: Known = field(default_factory=Known)
    sure: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Writer:
    """The one way in which facts that come from outside are appended."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._accounts: dict[Scope, _Account] = {}

    async def publish(self, facts: Sequence[Fact]) -> Sequence[Ack]:
        """Append all, in order, and return once each is stored or was there before.

        Raises: LogFullError, BusAwayError, PermanentError; some may be stored, all can be tried again.
        """
        acks: list[Ack] = []
        for together, run in groupby(facts, lambda fact: isinstance(fact, ItemReceived)):
            if together:
                acks += await self._items([each for each in run if isinstance(each, ItemReceived)])
            else:
                acks += await self._bus.publish([outgoing(each) for each in run])
        return acks

    async def look(self, scope: Scope) -> None:
        """Learn which items of an account the log has, however long that takes. Raises BusAwayError."""
        account = self._accounts.setdefault(scope, _Account())
        if not account.sure:
            async with account.lock:
                await self._catch_up(account, scope)

    def forget(self) -> None:
        """The log lost facts: look again at what it has."""
        for account in self._accounts.values():
            account.known, account.sure = Known(), False

    def let_go(self, before: datetime) -> None:
        """Forget items written before; only while nobody brings any of them again."""
        for account in self._accounts.values():
            account.known.let_go(before)

    async def _items(self, items: Sequence[ItemReceived]) -> list[Ack]:
        """Append the items of each account apart, and return the answers in their order."""
        found: dict[int, Ack] = {}
        for scope in dict.fromkeys([each.scope() for each in items]):
            places = [place for place, each in enumerate(items) if each.scope() == scope]
            own = [items[place] for place in places]
            account = self._accounts.setdefault(scope, _Account())
            async with account.lock:
                for part in cut([len(encode(each)) for each in own]):
                    acks = await self._together(account, scope, own[part])
                    found.update(zip(places[part], acks, strict=True))
        return [found[place] for place in range(len(items))]

    async def _together(
        self, account: _Account, scope: Scope, items: Sequence[ItemReceived]
    ) -> list[Ack]:
        """Append as one message what of these the log does not have."""
        marks = [message_id(each) for each in items]
        for _ in range(TRIES):
            if not account.sure:
                await self._catch_up(account, scope)
            fresh = {
                mark: item
                for mark, item in zip(marks, items, strict=True)
                if not account.known.has(mark)
            }
            if not fresh or await self._sent(account, fresh):
                return _acks(marks, fresh, account.known.seq)
        raise BusAwayError("others keep writing the items of this account")

    async def _sent(self, account: _Account, fresh: Mapping[str, ItemReceived]) -> bool:
        """Send these as one message; False if the log has something that we do not know of."""
        known, batch = account.known, ItemBatch.of(tuple(fresh.values()))
        message = outgoing(batch, last=known.seq)
        account.sure = False
        (ack,) = await self._bus.publish([message])
        if ack.refused:
            return False
        known.learn(fresh, max(each.published_at for each in batch.items))
        known.seq, known.newest = ack.seq, message.data
        account.sure = account.known is known  # else told to forget meanwhile
        return True

    async def _catch_up(self, account: _Account, scope: Scope) -> None:
        """Learn what the log has beyond what we know.

        Raises: BusAwayError. What was learnt until then stays.
        """
        while not account.sure:
            known = account.known
            try:
                await self._read_singles(known, singles_of(*scope))
                await self._read_batches(known, batches_of(*scope))
            except LogTailLostError:
                account.known = Known()  # the log is another one, or lost what we knew
            else:
                account.sure = account.known is known  # else told to forget meanwhile

    async def _read_singles(self, known: Known, pattern: str) -> None:
        async with aclosing(self._bus.standing(pattern, known.singles_seq)) as batches:
            async for batch in batches:
                for message in batch:
                    item = read_received(message.data)
                    newest = item.published_at if item else message.time
                    known.learn([message.subject.rpartition(".")[2]], newest)
                    known.singles_seq = message.seq

    async def _read_batches(self, known: Known, subject: str) -> None:
        """Begin with the newest that we know: only then is it the log that we know."""
        start, seen = known.seq, not known.seq
        async with aclosing(self._bus.standing(subject, max(start - 1, 0))) as batches:
            async for batch in batches:
                for message in batch:
                    if not seen:
                        seen = (message.seq, message.data) == (start, known.newest)
                        _must_be(seen)
                        continue
                    _learn(known, message)
        _must_be(seen)


def _must_be(known: bool) -> None:  # noqa: FBT001
    if not known:
        raise LogTailLostError("the newest batch that we know of is not there")


def _learn(known: Known, message: Message) -> None:
    fact = read_versions(message.data) or _read(message.data)
    if isinstance(fact, ItemBatch | BatchVersions):
        marks = [version_mark(each.item_id, each.item_version) for each in fact.items]
        known.learn(marks, max(each.published_at for each in fact.items))
    known.seq, known.newest = message.seq, message.data


def _read(data: bytes) -> Fact | None:
    try:
        return decode(data)
    except UndecodableError:
        return None  # whoever folds it has said so; it has no items that could come again


def _acks(marks: Sequence[str], fresh: Mapping[str, object], newest_seq: int) -> list[Ack]:
    """Return the answer for each; one that was there before is somewhere up to `newest_seq`."""
    left = set(fresh)
    acks: list[Ack] = []
    for mark in marks:
        acks.append(Ack(newest_seq, duplicate=mark not in left))
        left.discard(mark)
    return acks
