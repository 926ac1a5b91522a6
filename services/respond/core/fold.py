"""Folds a batch of stored facts into the state; the same code for the live leader and replay."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.respond.core.aggregates import Case, Organisation, PendingItem
from services.respond.core.decisions import Decision, chain, line
from services.respond.core.state import Aggregate, Changes, State
from services.respond.core.step import Step, step
from shared.contracts.facts import Stored
from shared.contracts.items import ItemClassified
from shared.contracts.org import PolicyActivated
from shared.policy.model import Pack


class PackMissing(Exception):  # noqa: N818  what is missing, not a failure
    """Packs with these hashes must be loaded before this batch can be folded; nothing was."""

    def __init__(self, pack_hashes: tuple[str, ...]) -> None:
        super().__init__(", ".join(pack_hashes))
        self.pack_hashes = pack_hashes


class Place(NamedTuple):
    """A fact, or one verdict of a batch of them."""

    seq: int
    part: int | None = None


class Poison(NamedTuple):
    """What could not be folded, and why."""

    place: Place
    error: str


@dataclass(slots=True)
class Folded:
    """All that a batch changed, ready for one commit.

    `puts` holds persisted aggregates only (None deletes). `due` maps case ids to the epoch second
    at which the case next owes something (None: not in the queue). `quarantined` are the facts on
    which `step` raised. `chain` is the digest after these lines ("" if none).
    """

    puts: dict[str, Aggregate | None] = field(default_factory=dict)
    seen: list[bytes] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    quarantined: list[Poison] = field(default_factory=list)
    due: dict[str, float | None] = field(default_factory=dict)
    chain: str = ""

    def take(self, done: Step) -> None:
        """Merge one step into the batch."""
        for key, fresh in done.changes.puts.items():
            if key.startswith("pending:"):
                continue
            self.puts[key] = fresh
            if isinstance(fresh, Case):
                self.due[fresh.case_id] = fresh.queue_due()
        self.seen += done.changes.seen
        self.decisions += done.decisions
        self.lines += map(line, done.decisions)


def fold(
    state: State,
    stored: Sequence[Stored],
    packs: Mapping[str, Pack],
    skip: AbstractSet[Place] = frozenset(),
) -> Folded:
    """Apply the facts one by one to `state` and return the merged result.

    Places in `skip` were quarantined before and are passed over. A batch of verdicts that cannot
    be folded is folded verdict by verdict, so that one of them does not take the others along.
    Raises PackMissing before anything is applied.
    """
    _need_packs(state, stored, packs)
    folded = Folded()
    apart = {place.seq for place in skip}
    for each in stored:
        if Place(each.seq) in skip:
            continue
        if each.seq in apart or not _took(state, each, packs, folded):
            for place, single in _singles(each):
                if place not in skip:
                    _took(state, single, packs, folded, place)
    _write_organisation(state, folded)
    return folded


def _took(
    state: State,
    stored: Stored,
    packs: Mapping[str, Pack],
    folded: Folded,
    place: Place | None = None,
) -> bool:
    """Fold one fact; False if it raised and may be taken apart. With `place` it is poison."""
    try:
        done = step(state, stored, packs)
    except Exception as error:  # noqa: BLE001  the one place where a bug becomes a fact
        if place is not None:
            folded.quarantined.append(Poison(place, f"{type(error).__name__}: {error}"[:500]))
        return False
    state.apply(done.changes, _now(state, stored))
    folded.take(done)
    return True


def _singles(stored: Stored) -> Iterator[tuple[Place, Stored]]:
    """Yield a batch of verdicts one by one, any other fact as it is."""
    fact = stored.fact
    if not isinstance(fact, ItemClassified):
        yield Place(stored.seq), stored
        return
    for part, verdict in enumerate(fact.verdicts):
        single = ItemClassified(verdicts=(verdict,))
        yield Place(stored.seq, part), Stored(seq=stored.seq, time=stored.time, fact=single)


def low_seq(state: State, cursor_seq: int) -> int:
    """Return the oldest sequence a fresh leader must re-read to know what waits for a verdict."""
    oldest = state.oldest_waiting()
    return oldest.seq if isinstance(oldest, PendingItem) else cursor_seq + 1


def _write_organisation(state: State, folded: Folded) -> None:
    """Bring the counters and the running digest up to date, beside the state they belong to."""
    counts = state.take_counts()
    if state.now is None or not (counts or folded.lines):
        return
    standing = state.get(Organisation.KEY, Organisation) or Organisation()
    fresh: dict[str, object] = {name: getattr(standing, name) + by for name, by in counts.items()}
    if folded.lines:
        fresh["chain"] = folded.chain = chain(standing.chain, folded.lines)
    organisation = standing.model_copy(update=fresh)
    folded.puts[organisation.key] = organisation
    state.apply(Changes({organisation.key: organisation}), state.now)


def _now(state: State, stored: Stored) -> datetime:
    return stored.time if state.now is None else max(stored.time, state.now)


def _need_packs(state: State, stored: Sequence[Stored], packs: Mapping[str, Pack]) -> None:
    organisation = state.get(Organisation.KEY, Organisation)
    needed = set(organisation.packs.values()) if organisation else set()
    needed |= {each.fact.pack_hash for each in stored if isinstance(each.fact, PolicyActivated)}
    if missing := tuple(sorted(needed - packs.keys())):
        raise PackMissing(missing)
