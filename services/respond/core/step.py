"""The one door: a state, a stored fact and the packs in; changes and decisions out; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, assert_never

from services.respond.core import effects, items, leaders, models, operators, org, restored
from services.respond.core.decisions import Decision
from services.respond.core.pages import page_for_poison
from services.respond.core.state import Changes, State
from services.respond.core.timers import fire_due
from services.respond.core.work import Work
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import Fact, OperatorFact, OrgFact, PostFact, SystemFact, Told
from shared.contracts.items import ItemClassified, ItemDeleted, ItemEdited, ItemReceived
from shared.contracts.org import (
    AccountRegistered,
    ModelActivated,
    PersonRegistered,
    PolicyActivated,
    RosterSet,
)
from shared.contracts.posts import PostSeen
from shared.contracts.received import Received, ReceivedBatch
from shared.contracts.system import (
    ClockTicked,
    DecisionsRecorded,
    EffectFinished,
    EffectStarted,
    FactQuarantined,
    FactReleased,
    LeaderElected,
    LogRestored,
    ModelChosen,
    SegmentSealed,
    SourceReported,
)
from shared.policy.model import Pack


class Step(NamedTuple):
    """What a run of facts changes and what was decided on it, in order, and the time it ends at."""

    changes: Changes
    decisions: tuple[Decision, ...]
    now: datetime


def step(state: State, stored: Sequence[Told], packs: Mapping[str, Pack]) -> Step:
    """For each fact: fire every timer that is due, in its own time; apply it; then what it armed.

    A run of facts costs less than each alone, and means the same: either all of it or, if one of
    them raises, nothing. `packs` are keyed by content hash. Raises only on bugs; `fold`
    quarantines such facts. `stored` is not empty.
    """
    work = Work(state, packs, stored[0].time if state.now is None else state.now)
    for each in stored:
        work.enter(each.seq, each.time)
        if work.may_be_due():
            fire_due(work)
        _apply(work, each.fact)
        if work.may_be_due():
            fire_due(work)
    return Step(work.finish(), tuple(work.decisions), work.now)


def _apply(work: Work, fact: Fact | Received | ReceivedBatch) -> None:
    match fact:
        case Received() | ItemReceived():
            items.received(work, fact)
        case ReceivedBatch() | ItemBatch():
            items.received_together(work, fact.items)
        case ItemClassified():
            for _ in items.classified(work, fact):  # between two verdicts, as if they came apart
                fire_due(work)
        case ItemEdited():
            items.edited(work, fact)
        case ItemDeleted():
            items.deleted(work, fact)
        case _:
            _apply_other(work, fact)


def _apply_other(work: Work, fact: PostFact | OperatorFact | OrgFact | SystemFact) -> None:
    if isinstance(fact, OperatorFact):
        operators.operate(work, fact)
    elif isinstance(fact, OrgFact):
        _apply_org(work, fact)
    elif isinstance(fact, SystemFact):
        _apply_system(work, fact)
    elif isinstance(fact, PostSeen):
        org.see_post(work, fact)


def _apply_org(work: Work, fact: OrgFact) -> None:
    match fact:
        case AccountRegistered():
            org.register_account(work, fact)
        case PersonRegistered():
            org.register_person(work, fact)
        case RosterSet():
            org.set_roster(work, fact)
        case PolicyActivated():
            org.activate_policy(work, fact)
        case ModelActivated():
            models.activate(work, fact)
        case _:
            assert_never(fact)


def _apply_system(work: Work, fact: SystemFact) -> None:
    match fact:
        case LeaderElected():
            leaders.take_office(work, fact)
        case EffectStarted():
            effects.started(work, fact)
        case EffectFinished():
            effects.finished(work, fact)
        case LogRestored():
            restored.restore(work, fact)
        case SourceReported():
            org.report_source(work, fact)
        case FactQuarantined():
            work.count("quarantined")
            page_for_poison(work)
        case (
            ClockTicked() | DecisionsRecorded() | FactReleased() | ModelChosen() | SegmentSealed()
        ):
            pass
        case _:
            assert_never(fact)
