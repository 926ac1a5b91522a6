"""Rebuilding from a snapshot: the newest that can be trusted, then the rest of the log."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from services.respond.core.aggregates import Case
from services.respond.core.decisions import CORE_VERSION
from services.respond.core.state import Changes
from services.respond.core.waiting import PendingItem
from services.respond.shell.election import compare
from services.respond.shell.snapshot_keeper import HOLDER
from services.respond.shell.snapshots import (
    VERSION,
    Contents,
    Kept,
    Manifest,
    read_register,
    unpack,
)
from services.respond.shell.standing import CHAIN, NOW, SEEN, Standing, restore
from services.respond.shell.telemetry import Telemetry
from shared.bus.ancestry import holds
from shared.bus.floor import hold, read_floor
from shared.bus.port import Bus, BusAwayError, LogState
from shared.contracts.facts import UndecodableError, decode
from shared.contracts.system import DecisionsRecorded
from shared.errors import PermanentError
from shared.store.port import Commit, HotStore, Loaded

FILL_BYTES = 1 << 20


class CannotRebuildError(Exception):
    """The log was purged, and no snapshot can be trusted: a person must bring the state back."""


class Unusable(Exception):  # noqa: N818  a reason, not a failure
    """Why a snapshot is passed over."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A snapshot that was read whole and fits the log."""

    manifest: Manifest
    contents: Contents


async def recall(bus: Bus, log: LogState, telemetry: Telemetry) -> Recalled | None:
    """Return the newest snapshot that fits the log; None: fold the whole log, which is all there.

    Raises: CannotRebuildError, TransientError.
    """
    register, _ = await read_register(bus)
    for kept in register.kept:
        try:
            return await _read(bus, log, kept)
        except (Unusable, PermanentError, ValidationError, ValueError, zlib.error) as error:
            telemetry.snapshot_passed_over(kept.seq, str(error).splitlines()[0])
    await _must_be_whole(bus, log)
    return None


async def _must_be_whole(bus: Bus, log: LogState) -> None:
    """Hold all of the log, so that it stays whole. Raises CannotRebuildError if it is not."""
    floor = await read_floor(bus, log.incarnation)
    purged = floor.purged
    if HOLDER in floor.holds:  # before the first snapshot nothing can be purged
        purged = await hold(bus, log.incarnation, HOLDER, 1)
    gone = max(purged, log.first_seq - 1)
    if gone > 0:
        raise CannotRebuildError(f"facts up to {gone} were purged and no snapshot can be used")


async def _read(bus: Bus, log: LogState, kept: Kept) -> Recalled:
    if kept.incarnation != log.incarnation and not await holds(bus, kept.incarnation, kept.seq):
        raise Unusable("it is of another log")
    manifest = Manifest.model_validate_json(await _object(bus, kept.manifest))
    if manifest.version > VERSION or _number(manifest.core_version) > _number(CORE_VERSION):
        raise Unusable(f"it was taken by a newer version, core {manifest.core_version}")
    if why := await compare(bus, manifest.cursor, log) or await _ledger(bus, log, manifest):
        raise Unusable(why)
    contents = Contents({}, [], bytearray())
    for part in manifest.parts:
        unpack(contents, part, await _object(bus, part.sha256))
    if contents.count != manifest.values:
        raise Unusable(f"it holds {contents.count} values, not {manifest.values}")
    purged = await hold(bus, log.incarnation, HOLDER, manifest.low_seq)
    if purged >= manifest.low_seq:
        raise Unusable(f"the log was purged up to {purged}, beyond it")
    return Recalled(manifest, contents)


async def _object(bus: Bus, name: str) -> bytes:
    try:
        data = await bus.get_object(name)
    except BusAwayError:
        await bus.state()  # raises if it is the bus that is away, and not the object
        raise Unusable(f"its object {name[:12]} cannot be read") from None
    if data is None:
        raise Unusable(f"its object {name[:12]} is not there")
    return data


async def _ledger(bus: Bus, log: LogState, manifest: Manifest) -> str:
    """Return why the log is not the one in which the decisions before this were recorded."""
    if manifest.ledger_seq > log.last_seq:
        return f"the log ends at {log.last_seq}, its decisions stand at {manifest.ledger_seq}"
    for message in await bus.read(manifest.ledger_seq, manifest.ledger_seq):
        try:
            fact = decode(message.data)
        except UndecodableError:
            fact = None
        if not isinstance(fact, DecisionsRecorded) or fact.chain != manifest.ledger_chain:
            return f"the decisions at {manifest.ledger_seq} are others"
    return ""


def _number(core_version: str) -> int:
    """Return a version as a number; one that is none is newer than all we know."""
    return int(core_version) if core_version.isdecimal() else 1 << 30


async def resume(standing: Standing, recalled: Recalled, store: HotStore) -> None:
    """Bring a snapshot into `standing` and into the emptied store. Raises StoreAwayError."""
    manifest, contents = recalled.manifest, recalled.contents
    values = contents.values | {
        CHAIN: manifest.chain.encode(),
        NOW: manifest.times.encode(),
        SEEN: bytes(contents.marks),
    }
    outbox = tuple(each.encode() for each in manifest.outbox)
    lists = await restore(standing, Loaded(manifest.cursor, values, outbox))
    standing.ledger = (manifest.ledger_seq, manifest.ledger_chain)
    _wait_again(standing, contents.waiting)
    for some in _portions(values):
        await store.fill(standing.term, some)
    cases = [each for each in standing.state.under("case") if isinstance(each, Case)]
    due = {each.case_id: each.queue_due() for each in cases}
    await store.commit(
        Commit(
            term=standing.term,
            previous_seq=0,
            cursor=standing.cursor,
            puts=lists,
            due={case_id: at for case_id, at in due.items() if at is not None},
            outbox=outbox,
            freeze=standing.organisation.freeze_epoch,
        )
    )


def _wait_again(standing: Standing, waiting: list[PendingItem]) -> None:
    state = standing.state
    if state.now is not None:
        waits = {each.fact.item_id: each for each in waiting}
        state.apply(Changes(waits=waits), state.now)


def _portions(values: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    portion: dict[str, bytes] = {}
    size = 0
    for key, value in values.items():
        portion[key] = value
        size += len(value)
        if size >= FILL_BYTES:
            yield portion
            portion, size = {}, 0
    if portion:
        yield portion
