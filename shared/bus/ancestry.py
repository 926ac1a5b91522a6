"""A log restored from a backup has a new incarnation; what was read of its earlier life still holds."""

from shared.bus.port import Bus
from shared.contracts.facts import decode
from shared.contracts.subjects import LOG_RESTORED
from shared.contracts.system import Ancestor, LogRestored


async def ancestors(bus: Bus) -> tuple[Ancestor, ...]:
    """Return the earlier lives of this log and how far each is the same; newest first."""
    newest = await bus.last_on(LOG_RESTORED)
    fact = None if newest is None else decode(newest.data)
    return fact.ancestors if isinstance(fact, LogRestored) else ()


async def holds(bus: Bus, incarnation: str, seq: int) -> bool:
    """Tell whether the log up to `seq`, as read in another incarnation, is the same here."""
    return any(
        each.incarnation == incarnation and seq <= each.upto_seq for each in await ancestors(bus)
    )
