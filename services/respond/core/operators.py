"""What people ask for: authorised, decided once, answered with an outcome a retry gets again."""

from typing import assert_never

from services.respond.core import (
    alike,
    beside,
    case_work,
    claims,
    flows,
    house,
    incidents,
    models,
    policies,
    promises,
    replies,
    revisiting,
    sayings,
    signing,
    staff,
    taking_up,
)
from services.respond.core.aggregates import (
    OUTCOMES_KEPT,
    Case,
    OutcomeRing,
    Person,
    StoredOutcome,
)
from services.respond.core.decisions import OperationDecided
from services.respond.core.permissions import action_of, allowed
from services.respond.core.refusal import Refusal
from services.respond.core.sayings import SayingFact
from services.respond.core.suggest import take_draft
from services.respond.core.work import Work
from shared.contracts.dues import DuesFact
from shared.contracts.facts import OperatorFact
from shared.contracts.flows import FlowFact
from shared.contracts.guidance import ModelDrafted, PositionRequested
from shared.contracts.incidents import IncidentFact, IncidentJudged
from shared.contracts.operators import (
    CaseClaimed,
    CaseNoted,
    CaseReleased,
    CaseReopened,
    CaseResolved,
    ClaimJudged,
    ClaimOpened,
    LabelsCorrected,
    ModeChanged,
    ModelApproved,
    ModelProposed,
    ModelRolledBack,
    Outcome,
    OutgoingPaused,
    PageAcknowledged,
    PromiseSettled,
    ReplyApproved,
    ReplyDrafted,
    ReplyReturned,
    ReplySendRequested,
    ReplySettled,
    ReplySubmitted,
    ReplyUndone,
)
from shared.contracts.policy import PolicyFact
from shared.contracts.taking_up import ItemTakenUp

RecordFact = (
    CaseNoted | LabelsCorrected | ReplySettled | PromiseSettled | ClaimOpened | ClaimJudged
)
PlainCaseOperation = (
    CaseClaimed
    | CaseReleased
    | ReplyDrafted
    | ReplySubmitted
    | ReplyApproved
    | ReplyReturned
    | ReplySendRequested
    | ReplyUndone
    | CaseResolved
    | CaseReopened
    | RecordFact
)
CaseOperation = PlainCaseOperation | PositionRequested | ModelDrafted | FlowFact | DuesFact
_ON_RESOLVED = (CaseReopened, RecordFact, DuesFact)


def operate(work: Work, fact: OperatorFact) -> None:
    """Do or refuse what was asked, and keep the outcome. A retry changes nothing."""
    if work.get(f"outcome:{fact.op_id}", StoredOutcome) is not None:
        return
    place = len(work.decisions)
    refusal = _authorise(work, fact) or _perform(work, fact)
    outcome = Outcome(
        op_id=fact.op_id,
        accepted=refusal is None,
        code=refusal.code if refusal else "ok",
        reason=refusal.reason if refusal else "",
        detail=refusal.detail() if refusal else {},
    )
    case_id = case_of(fact)
    case = work.case(case_id)
    answer = OperationDecided(
        at=work.at,
        account_id=case.account_id if case else "",
        op_id=fact.op_id,
        operation=fact.kind,
        person_id=fact.person_id,
        accepted=outcome.accepted,
        code=outcome.code,
        case_id=case_id,
    )
    work.decisions.insert(place, answer)
    _keep(
        work,
        StoredOutcome(
            outcome=outcome,
            operation=fact.kind,
            person_id=fact.person_id,
            case_id=case_id,
            at=work.at,
        ),
    )


HouseFact = (
    PageAcknowledged
    | ModeChanged
    | OutgoingPaused
    | ModelProposed
    | ModelApproved
    | ModelRolledBack
)
HouseOperation = HouseFact | SayingFact | ItemTakenUp


def case_of(fact: OperatorFact) -> str:
    """Return the case that is asked about; "" where it is something else."""
    return "" if isinstance(fact, HouseOperation | PolicyFact | IncidentFact) else fact.case_id


def _authorise(work: Work, fact: OperatorFact) -> Refusal | None:
    person = work.get(f"person:{fact.person_id}", Person)
    if (
        person is None
        or not person.registered.active
        or not allowed(action_of(fact), person.registered.roles)
    ):
        return Refusal("not_allowed", "your role does not allow this")
    return None


