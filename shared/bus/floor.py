"""Who still needs which facts, and up to where the log was purged: one record for both (inv. 13).

A reader says from which sequence on it may need facts, and learns in the same step what is gone.
The purger moves `purged` only below every hold. All change the record by its revision, so whoever
comes second sees the first, however old its own reading was. Who only ever reads on says so in a
record of its own (`note_need`), which nobody else may write.
"""

from collections.abc import Iterable, Mapping

from shared.bus.ancestry import ancestors
from shared.bus.port import Bus, BusAwayError, LogFullError
from shared.contracts.base import Frozen
from shared.contracts.subjects import LOG_FLOOR
from shared.errors import TransientError

ATTEMPTS = 8
AT_LEAST = ".at_least"
"""Behind a holder's name: what it needs at the very least, when the store is full."""


class Floor(Frozen):
    """The record. Facts up to `purged` may be gone; each hold is a first sequence still needed."""

    incarnation: str = ""
    purged: int = 0
    holds: Mapping[str, int] = {}

    def spare(self, *, pressed: bool = False) -> int:
        """Return up to where no hold stands; `pressed` by a full store, no hold but the least."""
        held = [
            seq
            for name, seq in self.holds.items()
            if not (pressed and name + AT_LEAST in self.holds)
        ]
        return min(held, default=1) - 1


async def read_floor(bus: Bus, incarnation: str) -> Floor:
    """Return what holds for this log; an empty floor if the record is of another one."""
    return (await _read(bus, incarnation))[0]


async def hold(
    bus: Bus, incarnation: str, name: str, seq: int, at_least: int | None = None
) -> int:
    """Say that `name` may need every fact from `seq` on; return up to where the log was purged.

    `at_least`: from where on it needs them even if the store is full. What was purged before stays
    purged: compare. Raises TransientError.
    """
    fresh = {name: seq, name + AT_LEAST: seq if at_least is None else at_least}
    for _ in range(ATTEMPTS):
        floor, revision = await _read(bus, incarnation)
        if floor.holds.items() >= fresh.items():
            return floor.purged
        held = floor.model_copy(update={"holds": {**floor.holds, **fresh}})
        if await _written(bus, held, revision):
            return floor.purged
    raise TransientError("the record of the log's floor changes too fast")


async def raise_floor(
    bus: Bus, incarnation: str, wanted: int, needed: Iterable[str], *, pressed: bool = False
) -> int:
    """Claim that the log is purged up to `wanted`, at most below every hold; return up to where.

    Nothing is claimed while one of `needed` holds nothing: it was never asked. Raises TransientError.
    """
    for _ in range(ATTEMPTS):
        floor, revision = await _read(bus, incarnation)
        if not floor.holds.keys() >= set(needed):
            return floor.purged
        upto = min(wanted, floor.spare(pressed=pressed))
        if upto <= floor.purged:
            return floor.purged
        if await _written(bus, floor.model_copy(update={"purged": upto}), revision):
            return upto
    raise TransientError("the record of the log's floor changes too fast")


class _Need(Frozen):
    incarnation: str
    seq: int


async def note_need(bus: Bus, key: str, incarnation: str, seq: int) -> None:
    """Say in a record of one's own that every fact from `seq` on is still to be read."""
    known = await bus.get_value(key)
    data = _Need(incarnation=incarnation, seq=seq).model_dump_json().encode()
    if known is None or known[0] != data:
        await bus.put_value(key, data, revision=known[1] if known else 0)


async def read_need(bus: Bus, key: str, incarnation: str) -> int | None:
    """Return the first fact that is still to be read; None if nobody ever read this log."""
    known = await bus.get_value(key)
    need = None if known is None else _Need.model_validate_json(known[0])
    return need.seq if need is not None and need.incarnation == incarnation else None


async def _read(bus: Bus, incarnation: str) -> tuple[Floor, int]:
    found = await bus.get_value(LOG_FLOOR)
    if found is None:
        return Floor(incarnation=incarnation), 0
    floor = Floor.model_validate_json(found[0])
    if floor.incarnation != incarnation:
        floor = Floor(incarnation=incarnation, purged=await _purged_before(bus, floor))
    return floor, found[1]


async def _purged_before(bus: Bus, floor: Floor) -> int:
    """Return up to where this log was purged in the life before it was restored from a backup."""
    shared = [
        each.upto_seq for each in await ancestors(bus) if each.incarnation == floor.incarnation
    ]
    return min(floor.purged, max(shared, default=0))


async def _written(bus: Bus, floor: Floor, revision: int) -> bool:
    """Write; False when somebody else was faster."""
    try:
        await bus.put_value(LOG_FLOOR, floor.model_dump_json().encode(), revision=revision)
    except (BusAwayError, LogFullError):
        raise
    except TransientError:
        return False
    return True
