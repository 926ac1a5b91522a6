"""Takes snapshots while the fold goes on, reads each back before it counts, drops the oldest."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

from services.respond.shell.room import Room
from services.respond.shell.snapshots import (
    Kept,
    Manifest,
    Part,
    Picture,
    Register,
    manifest,
    picture,
    pieces,
    read_register,
    unneeded,
)
from services.respond.shell.standing import Standing
from services.respond.shell.telemetry import Telemetry
from shared.bus.floor import hold
from shared.bus.port import Bus, LogFullError
from shared.bus.timing import wait_or
from shared.contracts.subjects import SNAPSHOTS
from shared.errors import PermanentError, TransientError
from shared.runtime.clock import Clock

LOOK_SECONDS = 1.0
RETRY_SECONDS = 30.0
FULL_SECONDS = 2.0
"""Until the next attempt in a full store: that snapshot is what lets facts leave it."""
PAUSE_SECONDS = 0.002
"""Between two pieces of work; each takes about a millisecond."""
PARTING_SECONDS = 3.0
HOLDER = "respond"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A snapshot after so many folded facts, or items among them; so many are kept.

    A young log has its first after `first`, then whenever it is twice as long: a small store may be
    full long before `facts`, and without a snapshot nothing may leave it.
    """

    facts: int = 50_000
    kept: int = 3
    first: int = 1_000

    def after(self, newest: int) -> int:
        """Return how many more facts or items follow a snapshot that stands behind so many."""
        return min(self.facts, max(self.first, newest))

    def least(self, newest: int) -> int:
        """Return after how many one is worth its while in a full log, where more may leave then."""
        return min(self.first, self.facts) if newest else 1


