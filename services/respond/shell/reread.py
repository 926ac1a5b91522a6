"""What a fresh leader learns from the log again: items without a verdict, poison, the ledger's end."""

from collections.abc import Mapping, Sequence

from services.respond.core.fold import PackMissing, Place, fold
from services.respond.core.state import Changes, State
from services.respond.core.work import mark_of
from services.respond.shell.decoding import decoded, from_log
from services.respond.shell.election import Mandate, unreadable
from services.respond.shell.packs import fetch_packs
from services.respond.shell.recall import recall, resume
from services.respond.shell.recorder import RECORDED_SUBJECT
from services.respond.shell.standing import SEEN, Standing, decode_all, read_times, restore
from services.respond.shell.telemetry import Telemetry
from shared.bus.port import Bus
from shared.contracts.facts import Stored, Told, decode, told_singly
from shared.contracts.items import ItemDeleted, ItemEdited, ItemReceived
from shared.contracts.received import Received
from shared.contracts.subjects import ROOT
from shared.contracts.system import DecisionsRecorded, FactQuarantined
from shared.errors import TransientError
from shared.store.port import Cursor, HotStore, Loaded

QUARANTINED = f"{ROOT}.fact.quarantined"
RELEASED = f"{ROOT}.fact.released"
PAGE = 256


async def begin(bus: Bus, store: HotStore, mandate: Mandate, telemetry: Telemetry) -> Standing:
    """Return the standing a reign starts from: the store's, a snapshot's, or an empty one.

    Raises: CannotRebuildError, UnreadableStateError, TransientError.
    """
    standing = Standing(mandate.term, Cursor(mandate.log.incarnation, 0, "", 1))
    standing.skip = await poison(bus)
    if mandate.from_store:
        loaded = await _from_store(standing, store)
        await _fetch_packs(bus, standing)
        await _reread_pending(bus, standing, loaded.values)
    elif mandate.rebuilt_to is not None:
        recalled = await recall(bus, mandate.log, telemetry)
        if recalled is not None:
            await resume(standing, recalled, store)
            await _fetch_packs(bus, standing)
        telemetry.rebuilds(standing.cursor.seq)
    await read_ledger(bus, standing)
    return standing


async def _from_store(standing: Standing, store: HotStore) -> Loaded:
    try:
        loaded = await store.load()
        if loaded is None:  # the next leader is elected as one that rebuilds
            raise TransientError("the store was emptied after its cursor was read")
        await restore(standing, loaded)
    except ValueError as error:
        raise unreadable(error) from error
    return loaded


async def _fetch_packs(bus: Bus, standing: Standing) -> None:
    standing.packs = await fetch_packs(bus, sorted(set(standing.organisation.packs.values())))


async def read_ledger(bus: Bus, standing: Standing) -> None:
    """Note the ledger's end."""
    newest = await bus.last_on(f"{ROOT}.{RECORDED_SUBJECT}")
    fact = None if newest is None else decode(newest.data)
    if newest is not None and isinstance(fact, DecisionsRecorded):
        standing.recorded = fact
        standing.ledger = (newest.seq, fact.chain)


async def poison(bus: Bus) -> frozenset[Place]:
    """Return the places that every fold skips."""
    facts = (each.fact for each in await marked(bus, QUARANTINED))
    return frozenset(
        Place(fact.seq, fact.part)
        for fact in facts
        if isinstance(fact, FactQuarantined) and fact.where != "classify"
    )


async def marked(bus: Bus, subject: str) -> list[Stored]:
    """Return all facts on a subject that is seldom used. The log is scanned only if there are any."""
    newest = await bus.last_on(subject)
    if newest is None:
        return []
    found: list[Stored] = []
    for first in range(1, newest.seq + 1, PAGE):
        page = await bus.read(first, min(first + PAGE - 1, newest.seq))
        found += [
            Stored(each.seq, each.time, decode(each.data))
            for each in page
            if each.subject == subject
        ]
    return found


async def _reread_pending(bus: Bus, standing: Standing, values: Mapping[str, bytes]) -> None:
    """Fold what lies behind the cursor once more, aside, to see which items still wait."""
    cursor = standing.cursor
    messages = await bus.read(min(cursor.low_seq, cursor.seq), cursor.seq)
    stored = (await decoded(from_log(bus), messages, standing.skip)).stored
    now, low = read_times(values)
    aside = State().restore(decode_all(values), _seen_before(values, stored), low)
    await _fold_aside(bus, standing, aside, stored)
    waiting = {each.fact.item_id: each for each in aside.waiting if each.seq >= cursor.low_seq}
    if messages:
        standing.state.apply(Changes(waits=waiting), now or messages[-1].time)


def _seen_before(values: Mapping[str, bytes], stored: Sequence[Told]) -> bytes:
    """Return the marks without those of the facts that are read again."""
    again: set[bytes] = set()
    for each in (one for batch in stored for one in told_singly(batch)):
        match each.fact:
            case (
                ItemReceived(item_id=item_id, item_version=version)
                | Received(item_id=item_id, item_version=version)
            ):
                again |= {mark_of(item_id), mark_of(item_id, version)}
            case ItemEdited(item_id=item_id, item_version=version):
                again.add(mark_of(item_id, version))
            case ItemDeleted(item_id=item_id):
                again.add(mark_of(item_id, "", "deleted"))
            case _:
                pass
    marks = values.get(SEEN, b"")
    kept = (marks[at : at + 8] for at in range(0, len(marks), 8))
    return b"".join(mark for mark in kept if mark not in again)


async def _fold_aside(bus: Bus, standing: Standing, aside: State, stored: Sequence[Told]) -> None:
    while True:
        try:
            fold(aside, stored, standing.packs, standing.skip)
        except PackMissing as missing:
            standing.packs |= await fetch_packs(bus, missing.pack_hashes)
        else:
            return
