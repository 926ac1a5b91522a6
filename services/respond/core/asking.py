"""Questions inside the house: who asked whom what, by when, and what was answered; none is forgotten."""

from datetime import timedelta
from typing import Final

from services.respond.core.aggregates import Case, HistoryEntry, Person
from services.respond.core.case import note
from services.respond.core.flow import ASKS_KEPT, Ask, AskMoved, AskStatus
from services.respond.core.organisation import speaks_for
from services.respond.core.pages import is_of, on_duty
from services.respond.core.refusal import Refusal
from services.respond.core.telling import tell, untell
from services.respond.core.work import Work
from shared.contracts.flows import InformationAnswered, InformationAsked
from shared.contracts.ids import token

ASKED: Final = "asked"
REMIND: Final = "remind"
UNANSWERED: Final = "unanswered"
OF_MOST, QUESTION_MOST, ANSWER_MOST = 40, 500, 2_000
LONGEST_MINUTES: Final = 60 * 24 * 7


def ask(work: Work, case: Case, fact: InformationAsked) -> Case | Refusal:
    """Ask a department or a colleague; its time is the pack's unless the person said another."""
    if (wrong := _wrong(work, case, fact)) is not None:
        return wrong
    pack, _ = work.pack_of(case.account_id)
    minutes = pack.switches.ask_minutes if fact.minutes is None else fact.minutes
    fresh = Ask(
        ask_id=token("ask", case.case_id, fact.op_id),
        of=_of(work, fact),
        of_person=fact.of_person,
        question=fact.question,
        asked_by=fact.person_id,
        asked_at=work.at,
        due_at=work.at + timedelta(minutes=minutes),
    )
    return _asked(work, case, fresh)


def ask_for_opinion(work: Work, case: Case) -> Case:
    """Ask the department that proposes the words of replies, once, when its case comes."""
    of = case.flow.opinion_from
    if not of and not case.flow.asks:
        return case
    asked = case.model_copy(update={"flow": case.flow.asking_only(of)})
    left = (each for each in case.flow.open_asks if each not in asked.flow.open_asks)
    for each in left:
        _moved(work, case, each, "over")
        _untell(work, asked, each, "")
    if not of or asked.flow.opinion() is not None:
        return asked
    pack, _ = work.pack_of(case.account_id)
    fresh = Ask(
        ask_id=token("ask", case.case_id, of, str(case.reopened)),
        kind="opinion",
        of=of,
        asked_at=work.at,
        due_at=work.at + timedelta(minutes=pack.switches.opinion_minutes),
    )
    return _asked(work, asked, fresh)


def answer(work: Work, case: Case, fact: InformationAnswered) -> Case | Refusal:
    """Keep the answer and who gave it; an opinion comes from its own department."""
    meant = next((each for each in case.flow.asks if each.ask_id == fact.ask_id), None)
    if meant is None:
        return Refusal("not_found", "nobody asked this here")
    if not meant.is_open:
        return Refusal("already_answered", "this was answered already")
    if not fact.text.strip() or len(fact.text) > ANSWER_MOST:
        return Refusal("bad_text", f"between 1 and {ANSWER_MOST} characters")
    if meant.kind == "opinion" and not _may_propose(work, fact.person_id, meant.of):
        return Refusal("wrong_post", f"{meant.of} proposes the words", meant.of)
    known = {"answer": fact.text, "answered_by": fact.person_id, "answered_at": work.at}
    fresh = meant.model_copy(update=known)
    _moved(work, case, fresh, "answered", fact.person_id)
    told = HistoryEntry(
        at=work.at, what=f"{meant.kind}_answered", person_id=fact.person_id, detail=meant.of
    )
    done = _with(case, fresh, told)
    _untell(work, done, meant, fact.person_id)
    return done


def remind(work: Work, case: Case, ask_id: str) -> None:
    """Half of the time is over: bring it to mind, with a page if who was asked is on duty."""
    fresh = _meant(case, ask_id).model_copy(update={"reminded": True})
    work.put(_with(case, fresh, HistoryEntry(at=work.at, what="reminded", detail=fresh.of)))
    _moved(work, case, fresh, "reminded")
    _nudge(work, case, fresh, REMIND)


