"""A reply from draft to the edge of the house: revisions, review, approval, undo, one voice.

Each function takes what a person asked for and returns the case as it then is, or a Refusal.
"""

from datetime import timedelta

from services.respond.core.aggregates import Case, CaseItem, HistoryEntry, Person, Reply
from services.respond.core.approving import demand, lacking, missing_words, sign
from services.respond.core.around import around
from services.respond.core.baskets import unanswered_here
from services.respond.core.briefing import must_read
from services.respond.core.case import note
from services.respond.core.checking import check_text, role_of
from services.respond.core.clearing import cleared, gated, in_place, may_pass
from services.respond.core.clocks import meet
from services.respond.core.decisions import ReplyCameBack
from services.respond.core.held import standing_of, withheld
from services.respond.core.overruled import lift, remember
from services.respond.core.refusal import Refusal
from services.respond.core.shadowing import watch_text
from services.respond.core.signing import follow
from services.respond.core.staff import unanswerable
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.operators import (
    ReplyApproved,
    ReplyDrafted,
    ReplyReturned,
    ReplySendRequested,
    ReplySubmitted,
    ReplyUndone,
    Slot,
)

MAX_TEXT = 10_000
_GONE = frozenset({"leaving", "unknown"})


_UNREAD = Refusal("confirm_first", "the rules changed: read what changed for you and confirm it")


def draft(work: Work, case: Case, fact: ReplyDrafted) -> Case | Refusal:
    """Write a new revision; the first writer takes a case nobody has."""
    standing = reply_of(case, fact.slot)
    target = target_of(case)
    refusal = (
        unanswerable(case) or unanswered_here(case) or _may_write(case, standing, target, fact)
    )
    if refusal is not None or target is None:
        return refusal or Refusal("nothing_to_answer", "every item of this case is gone")
    pack, _ = work.pack_of(case.account_id)
    reply = Reply(
        slot=fact.slot,
        item_id=target.item_id,
        revision=fact.base_revision + 1,
        text=fact.text,
        author_id=fact.person_id,
        status="drafted",
        role=_role(work, fact.person_id),
    )
    written = in_place(case, reply)
    result = check_text(written, pack, fact.text, around(work, written, work.at), fact.slot)
    watch_text(work, written, fact.slot, fact.text, result)
    remember(work, case, fact.person_id, fact.text, result)
    reply = reply.model_copy(update={"findings": result.findings})
    owner = case.owner_id or fact.person_id
    taken = case.model_copy(update={"owner_id": owner, "status": "claimed"})
    if case.owner_id is None:
        taken = meet(work, taken, "acknowledge", fact.person_id)
    return with_reply(taken, reply, _entry(work, "drafted", fact.person_id))


def submit(work: Work, case: Case, fact: ReplySubmitted) -> Case | Refusal:
    """Hand a revision to review; a text that nobody may let leave is not worth a reviewer's time."""
    reply = _current(case, fact.slot, fact.revision)
    if isinstance(reply, Refusal):
        return reply
    if (refusal := gated(work, case, reply)) is not None and not may_pass(work, case, reply):
        return refusal
    pack, _ = work.pack_of(case.account_id)
    awaits = lacking(demand(case, reply.slot, pack), reply)
    submitted = reply.model_copy(update={"status": "submitted", "awaits": awaits})
    return with_reply(case, submitted, _entry(work, "submitted", fact.person_id))


def approve(work: Work, case: Case, fact: ReplyApproved) -> Case | Refusal:
    """Approve exactly this revision; the gate runs here and again when it leaves."""
    reply = _speakable(work, case, fact.slot, fact.revision)
    if isinstance(reply, Refusal):
        return reply
    signed = sign(work, case, reply, fact.person_id)
    if isinstance(signed, Refusal):
        return signed
    if must_read(work, fact.person_id, case.account_id):
        return _UNREAD
    promises = cleared(work, case, signed, fact.promises)
    if isinstance(promises, Refusal):
        return promises
    entry = _entry(work, "approved", fact.person_id, signed.approvals[-1].step)
    if signed.awaits:
        return with_reply(case, signed.model_copy(update={"status": "submitted"}), entry)
    lift(work, case.account_id, signed.text)
    approved = signed.model_copy(
        update={
            "status": "approved",
            "promises": promises,
            "approved_by": fact.person_id,
            "approval_id": token("approval", case.case_id, reply.slot, fact.op_id),
        }
    )
    done = with_reply(case, approved, entry)
    return _wait(work, done, approved, fact.person_id) if fact.send else done


def send(work: Work, case: Case, fact: ReplySendRequested) -> Case | Refusal:
    """Let an approved revision leave once its undo window is over."""
    reply = _speakable(work, case, fact.slot, fact.revision)
    if isinstance(reply, Refusal):
        return reply
    if reply.status != "approved" and reply.approvals:
        words = missing_words(reply.awaits)
        return Refusal("approvals_lacking", f"it still needs: {words}", words)
    if reply.status != "approved":
        return Refusal("not_approved", "this revision has not been approved")
    if must_read(work, fact.person_id, case.account_id):
        return _UNREAD
    if reply.pack_hash != work.pack_of(case.account_id)[1]:
        return Refusal("policy_changed", "the rules changed since the approval; approve again")
    return _wait(work, case, reply, fact.person_id)


