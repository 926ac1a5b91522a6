"""Room for a snapshot in a store that is full: without one nothing may leave the log."""

from contextlib import suppress
from functools import cache
from hashlib import sha256, shake_256

from shared.bus.port import Bus
from shared.errors import TransientError

RESERVE_BYTES = 512 << 10
"""More than the snapshot of a young log has, compressed."""
LARGEST_BYTES = 256 << 10
"""Of a message of items; a log with less room than that refuses some."""


class Room:
    """An object that holds the place. It is given up once the log itself can take none of it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    async def is_gone(self) -> bool:
        """Tell whether the log reached its limit, its own or the archive's brake in a full store."""
        with suppress(TransientError):  # a bus that is away is asked again at the next look
            log = await self._bus.state()
            return 0 < log.max_bytes < log.bytes_stored + LARGEST_BYTES
        return False

    async def keep(self) -> bool:
        """Hold the place, unless it is needed now; False: not yet, or the store has none."""
        with suppress(TransientError):
            if not await self.is_gone():
                await self._bus.put_object(reserve())
                return True
        return False

    async def give_up(self) -> None:
        """Free the place. Before the log is braked it would take that too."""
        with suppress(TransientError):
            if await self.is_gone():
                await self._bus.drop_object(reserve_name())


def reserve_name() -> str:
    """Return what the object is called."""
    return sha256(reserve()).hexdigest()


@cache
def reserve() -> bytes:
    """Return bytes that no compression of the store makes smaller."""
    return shake_256(b"room for a snapshot").digest(RESERVE_BYTES)
