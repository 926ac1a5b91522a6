"""However writers race, and whatever answers are lost: every version stands in the log once."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.shell.writer import Writer
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import Ack, BusAwayError, Outgoing
from shared.contracts.facts import decode, singly
from shared.contracts.items import ItemReceived
from tests.fakes.builders import a_comment
from tests.fakes.clock import FakeClock

VERSIONS = tuple(
    a_comment(f"c{number}", account=account) for account in ("a", "b") for number in range(6)
)


class Luck(NamedTuple):
    """What becomes of one message: how long it and its answer take, and whether either is lost."""

    there: int
    back: int
    lost: str


class UnluckyBus(MemoryBus):
    """Messages take a while, and some of them or their answers never come."""

    def __init__(self, lucks: Sequence[Luck]) -> None:
        super().__init__(FakeClock())
        self._lucks = list(lucks)

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[Ack]:
        luck = self._lucks.pop() if self._lucks else Luck(0, 0, "")
        for _ in range(luck.there):
            await asyncio.sleep(0)
        if luck.lost == "message":
            raise BusAwayError("it never came")
        acks = await super().publish(batch)
        for _ in range(luck.back):
            await asyncio.sleep(0)
        if luck.lost == "answer":
            raise BusAwayError("its answer never came")
        return acks


_lucks = st.lists(
    st.builds(
        Luck,
        st.integers(0, 6),
        st.integers(0, 6),
        st.sampled_from(("", "", "", "message", "answer")),
    ),
    max_size=40,
)
_pages = st.lists(st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=8), max_size=8)


@settings(deadline=None)
@given(_lucks, st.lists(_pages, min_size=1, max_size=4))
def test_every_version_stands_in_the_log_exactly_once(
    lucks: list[Luck], writers: list[list[list[ItemReceived]]]
) -> None:
    stored, told = asyncio.run(_race(UnluckyBus(lucks), writers))
    wanted = {each.item_id for pages in writers for page in pages for each in page}
    assert stored == dict.fromkeys(wanted, 1)
    assert all(told[each] <= 1 for each in wanted), "no two were told that they wrote it"


async def _race(
    bus: UnluckyBus, writers: Sequence[Sequence[Sequence[ItemReceived]]]
) -> tuple[Counter[str], Counter[str]]:
    told: Counter[str] = Counter()
    async with asyncio.TaskGroup() as group:
        for pages in writers:
            group.create_task(_write(Writer(bus), pages, told))
    messages = await bus.read(1, (await bus.state()).last_seq)
    facts = (fact for each in messages for fact in singly(decode(each.data)))
    return Counter(fact.item_id for fact in facts if isinstance(fact, ItemReceived)), told


async def _write(
    writer: Writer, pages: Sequence[Sequence[ItemReceived]], told: Counter[str]
) -> None:
    for page in pages:
        while True:
            try:
                acks = await writer.publish(page)
            except BusAwayError:
                continue  # tried again, as a spool or the next poll does
            told.update(
                item.item_id for item, ack in zip(page, acks, strict=True) if not ack.duplicate
            )
            break
