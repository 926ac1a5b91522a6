"""Stand by, lead, stand by again: any number of these run, one of them leads."""

import asyncio

from services.respond.shell.election import UnreadableStateError, take_office
from services.respond.shell.office import Office, OfficeLostError
from services.respond.shell.recall import CannotRebuildError
from services.respond.shell.reign import World, reign
from services.respond.shell.standing import Standing
from shared.bus.port import FencedError, LogTailLostError
from shared.bus.timing import wait_or
from shared.errors import TransientError
from shared.store.port import CursorMovedError, Leases, StaleTermError

STANDBY_SECONDS = 1.0
"""How soon a standby notices that the leader resigned, however long its lease still ran."""
LOST = (
    OfficeLostError,
    FencedError,
    StaleTermError,
    CursorMovedError,
    LogTailLostError,
    TransientError,
)
"""What ends an office without being a bug: the next leader starts from the store and the log.

A log that lost its tail is found again by the next leader's comparison, which pages and rebuilds.
"""

STUCK_SECONDS = 30.0
"""Between two tries to lead when there is nothing to rebuild the state from; each is an election."""


class Leader:
    """One candidate. `holder` is unique to this process."""

    def __init__(self, world: World, leases: Leases, *, holder: str, lease_seconds: float) -> None:
        self._world, self._leases = world, leases
        self._holder, self._lease_seconds = holder, lease_seconds
        self._distrust = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Lead whenever possible, until told to stop."""
        while not stop.is_set():
            office = Office(self._leases, self._world.clock, self._holder, self._lease_seconds)
            pause = min(self._lease_seconds / 3, STANDBY_SECONDS)
            if await office.acquire():
                parting = await self._lead(office, stop)
                await office.resign()
                if isinstance(parting, Standing):
                    await self._world.snapshots.hand_over(parting)
                elif isinstance(parting, CannotRebuildError):
                    pause = STUCK_SECONDS
            await wait_or(stop, pause, self._world.clock)

    async def _lead(
        self, office: Office, stop: asyncio.Event
    ) -> Standing | CannotRebuildError | None:
        """Return what a reign that was asked to stop has left, or why none could begin."""
        telemetry = self._world.telemetry
        parting: Standing | CannotRebuildError | None = None
        try:
            mandate = await take_office(self._world.bus, self._world.store, office, self._distrust)
            self._distrust = ""
            telemetry.elected(mandate.term)
            if mandate.mismatch:
                await telemetry.log_changed(mandate.mismatch)
            parting = await reign(self._world, office, mandate, stop)
        except* CannotRebuildError as group:
            parting = CannotRebuildError(_reasons(group))
            telemetry.stepped_down(office.term, str(parting))
            await telemetry.cannot_rebuild(str(parting))
        except* UnreadableStateError as group:
            self._distrust = _reasons(group)
            telemetry.stepped_down(office.term, self._distrust)
        except* LOST as group:
            telemetry.stepped_down(office.term, _reasons(group))
        else:
            telemetry.stepped_down(office.term, "asked to stop")
        return parting


def _reasons(group: BaseExceptionGroup[BaseException]) -> str:
    leaves: list[str] = []
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            leaves.append(_reasons(each))
        else:
            leaves.append(f"{type(each).__name__}: {each}")
    return "; ".join(leaves)
