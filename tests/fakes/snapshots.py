"""A house whose leader writes its state down often, and what can happen to such a house."""

from collections.abc import Sequence

from services.respond.shell.snapshot_keeper import Rhythm
from services.respond.shell.snapshots import Register, read_register
from shared.bus.floor import raise_floor
from shared.contracts.facts import decode
from shared.contracts.subjects import PURGED_FIRST, PURGED_LATER
from shared.contracts.system import DecisionsRecorded
from shared.observability.metrics import Metric
from tests.fakes.respond_house import House

OFTEN = Rhythm(facts=6, kept=3)
LEASE_AND_LOOK = 5


async def lead_often(house: House, rhythm: Rhythm = OFTEN) -> None:
    house.rhythm = rhythm
    await house.lead("one")
    await house.clock.advance(2)


async def register(house: House) -> Register:
    return (await read_register(house.bus))[0]


async def lose_the_store(house: House, holder: str = "one") -> None:
    """Kill the leader and empty the store, as a Valkey without a disk would be."""
    await house.kill(holder)
    await house.store.reset((await house.read.organisation()).term)
    await house.clock.advance(LEASE_AND_LOOK)


async def purge_what_no_rebuild_needs(house: House) -> int:
    """Take everything below the snapshots out of the log, as the archive would."""
    log = await house.bus.state()
    upto = await raise_floor(house.bus, log.incarnation, log.last_seq, ["respond"])
    for subject in (*PURGED_FIRST, *PURGED_LATER):
        await house.bus.purge(subject, upto)
    return upto


def passed_over(house: House) -> float:
    return house.metrics.value(Metric.SNAPSHOTS, result="passed_over")


async def some_cases(house: House, numbers: Sequence[int]) -> None:
    for number in numbers:
        await house.complaint(number)
        await house.clock.advance(1.5)


async def recorded_after(house: House, seq: int) -> list[str]:
    """Return the lines that the ledger took in behind a place of the log."""
    messages = await house.bus.read(seq + 1, (await house.bus.state()).last_seq)
    facts = [decode(each.data) for each in messages]
    return [line for each in facts if isinstance(each, DecisionsRecorded) for line in each.lines]