def overdue(work: Work, case: Case, ask_id: str) -> None:
    """Nobody has answered in time: whoever has the case, else whoever is on duty, must know."""
    fresh = _meant(case, ask_id).model_copy(update={"late": True})
    work.put(_with(case, fresh, HistoryEntry(at=work.at, what="unanswered", detail=fresh.of)))
    _moved(work, case, fresh, "late")
    tell(work, case, UNANSWERED, case.case_id, case.owner_id or "")


def settle(work: Work, case: Case, by: str) -> None:
    """Take a case that is closed off the pages that told of its questions."""
    left = case.model_copy(update={"flow": case.flow.ended()})
    for each in case.flow.open_asks:
        _untell(work, left, each, by)


def _nudge(work: Work, case: Case, asked: Ask, reason: str) -> None:
    """Page who was asked, if they are on duty: nobody is woken for somebody else's question."""
    if any(is_of(work, duty.person_id, asked.whom) for duty in on_duty(work)):
        tell(work, case, reason, asked.whom, asked.whom)


def _untell(work: Work, left: Case, asked: Ask, by: str) -> None:
    """Take a case off the pages of a question, unless another of the same kind still waits."""
    others = left.flow.open_asks
    if all(each.whom != asked.whom for each in others):
        untell(work, left, ASKED, asked.whom, by)
        untell(work, left, REMIND, asked.whom, by)
    if not any(each.late for each in others):
        untell(work, left, UNANSWERED, left.case_id, by)


def _meant(case: Case, ask_id: str) -> Ask:
    return next(each for each in case.flow.asks if each.ask_id == ask_id)


def _wrong(work: Work, case: Case, fact: InformationAsked) -> Refusal | None:
    person = work.get(f"person:{fact.of_person}", Person)
    if fact.of_person and (person is None or not person.registered.active):
        return Refusal("not_found", "nobody of this name works here")
    if not 1 <= len(_of(work, fact)) <= OF_MOST:
        return Refusal("bad_text", f"whom: between 1 and {OF_MOST} characters")
    if not fact.question.strip() or len(fact.question) > QUESTION_MOST:
        return Refusal("bad_text", f"between 1 and {QUESTION_MOST} characters")
    if fact.minutes is not None and not 1 <= fact.minutes <= LONGEST_MINUTES:
        return Refusal("bad_time", f"between 1 and {LONGEST_MINUTES} minutes")
    if len(case.flow.open_asks) >= ASKS_KEPT:
        return Refusal("too_many", f"{ASKS_KEPT} questions wait already; answer some first")
    return None


def _of(work: Work, fact: InformationAsked) -> str:
    """Return whom the question is for; a colleague by their name unless it says otherwise."""
    person = work.get(f"person:{fact.of_person}", Person)
    return fact.of.strip() or (person.registered.name if person else "")


def _may_propose(work: Work, person_id: str, department: str) -> bool:
    """Tell whether a person speaks for a department; where nobody does, any colleague stands in."""
    people = [each for each in work.under("person") if isinstance(each, Person)]
    theirs = {each.registered.person_id for each in people if speaks_for(each, department)}
    return not theirs or person_id in theirs


def _asked(work: Work, case: Case, fresh: Ask) -> Case:
    _moved(work, case, fresh, "asked", fresh.asked_by)
    _nudge(work, case, fresh, ASKED)
    told = HistoryEntry(
        at=work.at, what=f"{fresh.kind}_asked", person_id=fresh.asked_by or None, detail=fresh.of
    )
    return _with(case, fresh, told)


def _with(case: Case, fresh: Ask, told: HistoryEntry) -> Case:
    flow = case.flow.with_ask(fresh)
    return case.model_copy(update={"flow": flow, "history": note(case, told)})


def _moved(
    work: Work,
    case: Case,
    fresh: Ask,
    status: AskStatus,
    person_id: str = "",
) -> None:
    work.decide(
        AskMoved(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            ask_id=fresh.ask_id,
            what=fresh.kind,
            status=status,
            of=fresh.of,
            person_id=person_id,
            due=fresh.due_at if status == "asked" else None,
        )
    )
