"""One term of office: the loops that live and end together."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from services.respond.shell.chooser import Chooser
from services.respond.shell.effect_log import EffectLog
from services.respond.shell.election import Mandate
from services.respond.shell.emptied import EmptiedStore
from services.respond.shell.executor import Carrier, Executor
from services.respond.shell.figures import Figures
from services.respond.shell.follower import Follower
from services.respond.shell.office import Office
from services.respond.shell.recorder import Recorder, unrecorded
from services.respond.shell.registrar import Registrar
from services.respond.shell.reread import begin
from services.respond.shell.snapshot_keeper import SnapshotKeeper
from services.respond.shell.standing import Standing
from services.respond.shell.telemetry import Telemetry
from services.respond.shell.ticker import Ticker
from shared.bus.port import Bus
from shared.runtime.clock import Clock
from shared.runtime.service import Loop
from shared.store.port import HotStore

CarrierMaker = Callable[[Standing, Office, EffectLog], dict[str, Carrier]]


@dataclass(frozen=True, slots=True)
class World:
    """What a reign works with, whoever leads."""

    bus: Bus
    store: HotStore
    clock: Clock
    carriers: CarrierMaker
    registrar: Registrar
    telemetry: Telemetry
    snapshots: SnapshotKeeper


async def reign(world: World, office: Office, mandate: Mandate, stop: asyncio.Event) -> Standing:
    """Lead until told to stop; return what then stands.

    Whatever else ends the office comes out as an exception group.

    The lease is kept from the first moment: what a fresh leader has to read again may take longer
    than it lasts.
    """
    async with asyncio.TaskGroup() as group:
        over = asyncio.Event()
        lease = group.create_task(office.keep(over), name="lease")
        try:
            return await _lead(world, office, mandate, stop)
        finally:
            over.set()
            lease.cancel()


async def _lead(world: World, office: Office, mandate: Mandate, stop: asyncio.Event) -> Standing:
    standing = await begin(world.bus, world.store, mandate, world.telemetry)
    if done := unrecorded(standing):
        await world.store.drop_outbox(mandate.term, done)
    effects = EffectLog(world.bus, world.clock, office)
    follower = Follower(
        bus=world.bus,
        store=world.store,
        clock=world.clock,
        office=office,
        standing=standing,
        telemetry=world.telemetry,
    )
    recorder = Recorder(world.bus, world.store, world.clock, standing)
    ticker = Ticker(world.bus, world.clock, standing)
    chooser = Chooser(world.bus, world.clock, standing)
    figures = Figures(world.bus, world.store, world.clock, standing, world.telemetry)
    emptied = EmptiedStore(world.store, world.clock, standing)
    executor = Executor(
        bus=world.bus,
        store=world.store,
        clock=world.clock,
        office=office,
        standing=standing,
        effects=effects,
        carriers=world.carriers(standing, office, effects),
    )
    async with asyncio.TaskGroup() as group:
        # These end only with the office; the others finish what they have in hand.
        over = asyncio.Event()
        endless = [
            group.create_task(ticker.run(stop), name="ticker"),
            group.create_task(figures.run(stop), name="figures"),
            group.create_task(chooser.run(stop), name="chooser"),
            group.create_task(world.registrar.run(standing, stop), name="registrar"),
            group.create_task(emptied.run(stop), name="emptied"),
            group.create_task(world.snapshots.run(standing, stop), name="snapshots"),
            group.create_task(_pass_on(stop, over), name="stop"),
        ]
        async with asyncio.TaskGroup() as working:
            for name, loop in (
                ("follower", follower.run),
                ("recorder", recorder.run),
                ("executor", executor.run),
            ):
                working.create_task(_until_one_ends(loop, over), name=name)
        await recorder.flush()
        for each in endless:
            each.cancel()
    return standing


async def _until_one_ends(loop: Loop, over: asyncio.Event) -> None:
    """Let the others end too, in order, even one on which a cancellation was lost."""
    try:
        await loop(over)
    finally:
        over.set()


async def _pass_on(stop: asyncio.Event, over: asyncio.Event) -> None:
    await stop.wait()
    over.set()
