"""The newest items as they stand in the log: what opened no case is nowhere else."""

from collections import deque
from collections.abc import AsyncIterator
from typing import Final

from services.respond.ports import ReadModel
from services.respond.streaming import ItemSeen, Streamed
from shared.bus.port import Bus
from shared.contracts.facts import Fact, UndecodableError, decode, singly
from shared.contracts.items import ItemClassified, ItemDeleted, ItemEdited, ItemReceived
from shared.contracts.taking_up import Judged
from shared.contracts.verdicts import Verdict

MOST_FACTS: Final = 3_000
"""As many of the newest facts, items counted one by one, are looked at; ours."""
AT_ONCE: Final = 250
FEW: Final = 8
"""Messages that are read first: each may hold hundreds of items."""


class LogStream:
    """Reads the end of the log each time somebody looks."""

    def __init__(self, bus: Bus, read: ReadModel, most_facts: int = MOST_FACTS) -> None:
        self._bus, self._read, self._most = bus, read, most_facts

    async def newest(self) -> Streamed:
        """Return the items in the newest part of the log, newest first. Raises TransientError."""
        known = _Known()
        first = (await self._bus.state()).last_seq + 1
        looked, size, facts = 0, FEW, deque[Fact]()
        while first > 1 and looked < self._most:
            first, last = max(1, first - min(size, self._most - looked)), first - 1
            found = [each async for each in self._facts(first, last)]
            many = max(len(found), last - first + 1)
            looked, size = looked + many, max(1, AT_ONCE * (last - first + 1) // many)
            facts.extendleft(reversed(found))
        for fact in facts:
            known.take(fact)
        places = await self._read.places(tuple(known.items))
        seen = (known.seen(each, places.get(each, "")) for each in reversed(known.items))
        return Streamed(items=tuple(seen), complete=first == 1)

    async def find(self, item_id: str) -> ItemSeen | None:
        """Return one of them. Raises TransientError."""
        return next(
            (each for each in (await self.newest()).items if each.item.item_id == item_id), None
        )

    async def _facts(self, first: int, last: int) -> AsyncIterator[Fact]:
        for message in await self._bus.read(first, last):
            try:
                fact = decode(message.data)
            except UndecodableError:
                continue  # such a fact is quarantined, and somebody was told
            for each in singly(fact):
                yield each


class _Known:
    """What the facts so far say of each item, in the order they came."""

    def __init__(self) -> None:
        self.items: dict[str, ItemReceived] = {}
        self._judged: dict[tuple[str, str], Judged] = {}
        self._gone: set[str] = set()

    def take(self, fact: Fact) -> None:
        match fact:
            case ItemReceived():
                self.items[fact.item_id] = fact
            case ItemEdited() if fact.item_id in self.items:
                fresh = {"text": fact.text, "item_version": fact.item_version}
                self.items[fact.item_id] = self.items[fact.item_id].model_copy(update=fresh)
            case ItemDeleted():
                self._gone.add(fact.item_id)
            case ItemClassified():
                for each in fact.verdicts:
                    self._judged.setdefault((each.item_id, each.item_version), _judged(each))
            case _:
                pass

    def seen(self, item_id: str, case_id: str) -> ItemSeen:
        item = self.items[item_id]
        judged = self._judged.get((item_id, item.item_version))
        return ItemSeen(item=item, judged=judged, case_id=case_id, deleted=item_id in self._gone)


def _judged(verdict: Verdict) -> Judged:
    return Judged(
        model=verdict.model,
        beliefs=verdict.beliefs,
        held=verdict.held,
        abstained=verdict.abstained,
        why=verdict.why,
        anger=verdict.anger,
        degraded=verdict.degraded,
    )
