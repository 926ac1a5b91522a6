"""Who holds facts in the log, and who may purge: whichever comes first, the other sees it."""

import pytest

from shared.bus.floor import hold, raise_floor, read_floor
from shared.bus.memory_bus import MemoryBus
from shared.bus.port import BusAwayError
from shared.contracts.subjects import LOG_FLOOR
from shared.errors import TransientError
from tests.fakes.clock import FakeClock

NEEDED = ("respond",)


async def test_nothing_is_purged_that_somebody_holds() -> None:
    bus = MemoryBus(FakeClock())
    assert await raise_floor(bus, "one", 100, NEEDED) == 0, "respond was never asked"
    assert await hold(bus, "one", "respond", 80) == 0
    assert await raise_floor(bus, "one", 100, NEEDED) == 79
    await hold(bus, "one", "watchdog", 90)
    assert await hold(bus, "one", "respond", 120) == 79
    assert await raise_floor(bus, "one", 100, NEEDED) == 89
    assert await raise_floor(bus, "one", 50, NEEDED) == 89, "what is gone stays gone"
    floor = await read_floor(bus, "one")
    assert (floor.purged, floor.holds["respond"], floor.holds["watchdog"]) == (89, 120, 90)


async def test_a_full_store_presses_whoever_could_do_with_less() -> None:
    bus = MemoryBus(FakeClock())
    await hold(bus, "one", "respond", 80, at_least=120)
    assert await raise_floor(bus, "one", 200, NEEDED) == 79
    assert await raise_floor(bus, "one", 200, NEEDED, pressed=True) == 119
    await hold(bus, "one", "respond", 100)
    assert await raise_floor(bus, "one", 200, NEEDED, pressed=True) == 119
    floor = await read_floor(bus, "one")
    assert floor.spare(pressed=True) == 99, "who goes back needs all of it again"


async def test_a_log_made_anew_begins_without_holds() -> None:
    bus = MemoryBus(FakeClock())
    await hold(bus, "one", "respond", 80)
    assert await raise_floor(bus, "two", 50, NEEDED) == 0
    assert await hold(bus, "two", "respond", 9) == 0
    assert await raise_floor(bus, "two", 50, NEEDED) == 8


class Racing(MemoryBus):
    """Somebody else writes the record between each reading and writing of ours."""

    def __init__(self, races: int) -> None:
        super().__init__(FakeClock())
        self.races = races

    async def put_value(self, key: str, value: bytes, *, revision: int = 0) -> int:
        if self.races:
            self.races -= 1
            found = await self.get_value(key)
            rival = b'{"incarnation":"one","holds":{"respond":30}}'
            await super().put_value(key, rival, revision=found[1] if found else 0)
        return await super().put_value(key, value, revision=revision)


async def test_who_comes_second_reads_again() -> None:
    bus = Racing(1)
    await hold(bus, "one", "watchdog", 90)
    bus.races = 1
    assert await raise_floor(bus, "one", 100, NEEDED) == 29


async def test_a_record_that_never_stands_still_is_tried_again_later() -> None:
    bus = Racing(0)
    await hold(bus, "one", "respond", 30)
    bus.races = 100
    with pytest.raises(TransientError, match="too fast"):
        await raise_floor(bus, "one", 100, NEEDED)
    with pytest.raises(TransientError, match="too fast"):
        await hold(bus, "one", "watchdog", 1)


async def test_a_bus_that_is_away_is_no_race() -> None:
    bus = MemoryBus(FakeClock())
    await bus.put_value(LOG_FLOOR, b'{"incarnation":"one"}')
    bus.away = True
    with pytest.raises(BusAwayError):
        await hold(bus, "one", "respond", 1)