class SnapshotKeeper:
    """One per process. Two of them at once disturb nobody: the slower one gives up."""

    def __init__(self, bus: Bus, clock: Clock, rhythm: Rhythm, telemetry: Telemetry) -> None:
        self._bus, self._clock, self._rhythm = bus, clock, rhythm
        self._telemetry, self._room = telemetry, Room(bus)

    async def run(self, standing: Standing, stop: asyncio.Event) -> None:
        """Take one whenever enough was folded, until told to stop."""
        await wait_or(stop, LOOK_SECONDS, self._clock)  # a new leader has other things to do
        newest, items = await self._newest(standing, stop)
        kept = False
        while not stop.is_set():
            pause = LOOK_SECONDS
            fresh = max(standing.cursor.seq - newest, standing.organisation.items_received - items)
            if await self._is_due(fresh, max(newest, items)):
                async with standing.steady:
                    taken = picture(standing)
                failed = await self._try(taken, PAUSE_SECONDS)
                if failed is None:
                    newest, items = taken.cursor.seq, taken.items
                    kept = False
                elif isinstance(failed, LogFullError):
                    await self._room.give_up()
                    pause = FULL_SECONDS
                else:
                    pause = RETRY_SECONDS
            await wait_or(stop, pause, self._clock)
            if not kept:
                kept = await self._room.keep()

    async def hand_over(self, standing: Standing) -> None:
        """Take one of what an ended reign left, so that the next leader need not fold it again."""
        try:
            async with asyncio.timeout(PARTING_SECONDS):
                register, _ = await read_register(self._bus)
                newest, _ = _newest(register, standing)
                if standing.cursor.seq > newest:
                    await self._try(picture(standing), 0.0)
        except (TimeoutError, TransientError) as error:
            self._telemetry.snapshot_failed(f"{type(error).__name__}: {error}")

    async def _is_due(self, fresh: int, newest: int) -> bool:
        if fresh >= self._rhythm.after(newest):
            return True
        return fresh >= self._rhythm.least(newest) and await self._room.is_gone()

    async def _newest(self, standing: Standing, stop: asyncio.Event) -> tuple[int, int]:
        while not stop.is_set():
            try:
                register, _ = await read_register(self._bus)
            except TransientError as error:
                self._telemetry.waiting("snapshots", str(error))
                await wait_or(stop, LOOK_SECONDS, self._clock)
            else:
                newest = _newest(register, standing)
                self._telemetry.snapshot_stands(newest[0])
                return newest
        return 0, 0

    async def _try(self, taken: Picture, pause: float) -> Exception | None:
        began = self._clock.monotonic()
        try:
            kept = await self.take(taken, pause)
        except (TransientError, PermanentError) as error:
            self._telemetry.snapshot_failed(f"{type(error).__name__}: {error}")
            return error
        self._telemetry.snapshot_taken(kept.seq, self._clock.monotonic() - began)
        return None

    async def take(self, taken: Picture, pause: float = 0.0) -> Kept:
        """Write a snapshot, read it back, let it count, drop what is too old.

        What is being written is written down first, so that a death leaves nothing behind for
        good. Raises: TransientError, PermanentError.
        """
        writing = _Writing(self._bus, *await read_register(self._bus))
        await writing.drop_loose()
        made = await self._write(writing, taken, pause)
        data = made.model_dump_json().encode()
        name = await writing.put(data)
        objects = (name, *(each.sha256 for each in made.parts))
        for each in objects:
            if await self._bus.get_object(each) is None:
                raise TransientError(f"the object {each[:12]} could not be read back")
        kept = Kept(
            manifest=name,
            incarnation=made.incarnation,
            seq=made.seq,
            low_seq=made.low_seq,
            objects=objects,
            taken_at=made.taken_at,
            items=taken.items,
        )
        await writing.count(kept, self._rhythm.kept)
        await self._hold(writing.register)
        await writing.drop_loose()
        return kept

    async def _write(self, writing: "_Writing", taken: Picture, pause: float) -> Manifest:
        parts: list[Part] = []
        values = 0
        for piece in pieces(taken.view):
            if piece.kind == "values":
                values += piece.values
            if piece.part:
                parts.append(Part(kind=piece.kind, sha256=await writing.put(piece.part)))
            if pause:
                await self._clock.sleep(pause)
            else:
                await asyncio.sleep(0)
        return manifest(taken, parts, values, self._clock.now())

    async def _hold(self, register: Register) -> None:
        """Say which facts respond may still need: one snapshot may turn out to be damaged.

        While the store is full the newest, which was just read back, has to do.
        """
        incarnation = register.kept[0].incarnation
        same = [each.low_seq for each in register.kept if each.incarnation == incarnation]
        await hold(self._bus, incarnation, HOLDER, min(same[:2]), at_least=same[0])


class _Writing:
    """The register in one hand, the object store in the other."""

    def __init__(self, bus: Bus, register: Register, revision: int) -> None:
        self._bus, self.register, self._revision = bus, register, revision

    async def put(self, data: bytes) -> str:
        name = sha256(data).hexdigest()
        await self._write(loose=(*self.register.loose, name))
        await self._bus.put_object(data)
        return name

    async def count(self, fresh: Kept, most: int) -> None:
        """From here on `fresh` is the newest snapshot."""
        older = [each for each in self.register.kept if each.manifest != fresh.manifest]
        kept = (fresh, *older)
        dropped = (name for each in kept[most:] for name in each.objects)
        await self._write(kept=kept[:most], loose=unneeded(kept[:most], dropped))

    async def drop_loose(self) -> None:
        if not self.register.loose:
            return
        for each in unneeded(self.register.kept, self.register.loose):
            await self._bus.drop_object(each)
        await self._write(loose=())

    async def _write(self, **fresh: object) -> None:
        register = self.register.model_copy(update=fresh)
        data = register.model_dump_json().encode()
        self._revision = await self._bus.put_value(SNAPSHOTS, data, revision=self._revision)
        self.register = register


def _newest(register: Register, standing: Standing) -> tuple[int, int]:
    """Return where the newest snapshot of this log stands, and how many items came until there."""
    cursor = standing.cursor
    mine = (
        (each.seq, each.items) for each in register.kept if each.incarnation == cursor.incarnation
    )
    return max((each for each in mine if each[0] <= cursor.seq), default=(0, 0))
