"""Rumours and what the rules treat alike: held, told to who decides, decided by a person, never lost."""

from datetime import timedelta
from typing import Final

from services.respond.core.aggregates import Case, HistoryEntry, Person
from services.respond.core.case import note
from services.respond.core.clocks import drop, start, start_clocks
from services.respond.core.flow import Hold, HoldMoved, HoldStatus
from services.respond.core.judging import Judgement
from services.respond.core.organisation import speaks_for
from services.respond.core.refusal import Refusal
from services.respond.core.telling import tell, untell
from services.respond.core.weights import conditions
from services.respond.core.work import Work
from shared.contracts.flows import HoldDecided, HoldDecision
from shared.contracts.org import Role
from shared.policy.model import Pack
from shared.policy.routing import decider_of, policy_of, rule_for

HELD: Final = "held"
HELD_LATE: Final = "held_late"
_BECOMES: Final[dict[HoldDecision, HoldStatus]] = {
    "reported_up": "reported",
    "proceed": "released",
    "stay_silent": "silent",
}
_LEADS: Final = frozenset({Role.LEAD, Role.ADMIN})


def hold(work: Work, case: Case) -> Case:
    """Return the case as its rules hold it now: a hold begins, goes on, or is over."""
    pack, _ = work.pack_of(case.account_id)
    policy = policy_of(pack, case.labels, case.topics)
    known = case.flow.hold
    if policy is None or policy == "clarify":
        return case if known is None else _over(work, case, known)
    if known is None or known.policy != policy:
        to = decider_of(pack.switches, case.labels, case.topics)
        return _begin(work, case, pack, Hold(policy=policy, to=to, rule=rule_for(pack, policy)))
    return drop(work, case, "first_reply") if known.status == "silent" else case


def decide(work: Work, case: Case, fact: HoldDecided) -> Case | Refusal:
    """Take what the person who may decide says of a held case; the reply's own way begins after."""
    known = case.flow.hold
    if known is None:
        return Refusal("not_held", "nothing is held in this case")
    if not may_decide(work, fact.person_id, known.to):
        return Refusal("wrong_post", f"{known.to} decides on this", known.to)
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why, or what was said from above")
    becomes = _BECOMES[fact.decision]
    if (refusal := _fits(known, becomes)) is not None:
        return refusal
    decided = {
        "status": becomes,
        "decided_by": fact.person_id,
        "decided_at": work.at,
        "reason": fact.reason,
    }
    fresh = known.model_copy(update=decided)
    _moved(work, case, fresh, becomes, fact.person_id)
    _untell(work, case, known, fact.person_id)
    what = f"hold_{becomes}"
    told = HistoryEntry(at=work.at, what=what, person_id=fact.person_id, detail=fact.reason)
    return _owing(work, _with(case, fresh, told), becomes)


def _owing(work: Work, case: Case, becomes: HoldStatus) -> Case:
    """Return the case with an answer owed to nobody once it is to be silent, and owed again after."""
    if becomes == "silent":
        return drop(work, case, "first_reply")
    has_clock = any(each.clock == "first_reply" for each in case.clocks)
    if becomes != "released" or has_clock or case.dues.staff:
        return case
    pack, _ = work.pack_of(case.account_id)
    judged = Judgement(case.labels, case.severity, opens_case=True)
    where = (case.platform, case.account_id)
    values = conditions(work, where, case.items[-1], judged, case)
    _, first_reply = start_clocks(pack, work.at, values)
    return start(work, case, "first_reply", first_reply.due_at)


def late(work: Work, case: Case) -> None:
    """Nobody has decided in time: say so, louder."""
    known = next(filter(None, (case.flow.hold,)))
    fresh = known.model_copy(update={"late": True})
    told = HistoryEntry(at=work.at, what="hold_late", detail=known.to)
    work.put(_with(case, fresh, told))
    tell(work, case, HELD_LATE, known.to, known.to)
    _moved(work, case, fresh, "late")


def may_decide(work: Work, person_id: str, post: str) -> bool:
    """Tell whether a person is of the post that decides; where nobody is, a lead decides."""
    people = [each for each in work.under("person") if isinstance(each, Person)]
    of_post = {each.registered.person_id for each in people if speaks_for(each, post)}
    if of_post:
        return person_id in of_post
    person = work.get(f"person:{person_id}", Person)
    return person is not None and not _LEADS.isdisjoint(person.registered.roles)


def _fits(known: Hold, becomes: HoldStatus) -> Refusal | None:
    if becomes == known.status or (becomes == "reported" and known.status != "open"):
        return Refusal("already_decided", "that was decided already")
    if becomes == "reported" and known.policy != "report_up":
        return Refusal("not_reported_up", "the rules ask for a decision here, not for a report")
    if becomes == "released" and known.policy == "report_up" and known.status == "open":
        return Refusal("report_first", f"report it to {known.to} first", known.to)
    return None


def _begin(work: Work, case: Case, pack: Pack, known: Hold) -> Case:
    due_at = work.at + timedelta(minutes=pack.switches.rumour_minutes)
    fresh = known.model_copy(update={"due_at": due_at, "late": False})
    tell(work, case, HELD, fresh.to, fresh.to)
    _moved(work, case, fresh, "open")
    return _with(case, fresh, HistoryEntry(at=work.at, what="held", detail=fresh.to))


def _over(work: Work, case: Case, known: Hold) -> Case:
    _untell(work, case, known, "")
    _moved(work, case, known, "over")
    told = HistoryEntry(at=work.at, what="hold_over")
    flow = case.flow.model_copy(update={"hold": None})
    free = case.model_copy(update={"flow": flow, "history": note(case, told)})
    return _owing(work, free, "released") if known.status == "silent" else free


def settle(work: Work, case: Case, by: str) -> None:
    """Take a case that is closed off the pages that told of it."""
    if case.flow.hold is not None:
        _untell(work, case, case.flow.hold, by)


def _untell(work: Work, case: Case, known: Hold, by: str) -> None:
    for reason in (HELD, HELD_LATE):
        untell(work, case, reason, known.to, by)


def _with(case: Case, fresh: Hold, told: HistoryEntry) -> Case:
    flow = case.flow.model_copy(update={"hold": fresh})
    return case.model_copy(update={"flow": flow, "history": note(case, told)})


def _moved(work: Work, case: Case, known: Hold, status: str, person_id: str = "") -> None:
    told = {
        "at": work.at,
        "account_id": case.account_id,
        "case_id": case.case_id,
        "policy": known.policy,
        "status": status,
        "to": known.to,
        "person_id": person_id,
        "due": known.due_at if status == "open" else None,
    }
    work.decide(HoldMoved.model_validate(told))