def undo(work: Work, case: Case, fact: ReplyUndone) -> Case | Refusal:
    """Stop a reply inside its window."""
    reply = reply_of(case, fact.slot)
    if reply is None:
        return Refusal("nothing_to_undo", "there is no reply in this slot")
    if reply.status != "waiting":
        return _too_late(reply) or Refusal("nothing_to_undo", "this reply is not on its way")
    stopped = reply.model_copy(update={"status": "approved", "leaves_at": None})
    return with_reply(case, stopped, _entry(work, "undone", fact.person_id))


def give_back(work: Work, case: Case, fact: ReplyReturned) -> Case | Refusal:
    """Return a revision to its writer with a reason."""
    if not fact.reason.strip():
        return Refusal("needs_reason", "say what should change")
    reply = reply_of(case, fact.slot)
    if reply is None:
        return Refusal("not_found", "there is no reply in this slot")
    if (late := _too_late(reply)) is not None:
        return late
    if reply.revision != fact.revision:
        return Refusal("stale_draft", "a newer revision exists")
    return with_reply(case, _back(reply, fact.reason), _entry(work, "returned", fact.person_id))


def come_back(work: Work, case: Case, reply: Reply, reason: str) -> Case:
    """Return a reply that did not leave to its owner; the slot is free again."""
    work.decide(
        ReplyCameBack(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            slot=reply.slot,
            reason=reason,
        )
    )
    voice = f"{reply.slot}:{reply.item_id}"
    silent = case.model_copy(
        update={"spoken": tuple(each for each in case.spoken if each != voice)}
    )
    returned = with_reply(silent, _back(reply, reason), _entry(work, "came_back", None, reason))
    return follow(work, returned)


def call_back(work: Work, case: Case, item_id: str, reason: str) -> Case:
    """An item changed: what was approved for its old words must be looked at again."""
    for reply in case.replies:
        if reply.item_id == item_id and reply.status in {"submitted", "approved", "waiting"}:
            case = come_back(work, case, reply, reason)
    return case


def reply_of(case: Case, slot: Slot) -> Reply | None:
    """Return the reply of a slot."""
    return next((reply for reply in case.replies if reply.slot == slot), None)


def target_of(case: Case) -> CaseItem | None:
    """Return the newest item that still stands: the one a reply answers."""
    return next((item for item in reversed(case.items) if not item.deleted), None)


def with_reply(case: Case, reply: Reply, entry: HistoryEntry) -> Case:
    """Return the case with this reply in its slot and one more line of history."""
    return in_place(case, reply).model_copy(update={"history": note(case, entry)})


def _role(work: Work, person_id: str) -> str:
    return role_of(work.get(f"person:{person_id}", Person))


def _entry(work: Work, what: str, person_id: str | None, detail: str = "") -> HistoryEntry:
    return HistoryEntry(at=work.at, what=what, person_id=person_id, detail=detail)


def _back(reply: Reply, reason: str) -> Reply:
    return reply.model_copy(
        update={
            "status": "returned",
            "note": reason,
            "leaves_at": None,
            "approved_by": None,
            "approval_id": None,
            "effect_id": None,
            "approvals": (),
            "awaits": (),
        }
    )


def _may_write(
    case: Case, standing: Reply | None, target: CaseItem | None, fact: ReplyDrafted
) -> Refusal | None:
    if case.owner_id not in {None, fact.person_id}:
        return Refusal("claimed_by_other", "somebody else works on this case")
    if not fact.text.strip() or len(fact.text) > MAX_TEXT:
        return Refusal("bad_text", f"between 1 and {MAX_TEXT} characters")
    voice = f"{fact.slot}:{target.item_id}" if target else ""
    if standing is not None and standing.status in {*_GONE, "waiting"}:
        return Refusal("already_leaving", "the reply in this slot is on its way")
    if voice in case.spoken:
        return Refusal("already_sent", "this item has its reply in this slot")
    if fact.base_revision != (standing.revision if standing else 0):
        return Refusal("stale_draft", "a newer revision exists")
    return None


def _current(case: Case, slot: Slot, revision: int) -> Reply | Refusal:
    reply = reply_of(case, slot)
    if reply is None:
        return Refusal("nothing_to_send", "there is no text in this slot")
    if (late := _too_late(reply)) is not None:
        return late
    if reply.status == "waiting":
        return Refusal("already_leaving", "the reply is in its undo window")
    if reply.revision != revision:
        return Refusal("stale_draft", "a newer revision exists")
    return reply


def _speakable(work: Work, case: Case, slot: Slot, revision: int) -> Reply | Refusal:
    """Return the revision, if replies of this kind may be given in this case at all."""
    pack, _ = work.pack_of(case.account_id)
    held = withheld(case, slot, pack, standing_of(work, case))
    if held is not None:
        return Refusal(held.code, held.why, held.what)
    return _current(case, slot, revision)


def _too_late(reply: Reply) -> Refusal | None:
    if reply.status in _GONE:
        return Refusal("already_leaving", "the reply has left the house or may have")
    if reply.status == "sent":
        return Refusal("already_sent", "the reply was sent")
    return None


def _wait(work: Work, case: Case, reply: Reply, person_id: str) -> Case:
    pack, _ = work.pack_of(case.account_id)
    leaves_at = work.at + timedelta(seconds=pack.undo_seconds)
    waiting = reply.model_copy(update={"status": "waiting", "leaves_at": leaves_at})
    return with_reply(case, waiting, _entry(work, "sending", person_id))


def give_up(case: Case) -> Case:
    """Return the case with what was approved but never sent back to a draft: it is closed now."""
    kept = tuple(
        _back(reply, "case_resolved") if reply.status in {"submitted", "approved"} else reply
        for reply in case.replies
    )
    return case.model_copy(update={"replies": kept})
