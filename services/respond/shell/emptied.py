"""Notices an emptied store while all is quiet: consoles would show nothing until the next fact."""

import asyncio

from services.respond.shell.standing import Standing
from shared.bus.timing import wait_or
from shared.errors import TransientError
from shared.runtime.clock import Clock
from shared.store.port import CursorMovedError, HotStore

LOOK_SECONDS = 1.0


class EmptiedStore:
    """Ends the reign when the store holds nothing any more of what this reign has committed."""

    def __init__(self, store: HotStore, clock: Clock, standing: Standing) -> None:
        self._store, self._clock, self._standing = store, clock, standing

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop. Raises CursorMovedError: the next leader rebuilds."""
        while not stop.is_set():
            await wait_or(stop, LOOK_SECONDS, self._clock)
            # A rebuild begins with an empty store: only what was committed can be missed.
            committed = self._standing.cursor.seq > 0
            if committed and await self._nothing_there():
                raise CursorMovedError("the store was emptied")

    async def _nothing_there(self) -> bool:
        try:
            return await self._store.cursor() is None
        except TransientError:
            return False
