"""Return visits (回访): owed once a case is answered, where the pack's route asks for one.

The case is not closed without one; who was not satisfied has the case open again.
"""

from datetime import timedelta
from typing import Final

from services.respond.core.aggregates import Case, ClockKind, HistoryEntry
from services.respond.core.case import note
from services.respond.core.cases import reopen
from services.respond.core.clocks import drop, meet, owes, start
from services.respond.core.dues import KEEP_VISITS, Visit, VisitReminder
from services.respond.core.judging import Judgement
from services.respond.core.pages import page_for_breach
from services.respond.core.refusal import Refusal
from services.respond.core.replies import target_of
from services.respond.core.work import Work
from shared.contracts.dues import VisitRecorded
from shared.policy.checks.asking import asked
from shared.policy.checks.evaluate import Answered
from shared.policy.model import Pack
from shared.policy.routing import route_of

CLOCK: Final[ClockKind] = "return_visit"
REMINDED: Final = "return_visit_soon"
MAX_NOTE: Final = 2_000
_NO_RULE: Final = "switches.routes"


def follow(work: Work, case: Case) -> Case:
    """Return the case with the clock of its return visit running, or gone, as its route has it.

    Asked after an answer, and when its labels change.
    """
    pack, _ = work.pack_of(case.account_id)
    wanted = _wanted(pack, case) and _answered(case) and case.status != "resolved"
    running = any(clock.clock == CLOCK for clock in case.clocks)
    if wanted and not running:
        return _start(work, case, pack)
    return case if wanted else call_off(work, case)


def call_off(work: Work, case: Case) -> Case:
    """Return the case without a visit that nobody is owed any more."""
    if owes(case, CLOCK):
        work.drop(f"visit:{case.case_id}")
    return drop(work, case, CLOCK)


def record(work: Work, case: Case, fact: VisitRecorded) -> Case | Refusal:
    """Enter a visit. A satisfied answer ends what is owed, another opens the case again."""
    visited_at = fact.visited_at or work.at
    if not case.opened_at <= visited_at <= work.at:
        return Refusal("bad_time", "a visit lies between the opening of the case and now")
    if len(fact.note) > MAX_NOTE:
        return Refusal("bad_text", f"at most {MAX_NOTE} characters")
    if not _answered(case) and target_of(case) is not None:
        return Refusal("not_answered", "a return visit follows the answer: answer first")
    visit = Visit(
        at=work.at,
        visited_at=visited_at,
        person_id=fact.person_id,
        how=fact.how,
        outcome=fact.outcome,
        note=fact.note,
    )
    return _after(work, _entered(work, case, visit), visit)


def remind(work: Work, reminder: VisitReminder) -> None:
    """The time for it is nearly over: tell whoever is on duty."""
    work.drop(reminder.key)
    case = work.case(reminder.case_id)
    if case is not None and owes(case, CLOCK):
        page_for_breach(work, case, REMINDED)


def obstacle(work: Work, case: Case) -> Refusal | None:
    """Return why the case may not be closed yet, by the rule that says so."""
    pack, _ = work.pack_of(case.account_id)
    if not _wanted(pack, case) or _enough(pack, case):
        return None
    rules, title = _rule(work, pack, case)
    reason = f"{title}: record the return visit first (how, when, what came of it)"
    return Refusal("needs_return_visit", reason, rules=rules)


def _wanted(pack: Pack, case: Case) -> bool:
    route = route_of(pack.switches, case.labels, case.topics)
    return route is not None and route.return_visit


def _answered(case: Case) -> bool:
    """Tell whether a person has said anything in the case."""
    return any(not each.automatic for each in case.said)


def _start(work: Work, case: Case, pack: Pack) -> Case:
    rules = pack.switches.return_visits
    due_at = work.at + timedelta(minutes=rules.within_minutes)
    remind_at = due_at - timedelta(minutes=rules.remind_minutes)
    if remind_at > work.at:
        work.put(VisitReminder(case_id=case.case_id, remind_at=remind_at))
    return start(work, case, CLOCK, due_at)


def _entered(work: Work, case: Case, visit: Visit) -> Case:
    kept = (*case.dues.visits[1 - KEEP_VISITS :], visit)
    detail = f"{visit.how} {visit.note}".rstrip()
    entry = HistoryEntry(
        at=work.at, what=f"visit_{visit.outcome}", person_id=visit.person_id, detail=detail
    )
    return case.model_copy(
        update={
            "dues": case.dues.model_copy(update={"visits": kept}),
            "history": note(case, entry),
        }
    )


def _after(work: Work, case: Case, visit: Visit) -> Case:
    pack, _ = work.pack_of(case.account_id)
    if visit.outcome == "unsatisfied":
        judged = Judgement(case.labels, case.severity, opens_case=True)
        quiet = call_off(work, case)
        return reopen(work, quiet, quiet.items[-1], judged, by=visit.person_id)
    if not _enough(pack, case):
        return case
    if owes(case, CLOCK):
        work.drop(f"visit:{case.case_id}")
    done = meet(work, case, CLOCK, visit.person_id)
    if visit.outcome == "not_reached":
        return done
    heard = meet(work, done, "acknowledge", visit.person_id)
    return meet(work, heard, "first_reply", visit.person_id)


def _enough(pack: Pack, case: Case) -> bool:
    """Tell whether somebody was reached, or tried often enough, since the case was last opened."""
    since = min((clock.started_at for clock in case.clocks), default=case.opened_at)
    made = [each.outcome for each in case.dues.visits if each.at > since]
    return "satisfied" in made or made.count("not_reached") >= pack.switches.return_visits.tries


def _rule(work: Work, pack: Pack, case: Case) -> tuple[tuple[str, ...], str]:
    """Return ids and title of the rule that wants a visit; the route itself where there is none."""
    told = {"status": "closing", "accepted": True, "answered": True, "return_visit": None}
    for label in case.labels:
        for each in asked(pack, "case", {"label": label, **told}, work.at.date()):
            if _wants_visit(each):
                rule = each.ready.rule
                return (rule.id, *each.ready.ids), rule.title
    return (_NO_RULE,), "return_visit"


def _wants_visit(said: Answered) -> bool:
    missing = said.outcome.says.get("missing")
    names = missing if isinstance(missing, list) else [missing]
    return said.outcome.state == "hit" and CLOCK in names
