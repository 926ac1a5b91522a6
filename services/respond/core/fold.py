"""Folds a batch of stored facts into the state; the same code for the live leader and replay."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from services.respond.core.aggregates import Case, Organisation, PolicyRegister
from services.respond.core.decisions import Decision, lines
from services.respond.core.rates import grown
from services.respond.core.state import Aggregate, Changes, State
from services.respond.core.step import Step, step
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Fact, Stored, Told, told_singly
from shared.contracts.items import ItemClassified
from shared.contracts.org import PolicyActivated
from shared.contracts.policy import PolicyFactBase, packs_named, packs_needed
from shared.contracts.received import ReceivedBatch
from shared.contracts.system import FactReleased
from shared.contracts.verdicts import Verdict
from shared.policy.model import Pack

_OF_PACKS = (PolicyActivated, PolicyFactBase)


class PackMissing(Exception):  # noqa: N818  what is missing, not a failure
    """Packs with these hashes must be loaded before this batch can be folded; nothing was."""

    def __init__(self, pack_hashes: tuple[str, ...]) -> None:
        super().__init__(", ".join(pack_hashes))
        self.pack_hashes = pack_hashes


class Place(NamedTuple):
    """A fact, or one item or verdict of a batch of them."""

    seq: int
    part: int | None = None


class Poison(NamedTuple):
    """What could not be folded, and why."""

    place: Place
    error: str


@dataclass(slots=True)
class Folded:
    """All that a batch changed, ready for one commit.

    `due` maps case ids to the epoch second
    at which the case next owes something (None: not in the queue). `quarantined` are the facts on
    which `step` raised.
    """

    puts: dict[str, Aggregate | None] = field(default_factory=dict)
    seen: list[bytes] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    quarantined: list[Poison] = field(default_factory=list)
    due: dict[str, float | None] = field(default_factory=dict)

    def take(self, done: Step) -> None:
        """Merge one run into the batch."""
        for key, fresh in done.changes.puts.items():
            self.puts[key] = fresh
            if type(fresh) is Case:  # of a model, `isinstance` asks in Python
                self.due[fresh.case_id] = fresh.queue_due()
        self.seen += done.changes.seen
        self.decisions += done.decisions
        self.lines += lines(done.decisions)


def fold(
    state: State,
    stored: Sequence[Told],
    packs: Mapping[str, Pack],
    skip: AbstractSet[Place] = frozenset(),
) -> Folded:
    """Apply the facts in order to `state` and return the merged result.

    Places in `skip` were quarantined before and are passed over. All is folded in one run; if that
    raises, fact by fact, and a batch of items or verdicts then one by one, so that one of them does
    not take the others along.
    Raises PackMissing before anything is applied.
    """
    _need_packs(state, stored, packs)
    folded = Folded()
    apart = {place.seq for place in skip}
    for run in _runs(stored, apart):
        if run[0].seq in apart or not _took(state, run, packs, folded):
            _one_by_one(state, run, packs, folded, skip)
    _write_organisation(state, folded)
    _write_rates(state, folded)
    return folded


def _runs(stored: Sequence[Told], apart: AbstractSet[int]) -> Iterator[Sequence[Told]]:
    """Cut so that what was quarantined before, or holds such a part, is a run of its own."""
    run: list[Told] = []
    for each in stored:
        if each.seq not in apart:
            run.append(each)
            continue
        if run:
            yield run
        yield (each,)
        run = []
    if run:
        yield run


def _one_by_one(
    state: State,
    run: Sequence[Told],
    packs: Mapping[str, Pack],
    folded: Folded,
    skip: AbstractSet[Place],
) -> None:
    """Fold fact by fact, and a fact that raises part by part, so that only the poison is lost."""
    for each in run:
        if Place(each.seq) in skip:
            continue
        whole = not any(place.seq == each.seq for place in skip)
        if whole and len(run) > 1 and _took(state, (each,), packs, folded):
            continue
        for place, single in _singles(each):
            if place not in skip:
                _took(state, (single,), packs, folded, place)


def _took(
    state: State,
    run: Sequence[Told],
    packs: Mapping[str, Pack],
    folded: Folded,
    place: Place | None = None,
) -> bool:
    """Fold a run; False if it raised and may be taken apart. With `place` it is poison."""
    try:
        done = step(state, run, packs)
    except Exception as error:  # noqa: BLE001  the one place where a bug becomes a fact
        if place is not None:
            folded.quarantined.append(Poison(place, f"{type(error).__name__}: {error}"[:500]))
        return False
    state.apply(done.changes, done.now)
    folded.take(done)
    return True


def _singles(stored: Told) -> Iterator[tuple[Place, Told]]:
    """Yield a batch of items or verdicts one by one, any other fact as it is."""
    fact = stored.fact
    if isinstance(fact, ItemClassified):
        for part, verdict in enumerate(fact.verdicts):
            single = Stored(seq=stored.seq, time=stored.time, fact=_alone(verdict))
            yield Place(stored.seq, part), single
    elif isinstance(fact, ReceivedBatch | ItemBatch):
        for part, item in enumerate(told_singly(stored)):
            yield Place(stored.seq, part), item
    else:
        yield Place(stored.seq), stored


def _alone(verdict: Verdict) -> ItemClassified:
    return ItemClassified.of([(verdict.item_id, verdict.item_version)], (verdict,))


def released(seq: int, time: datetime, release: FactReleased, original: Fact) -> Stored | None:
    """Return what a release means: the quarantined fact, or its one part, now and here."""
    if release.part is None:
        return Stored(seq=seq, time=time, fact=original)
    part = next(islice(_parts(original), release.part, None), None)
    return None if part is None else Stored(seq=seq, time=time, fact=part)


def _parts(fact: Fact) -> Iterator[Fact]:
    if isinstance(fact, ItemClassified):
        yield from map(_alone, fact.verdicts)
    elif isinstance(fact, ItemBatch):
        yield from fact.items


def low_seq(state: State, cursor_seq: int) -> int:
    """Return the oldest sequence a fresh leader must re-read to know what waits for a verdict."""
    oldest = state.waiting.oldest()
    return cursor_seq + 1 if oldest is None else oldest.seq


def _write_organisation(state: State, folded: Folded) -> None:
    """Bring the counters up to date, beside the state they belong to."""
    counts = state.take_counts()
    if state.now is None or not counts:
        return
    standing = state.get(Organisation.KEY, Organisation) or Organisation()
    organisation = standing.model_copy(
        update={name: getattr(standing, name) + by for name, by in counts.items()}
    )
    folded.puts[organisation.key] = organisation
    state.apply(Changes({organisation.key: organisation}), state.now)


def _write_rates(state: State, folded: Folded) -> None:
    """Bring what is counted by the hour up to date."""
    tallied = state.take_rates()
    if state.now is None or not tallied:
        return
    changes = grown(state, tallied)
    folded.puts |= changes.puts
    state.apply(changes, state.now)


def _need_packs(state: State, stored: Sequence[Told], packs: Mapping[str, Pack]) -> None:
    organisation = state.get(Organisation.KEY, Organisation)
    register = state.get(PolicyRegister.KEY, PolicyRegister) or PolicyRegister()
    needed = set(organisation.packs.values()) if organisation else set()
    needed |= set(register.shadows.values())
    others = (each.fact for each in stored if isinstance(each, Stored))
    about = [each for each in others if isinstance(each, _OF_PACKS)]
    if about:
        known = register.known() | {name for each in about for name in packs_named(each)}
        needed |= known & {name for each in about for name in packs_needed(each)}
    if missing := tuple(sorted(needed - packs.keys())):
        raise PackMissing(missing)
