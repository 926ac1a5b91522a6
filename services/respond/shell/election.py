"""How a process becomes the leader, and from which place it starts to fold."""

from dataclasses import dataclass
from hashlib import sha256

from services.respond.shell.office import Office
from shared.bus.ancestry import holds
from shared.bus.port import Bus, LogState, outgoing
from shared.contracts.subjects import LEADER_SUBJECT
from shared.contracts.system import LeaderElected
from shared.store.port import Cursor, HotStore, StaleTermError


@dataclass(frozen=True, slots=True)
class Mandate:
    """A term, and whether to start from the store; if not: a snapshot, and the rest of the log.

    `log` is the log as it was before. `mismatch` says why the hot state could not be trusted
    (invariant 12), empty if it could. `rebuilt_to` is None for the first leader of a log.
    """

    term: int
    log: LogState
    from_store: bool
    mismatch: str = ""
    rebuilt_to: int | None = None


class UnreadableStateError(Exception):
    """What the store holds is damaged: the next leader must build it anew from the log."""


async def take_office(bus: Bus, store: HotStore, office: Office, distrust: str = "") -> Mandate:
    """Append `leader.elected` behind the newest one; its sequence is the term.

    `distrust` says why the hot state must be built anew, whatever it holds.
    Raises FencedError when another process was faster, UnreadableStateError.
    """
    log = await bus.state()
    cursor = None if distrust else await store.cursor()
    mismatch = distrust if cursor is None else await compare(bus, cursor, log)
    rebuild = cursor is None or bool(mismatch)
    previous = await bus.last_on(LEADER_SUBJECT)
    fact = LeaderElected(
        holder=office.holder,
        previous_term=0 if previous is None else previous.seq,
        rebuilt_to=log.last_seq if rebuild and previous is not None else None,
    )
    [ack] = await bus.publish([outgoing(fact, term=fact.previous_term)])
    term = ack.seq or await _newest_term(bus)
    try:
        await store.take_office(term)
    except StaleTermError:
        # The store knows a higher term than the log: it belongs to a log that is no more.
        if await _newest_term(bus) == term:
            await store.reset(term, anew=True)
        if not rebuild:
            raise
    if rebuild:
        await store.reset(term)
    office.begin(term)
    return Mandate(term, log, not rebuild, mismatch, fact.rebuilt_to)


def unreadable(error: ValueError) -> UnreadableStateError:
    """Say what kind of damage it is; never what stood there."""
    return UnreadableStateError(f"the working state is damaged: {type(error).__name__}")


async def compare(bus: Bus, cursor: Cursor, log: LogState) -> str:
    """Return why the log is not the one the cursor was taken from; empty if it is.

    A log restored from a backup is the one it was, up to there.
    """
    if cursor.incarnation != log.incarnation and not await holds(
        bus, cursor.incarnation, cursor.seq
    ):
        return "the stream was made anew"
    if cursor.seq > log.last_seq:
        return f"the log ends at {log.last_seq}, the cursor stands at {cursor.seq}"
    for message in await bus.read(cursor.seq, cursor.seq):
        if fact_hash(message.data) != cursor.fact_hash:
            return f"the fact at {cursor.seq} is another one"
    return ""


def fact_hash(data: bytes) -> str:
    """Return the hash by which a cursor knows the fact it stands on."""
    return sha256(data).hexdigest()


async def _newest_term(bus: Bus) -> int:
    newest = await bus.last_on(LEADER_SUBJECT)
    return 0 if newest is None else newest.seq
