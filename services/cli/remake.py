"""The state made again from segments and log, and put where the leader looks for it.

For the day on which Valkey is empty and no snapshot can be read, when the log alone is no longer
whole. Everything is folded as the leader folds it; nothing is decided, sent or recorded here.
"""

import asyncio
from collections.abc import Mapping, Sequence

from services.archive.shell.segments import Segments
from services.cli.embedded.probes import reachable
from services.cli.whole_log import whole_log
from services.respond.core.decisions import chain
from services.respond.core.fold import Folded, PackMissing, fold, low_seq
from services.respond.shell.decoding import decoded
from services.respond.shell.election import fact_hash
from services.respond.shell.packs import fetch_packs
from services.respond.shell.reread import poison, read_ledger
from services.respond.shell.snapshot_keeper import HOLDER, Rhythm, SnapshotKeeper
from services.respond.shell.snapshots import Kept, picture
from services.respond.shell.standing import Standing
from services.respond.shell.telemetry import Telemetry
from shared.bus.floor import hold
from shared.bus.nats_bus import NatsBus
from shared.bus.port import Bus, LogState, Message
from shared.contracts.facts import Told
from shared.errors import PermanentError, TransientError, UserError
from shared.observability.metrics import Metrics
from shared.runtime.clock import SystemClock
from shared.store.port import Cursor


def remake(segments: Segments, url: str) -> Kept:
    """Fold everything and write a snapshot of what comes out. Raises UserError."""
    try:
        return asyncio.run(_remake(segments, url))
    except (TransientError, PermanentError) as error:
        fix = "is zhishou running, and has the log's server room?"
        raise UserError(f"no snapshot could be made: {error}", fix=fix) from error


async def _remake(segments: Segments, url: str) -> Kept:
    await reachable(url, "--nats-url")
    bus = await NatsBus.connect(url, clock=SystemClock(), name="remake", make=None)
    try:
        log = await bus.state()
        await hold(bus, log.incarnation, HOLDER, 1)  # nothing leaves the log meanwhile
        standing = await _folded(bus, log, segments)
        keeper = SnapshotKeeper(bus, SystemClock(), Rhythm(), Telemetry(Metrics()))
        return await keeper.take(picture(standing))
    finally:
        await bus.close()


async def _folded(bus: Bus, log: LogState, segments: Segments) -> Standing:
    standing = Standing(0, Cursor(log.incarnation, 0, "", 1))
    standing.skip = await poison(bus)
    put_aside = {place.seq for place in standing.skip}
    held: dict[int, bytes] = {}
    async for batch in whole_log(bus, log, segments, 1, log.last_seq):
        held |= {each.seq: each.data for each in batch if each.seq in put_aside}
        if batch:
            await _take(bus, standing, batch, held)
    await read_ledger(bus, standing)
    return standing


async def _take(
    bus: Bus, standing: Standing, batch: Sequence[Message], held: Mapping[int, bytes]
) -> None:
    last, expected = batch[-1], standing.cursor.seq + len(batch)
    if last.seq != expected:
        what = f"not all facts after {standing.cursor.seq} are in the segments and in the log"
        raise UserError(what, fix="zhishou audit verify says what is missing")

    async def original(seq: int) -> bytes | None:
        return held.get(seq)

    found = await decoded(original, batch, standing.skip)
    folded = await _fold(bus, standing, found.stored)
    standing.chain = chain(standing.chain, folded.lines)
    low = low_seq(standing.state, last.seq)
    standing.cursor = Cursor(standing.cursor.incarnation, last.seq, fact_hash(last.data), low)


async def _fold(bus: Bus, standing: Standing, stored: Sequence[Told]) -> Folded:
    while True:
        try:
            return fold(standing.state, stored, standing.packs, standing.skip)
        except PackMissing as missing:
            standing.packs |= await fetch_packs(bus, missing.pack_hashes)
