"""What a person does with a case as a whole: claim, release, note, correct, resolve, reopen."""

from services.respond.core import asking, holding, signing
from services.respond.core.aggregates import Case, HistoryEntry
from services.respond.core.at_risk import looked_after
from services.respond.core.cascades import called_rumour
from services.respond.core.case import note
from services.respond.core.cases import reopen
from services.respond.core.clocks import meet, owes
from services.respond.core.decisions import CaseResolved
from services.respond.core.effects import end
from services.respond.core.incidents import notice_closing
from services.respond.core.judging import Judgement, in_order
from services.respond.core.overruled import look_back
from services.respond.core.pages import settle_page
from services.respond.core.promises import still_owed
from services.respond.core.refusal import Refusal
from services.respond.core.removals import look_again, undecided
from services.respond.core.replies import give_up
from services.respond.core.restored import looked
from services.respond.core.routing import routed
from services.respond.core.said import ItemCorrected
from services.respond.core.shelving import offer_itself
from services.respond.core.visits import call_off, follow, obstacle
from services.respond.core.work import Work
from shared.contracts import operators as asked
from shared.contracts.system import Receipt
from shared.contracts.verdicts import Label

MAX_NOTE = 5_000
_BUSY = frozenset({"waiting", "leaving", "unknown"})


def claim(work: Work, case: Case, fact: asked.CaseClaimed) -> Case | Refusal:
    """Take a case; the order of the log decides who was first."""
    if case.owner_id not in {None, fact.person_id} and not fact.take_over:
        return Refusal("claimed_by_other", "somebody else works on this case")
    if case.owner_id not in {None, fact.person_id} and not fact.reason.strip():
        return Refusal("needs_reason", "say why you take this case over")
    taken = case.model_copy(update={"owner_id": fact.person_id, "status": "claimed"})
    return _told(
        work,
        meet(work, taken, "acknowledge", fact.person_id),
        "claimed",
        fact.person_id,
        fact.reason,
    )


def release(work: Work, case: Case, fact: asked.CaseReleased) -> Case | Refusal:
    """Give it back to the queue; its clocks run on."""
    if case.owner_id != fact.person_id:
        return Refusal("not_owner", "you do not have this case")
    freed = case.model_copy(update={"owner_id": None, "status": "open"})
    return _told(work, freed, "released", fact.person_id)


def resolve(work: Work, case: Case, fact: asked.CaseResolved) -> Case | Refusal:
    """Close it. While an answer is owed this needs a reason: nobody is silenced by a click."""
    if case.owner_id not in {None, fact.person_id}:
        return Refusal("claimed_by_other", "somebody else works on this case")
    if any(reply.status in _BUSY for reply in case.replies):
        return Refusal("already_leaving", "a reply is on its way; wait for it or undo it")
    if case.flow.hold is not None and case.flow.hold.status == "open":
        return Refusal("undecided", "nobody has decided on its replies yet", case.flow.hold.to)
    answered = not owes(case, "first_reply")
    if not answered and not (fact.without_reply and fact.reason.strip()):
        return Refusal("needs_reason", "no answer was given: say why none is needed")
    unfinished = undecided(case) or still_owed(case) or obstacle(work, case)
    if unfinished is not None:
        return unfinished
    work.decide(
        CaseResolved(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            person_id=fact.person_id,
            answered=answered and any(each.clock == "first_reply" for each in case.clocks),
        )
    )
    if not answered:
        notice_closing(work, case, fact.person_id)
    work.put(work.closed.with_first(case.case_id))
    ended = {"status": "resolved", "resolved_at": work.at, "flow": case.flow.ended()}
    closed = call_off(work, give_up(case)).model_copy(update=ended)
    holding.settle(work, case, fact.person_id)
    asking.settle(work, case, fact.person_id)
    signing.follow(work, closed)
    settle_page(work, closed, fact.person_id)
    looked_after(work, closed, fact.person_id)
    offer_itself(work, case, fact)
    return _told(work, closed, "resolved", fact.person_id, fact.reason)


def open_again(work: Work, case: Case, fact: asked.CaseReopened) -> Case | Refusal:
    """Open a resolved case again; its clocks start from now."""
    if case.status != "resolved":
        return Refusal("not_resolved", "the case is open")
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it is opened again")
    judged = Judgement(case.labels, case.severity, opens_case=True)
    return reopen(work, case, case.items[-1], judged, by=fact.person_id)


def add_note(work: Work, case: Case, fact: asked.CaseNoted) -> Case | Refusal:
    """Keep a word for colleagues."""
    if not fact.text.strip() or len(fact.text) > MAX_NOTE:
        return Refusal("bad_text", f"between 1 and {MAX_NOTE} characters")
    return _told(work, case, "noted", fact.person_id, fact.text)


def correct(work: Work, case: Case, fact: asked.LabelsCorrected) -> Case | Refusal:
    """Put a person's labels beside the system's; the system's stay visible."""
    found = next((item for item in case.items if item.item_id == fact.item_id), None)
    if found is None:
        return Refusal("not_found", "there is no such item in this case")
    if found.item_version != fact.item_version:
        return Refusal("stale_item", "the item was edited; look again")
    labels: set[Label] = set()
    items = []
    for item in case.items:
        fresh = item.model_copy(update={"corrected": fact.labels}) if item is found else item
        items.append(fresh)
        labels |= set(fresh.decided if fresh.corrected is None else fresh.corrected)
    work.decide(
        ItemCorrected(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            item_id=found.item_id,
            item_version=found.item_version,
            labels=in_order(set(fact.labels)),
            decided=found.decided,
            model=found.model,
            pack_hash=work.pack_of(case.account_id)[1],
            op_id=fact.op_id,
            person_id=fact.person_id,
        )
    )
    fixed = case.model_copy(update={"items": tuple(items), "labels": in_order(labels)})
    if Label.RUMOUR in fact.labels:
        fixed = called_rumour(work, fixed, found)
    look_back(work, case, fixed)
    look_again(work, fixed)
    followed = follow(work, fixed)
    told = _told(work, followed, "corrected", fact.person_id, ",".join(fact.labels))
    return routed(work, told)


def settle(work: Work, case: Case, fact: asked.ReplySettled) -> Refusal | None:
    """A person looked: an attempt nobody could tell the end of did arrive, or did not."""
    effect = work.effect(fact.effect_id)
    if effect is None or effect.case_id != case.case_id:
        return Refusal("not_found", "there is no such attempt in this case")
    if effect.status != "unknown":
        return Refusal("not_unknown", "the end of this attempt is known")
    seen = f"seen by {fact.person_id}"
    if fact.arrived:
        end(work, effect, "done", Receipt(detail=seen), "")
        return None
    end(work, effect, "returned", Receipt(), "not_arrived")
    if effect.look_since is not None:
        work.put(looked(work, work.case(case.case_id) or case, effect.item_id))
    return None


def _told(work: Work, case: Case, what: str, person_id: str, detail: str = "") -> Case:
    entry = HistoryEntry(at=work.at, what=what, person_id=person_id, detail=detail)
    return case.model_copy(update={"history": note(case, entry)})
