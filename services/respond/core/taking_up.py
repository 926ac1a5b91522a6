"""A person makes a case of what the rules made none of: an answer they owe, or harm to take away."""

from services.respond.core.aggregates import Case, HistoryEntry, ItemPlace
from services.respond.core.baskets import moved_out, pending_of
from services.respond.core.case import note
from services.respond.core.cases import admit
from services.respond.core.clocks import drop, meet
from services.respond.core.judging import judge
from services.respond.core.refusal import Refusal
from services.respond.core.waiting import PendingItem
from services.respond.core.work import Work
from shared.contracts.taking_up import ItemTakenUp
from shared.contracts.verdicts import Verdict

_NOT_FOUND = Refusal("not_found", "the log has no such item any more")


def take_up(work: Work, fact: ItemTakenUp) -> Refusal | None:
    """Open the case, or let the item join its author's open one; whoever asked has it."""
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it becomes a case")
    if work.waiting(fact.item_id) is not None:
        return Refusal("not_judged_yet", "it came just now: wait for what the system says of it")
    place = work.get(f"item:{fact.item_id}", ItemPlace)
    case = work.case(place.case_id) if place else None
    if case is not None and not case.collects:
        return Refusal("in_case", "it is in a case already", f"#{case.number}")
    if case is None:
        return _from_log(work, fact)
    _from_basket(work, case, fact)
    return None


def _from_log(work: Work, fact: ItemTakenUp) -> Refusal | None:
    told, judged = fact.item, fact.judged
    if told is None or judged is None or told.item_id != fact.item_id:
        return _NOT_FOUND
    if work.account(told.account_id) is None:
        return Refusal("not_found", "there is no such account")
    pending = PendingItem(fact=told, received_at=work.at, seq=work.seq, verdict_due=work.at)
    verdict = Verdict(**judged.model_dump())
    _open(work, fact, pending, verdict)
    return None


def _from_basket(work: Work, case: Case, fact: ItemTakenUp) -> None:
    item = next(each for each in case.items if each.item_id == fact.item_id)
    verdict = Verdict(
        model=item.model,
        beliefs=item.beliefs,
        held=",".join(item.decided if item.corrected is None else item.corrected),
        abstained=item.abstained,
        why=item.why,
        anger=item.anger,
        degraded=item.degraded,
    )
    to = _open(work, fact, pending_of(work, case, item), verdict)
    work.put(moved_out(case, item, to))


def _open(work: Work, fact: ItemTakenUp, pending: PendingItem, verdict: Verdict) -> str:
    pack, _ = work.pack_of(pending.fact.account_id)
    judged = judge(verdict, pack)._replace(opens_case=True)
    case_id, _ = admit(work, pending, verdict, judged, alone=True)
    case = next(filter(None, (work.case(case_id),)))
    told = HistoryEntry(at=work.at, what="taken_up", person_id=fact.person_id, detail=fact.reason)
    mine = {"owner_id": case.owner_id or fact.person_id, "status": "claimed"}
    owned = case.model_copy(update={**mine, "history": note(case, told)})
    known = meet(work, owned, "acknowledge", fact.person_id)
    nobody_else = not fact.answer and case.item_count == 1
    work.put(drop(work, known, "first_reply") if nobody_else else known)
    return case_id
