"""One leader at a time: the lease makes hand-over fast, the log makes it safe (invariant 3)."""

import asyncio

from shared.bus.timing import wait_or
from shared.errors import TransientError
from shared.runtime.clock import Clock
from shared.store.port import Leases

LEASE = "respond"


class OfficeLostError(Exception):
    """Another process may lead now; everything in hand must be dropped."""


class Office:
    """The right to fold, to tick and to speak; it ends by itself when it is not renewed."""

    def __init__(self, leases: Leases, clock: Clock, holder: str, ttl_seconds: float) -> None:
        self.holder = holder
        self.ttl_seconds = ttl_seconds
        self.term = 0
        self.taken_at = 0.0
        self._leases = leases
        self._clock = clock
        self._until = 0.0

    async def acquire(self) -> bool:
        """Take or renew the lease; the time counts from before the question was asked."""
        asked = self._clock.monotonic()
        try:
            held = await self._leases.acquire(LEASE, self.holder, self.ttl_seconds)
        except TransientError:
            return False
        self._until = asked + self.ttl_seconds if held else 0.0
        return held

    def begin(self, term: int) -> None:
        """Note the term the log has granted."""
        self.term = term
        self.taken_at = self._clock.monotonic()

    def holds(self) -> bool:
        """Tell whether the lease still runs, by a clock that counts suspension (invariant 2)."""
        return self._clock.monotonic() < self._until

    def must_hold(self) -> None:
        """Raise OfficeLostError unless the lease still runs."""
        if not self.holds():
            raise OfficeLostError("the lease ran out")

    async def keep(self, stop: asyncio.Event) -> None:
        """Renew until told to stop; raise OfficeLostError once the lease ran out."""
        while not stop.is_set():
            await wait_or(stop, self.ttl_seconds / 3, self._clock)
            await self.acquire()
            self.must_hold()

    async def resign(self) -> None:
        """Give the lease up, so that a standby need not wait for its end."""
        self._until = 0.0
        try:
            await self._leases.release(LEASE, self.holder)
        except TransientError:
            return