def _perform(work: Work, fact: OperatorFact) -> Refusal | None:
    if isinstance(fact, IncidentFact):
        return _about_incident(work, fact)
    if isinstance(fact, PolicyFact):
        return policies.operate(work, fact)
    if isinstance(fact, SayingFact):
        return sayings.operate(work, fact)
    if isinstance(fact, ItemTakenUp):
        return taking_up.take_up(work, fact)
    return _on_house(work, fact) if isinstance(fact, HouseFact) else _on_case(work, fact)


def _about_incident(work: Work, fact: IncidentFact) -> Refusal | None:
    refusal = incidents.operate(work, fact)
    if refusal is None and isinstance(fact, IncidentJudged):
        staff.on_judged(work, fact)
    return refusal


def _on_house(work: Work, fact: HouseFact) -> Refusal | None:
    match fact:
        case PageAcknowledged():
            return house.acknowledge(work, fact)
        case ModeChanged():
            return house.change_mode(work, fact)
        case OutgoingPaused():
            return house.pause(work, fact)
        case ModelProposed():
            return models.propose(work, fact)
        case ModelApproved():
            return models.approve(work, fact)
        case ModelRolledBack():
            return models.roll_back(work, fact)
        case _:
            assert_never(fact)


def _on_case(work: Work, fact: CaseOperation) -> Refusal | None:
    case = work.case(fact.case_id)
    if case is None:
        return Refusal("not_found", "there is no such case, or it is in the archive")
    if case.status == "resolved" and not isinstance(fact, _ON_RESOLVED):
        return Refusal("case_resolved", "the case is closed; reopen it first")
    done = _done(work, case, fact)
    if isinstance(done, Refusal):
        return done
    if done is not None:
        work.put(done)
    if isinstance(fact, alike.Wide) and fact.alike:
        alike.widen(work, case, fact)
    return None


def _done(work: Work, case: Case, fact: CaseOperation) -> Case | Refusal | None:
    if isinstance(fact, FlowFact):
        return flows.operate(work, case, fact)
    if isinstance(fact, DuesFact):
        return beside.operate(work, case, fact)
    if isinstance(fact, PositionRequested | ModelDrafted):
        return _about_guidance(work, case, fact)
    return _about_case(work, case, fact)


def _about_guidance(
    work: Work, case: Case, fact: PositionRequested | ModelDrafted
) -> Case | Refusal | None:
    if isinstance(fact, PositionRequested):
        return revisiting.request(work, case, fact)
    return take_draft(work, case, fact)


def _about_case(work: Work, case: Case, fact: PlainCaseOperation) -> Case | Refusal | None:
    if isinstance(fact, RecordFact):
        return _about_record(work, case, fact)
    match fact:
        case CaseClaimed():
            return case_work.claim(work, case, fact)
        case CaseReleased():
            return case_work.release(work, case, fact)
        case CaseResolved():
            return case_work.resolve(work, case, fact)
        case CaseReopened():
            return case_work.open_again(work, case, fact)
        case _:
            done = _about_reply(work, case, fact)
            return done if isinstance(done, Refusal) else signing.follow(work, done)


def _about_record(work: Work, case: Case, fact: RecordFact) -> Case | Refusal | None:
    match fact:
        case CaseNoted():
            return case_work.add_note(work, case, fact)
        case LabelsCorrected():
            return case_work.correct(work, case, fact)
        case ReplySettled():
            return case_work.settle(work, case, fact)
        case PromiseSettled():
            return promises.settle(work, case, fact)
        case ClaimOpened():
            return claims.open_claim(work, case, fact)
        case ClaimJudged():
            return claims.judge_claim(work, case, fact)
        case _:
            assert_never(fact)


def _about_reply(
    work: Work,
    case: Case,
    fact: ReplyDrafted
    | ReplySubmitted
    | ReplyApproved
    | ReplyReturned
    | ReplySendRequested
    | ReplyUndone,
) -> Case | Refusal:
    match fact:
        case ReplyDrafted():
            return replies.draft(work, case, fact)
        case ReplySubmitted():
            return replies.submit(work, case, fact)
        case ReplyApproved():
            return replies.approve(work, case, fact)
        case ReplyReturned():
            return replies.give_back(work, case, fact)
        case ReplySendRequested():
            return replies.send(work, case, fact)
        case ReplyUndone():
            return replies.undo(work, case, fact)
        case _:
            assert_never(fact)


def _keep(work: Work, stored: StoredOutcome) -> None:
    place = work.total("operations") % OUTCOMES_KEPT
    older = work.get(f"ring:{place}", OutcomeRing)
    if older is not None:
        work.drop(f"outcome:{older.op_id}")
    work.put(OutcomeRing(place=place, op_id=stored.outcome.op_id), stored)
    work.count("operations")
