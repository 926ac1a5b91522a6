"""A log that is full while it is young: without a snapshot nothing may leave it, so it has one."""

from itertools import pairwise

import pytest

from services.respond.shell.room import RESERVE_BYTES, reserve, reserve_name
from services.respond.shell.snapshot_keeper import Rhythm
from shared.errors import TransientError
from tests.fakes.respond_house import House, a_house
from tests.fakes.snapshots import lead_often, register, some_cases

A_FEW_LOOKS = 7


async def has_reserve(house: House) -> bool:
    return await house.bus.get_object(reserve_name()) is not None


async def fill(house: House) -> None:
    """Give the log a limit that it has reached."""
    await house.bus.set_limit((await house.bus.state()).bytes_stored)


def test_a_young_log_is_written_down_early_then_at_each_doubling_then_regularly() -> None:
    rhythm, at, taken = Rhythm(facts=50_000, first=1_000), 0, []
    while at < 200_000:
        at += rhythm.after(at)
        taken.append(at)
    assert taken[:7] == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000]
    assert {b - a for a, b in pairwise(taken[6:])} == {50_000}
    assert Rhythm(facts=6).after(0) == 6


async def test_a_log_that_is_full_is_written_down_whatever_the_rhythm() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm())
        await some_cases(house, range(3))
        await house.clock.advance(A_FEW_LOOKS)
        assert not (await register(house)).kept
        await fill(house)
        await house.clock.advance(A_FEW_LOOKS)
        [kept] = (await register(house)).kept
        assert kept.items == 3


async def test_a_full_log_is_not_written_down_again_for_a_few_facts() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm())
        await some_cases(house, range(2))
        await fill(house)
        await house.clock.advance(A_FEW_LOOKS)
        await some_cases(house, range(2, 6))
        await fill(house)
        await house.clock.advance(A_FEW_LOOKS)
        assert [each.items for each in (await register(house)).kept] == [2]


async def test_room_is_kept_for_that_and_given_up_only_once_the_log_cannot_take_it() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm(facts=2))
        await house.clock.advance(A_FEW_LOOKS)
        assert await has_reserve(house)
        house.bus.store_full = True
        await some_cases(house, range(3))
        await house.clock.advance(A_FEW_LOOKS)
        assert await has_reserve(house), "the log would take what is freed"
        await fill(house)
        await house.clock.advance(A_FEW_LOOKS)
        assert not await has_reserve(house)
        house.bus.store_full = False
        await house.clock.advance(A_FEW_LOOKS)
        assert (await register(house)).kept
        assert not await has_reserve(house), "what was freed is still needed"
        await house.bus.set_limit(0)
        await some_cases(house, range(3, 6))
        await house.clock.advance(A_FEW_LOOKS)
        assert await has_reserve(house), "room is kept again"


async def test_a_bus_that_is_away_is_asked_again() -> None:
    async with a_house() as house:
        await lead_often(house, Rhythm())
        await some_cases(house, range(2))
        await fill(house)
        house.bus.away = True
        with pytest.raises(TransientError):
            await house.bus.state()
        await house.clock.advance(A_FEW_LOOKS)
        house.bus.away = False
        await house.clock.advance(40)
        assert (await register(house)).kept


def test_no_compression_makes_the_room_smaller() -> None:
    assert len(set(reserve())) == 256
    assert len(reserve()) == RESERVE_BYTES
