"""What a reign stands at, looked at every few seconds: backlog, oldest item, clocks, effects."""

import asyncio
from collections import Counter

from services.respond.core.rates import of_state, rates
from services.respond.shell.standing import Standing
from services.respond.shell.telemetry import Stand, Telemetry
from shared.bus.port import Bus
from shared.bus.timing import wait_or
from shared.errors import TransientError
from shared.runtime.clock import Clock
from shared.store.port import HotStore

LOOK_SECONDS = 2.0
MOST_OVERDUE = 200
"""Beyond that the exact number helps nobody."""


class Figures:
    """Tells telemetry what cannot be counted while folding."""

    def __init__(
        self, bus: Bus, store: HotStore, clock: Clock, standing: Standing, telemetry: Telemetry
    ) -> None:
        self._bus, self._store, self._clock = bus, store, clock
        self._standing, self._telemetry = standing, telemetry

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop; servers that are away are looked at again."""
        while not stop.is_set():
            try:
                self._telemetry.stands(await self.look())
            except TransientError as error:
                self._telemetry.waiting("figures", type(error).__name__)
            await wait_or(stop, LOOK_SECONDS, self._clock)

    async def look(self) -> Stand:
        """Return the figures of this moment. Raises TransientError."""
        end = (await self._bus.state()).last_seq
        queue, cases_open = await self._store.queue(0, MOST_OVERDUE)
        standing, now = self._standing, self._clock.now()
        oldest, timer = standing.state.waiting.oldest(), standing.state.next_timer()
        effects: Counter[tuple[str, str]] = Counter()
        for each in standing.open_effects.values():
            effects[each.effect_kind, each.status] += 1
        return Stand(
            stream_end=end,
            cases_open=cases_open,
            cases_overdue=sum(due <= now.timestamp() for _, due in queue),
            pages_waiting=len(standing.index.get("page", ())),
            outbox=len(standing.outbox),
            oldest_unclassified=None if oldest is None else oldest.received_at,
            next_clock=timer.due if timer is not None else None,
            effects=effects,
            rates=rates(of_state(standing.state)),
        )
