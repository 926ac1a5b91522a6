"""Automatic receipts (自动回执): off until two people want one, once a person and day, marked as such.

They say that a private message came in, and nothing else. They leave through the same ledger, gate
and port as what people write, carry the approval of their text, and keep no promise: only a
person's word does.
"""

from datetime import datetime, time, timedelta, tzinfo
from typing import Final, assert_never

from services.respond.core.aggregates import Effect, HistoryEntry, Reply
from services.respond.core.around import around
from services.respond.core.case import note
from services.respond.core.checking import check_text
from services.respond.core.chronicling import record
from services.respond.core.effects import end, is_paused, leave
from services.respond.core.held import standing_of, withheld
from services.respond.core.promises import has_room, promised
from services.respond.core.receipt import AutoReceipt, Greeted, Wording
from services.respond.core.refusal import Refusal
from services.respond.core.replies import reply_of, with_reply
from services.respond.core.said import ReceiptSwitched
from services.respond.core.work import Work
from shared.contracts.guidance import (
    ReceiptApproved,
    ReceiptFact,
    ReceiptStopped,
    ReceiptWritten,
    content_of,
)
from shared.contracts.ids import token
from shared.contracts.system import Receipt
from shared.contracts.verdicts import Label
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext

MARK: Final = "自动"
TEXT_MOST: Final = 500
_FREE: Final = frozenset({"sent", "simulated", "returned"})


def operate(work: Work, fact: ReceiptFact) -> Refusal | None:
    """Do or refuse what was asked."""
    if work.account(fact.account_id) is None:
        return Refusal("not_found", "there is no such account")
    match fact:
        case ReceiptWritten():
            return _write(work, fact)
        case ReceiptApproved():
            return _approve(work, fact)
        case ReceiptStopped():
            return _stop(work, fact)
        case _:
            assert_never(fact)


def greet(work: Work, case_id: str, item_id: str) -> None:
    """Answer a private message with the account's receipt, if it has one and it is the day's first."""
    case = work.case(case_id)
    receipt = work.get(f"receipt:{case.account_id}", AutoReceipt) if case else None
    if case is None or receipt is None or receipt.active is None:
        return
    if is_paused(work, case.account_id) or Label.SELF_HARM in case.labels:
        return
    item = next(each for each in case.items if each.item_id == item_id)
    person = token("greeted", case.account_id, item.author.author_id)
    standing = reply_of(case, "receipt")
    busy = standing is not None and standing.status not in _FREE
    if busy or item.deleted or work.get(f"greeted:{person}", Greeted) is not None:
        return
    pack, pack_hash = work.pack_of(case.account_id)
    wording = receipt.active
    says = promised(wording.text, pack, work.at)
    held = withheld(case, "receipt", pack, standing_of(work, case))
    about = around(work, case, work.at)
    passed = check_text(case, pack, wording.text, about, "receipt").passed
    if held is not None or not passed or not has_room(case, says):
        told = HistoryEntry(at=work.at, what="receipt_withheld")
        work.put(case.model_copy(update={"history": note(case, told)}))
        return
    reply = Reply(
        slot="receipt",
        item_id=item_id,
        revision=(standing.revision if standing else 0) + 1,
        text=wording.text,
        author_id=wording.written_by,
        status="waiting",
        approved_by=receipt.approved_by,
        approval_id=token("approval", "receipt", case.account_id, wording.content),
        pack_hash=pack_hash,
        automatic=True,
        promises=says,
    )
    forget_at = _midnight(work.at, pack.zone)
    work.put(Greeted(person=person, forget_at=forget_at))
    leave(work, with_reply(case, reply, HistoryEntry(at=work.at, what="receipt")), reply)


def _write(work: Work, fact: ReceiptWritten) -> Refusal | None:
    if not fact.text.strip() or len(fact.text) > TEXT_MOST:
        return Refusal("bad_text", f"between 1 and {TEXT_MOST} characters")
    if MARK not in fact.text:
        return Refusal("unmarked", f"it must say that it is automatic ({MARK})")
    pack, _ = work.pack_of(fact.account_id)
    result = gate(fact.text, GateContext(), pack)
    if not result.passed:
        first = next(each for each in result.findings if each.level != "warn")
        return Refusal("gate_failed", first.reason)
    content = content_of("receipt", fact.account_id, fact.text)
    proposed = Wording(
        text=fact.text, content=content, written_by=fact.person_id, written_at=work.at
    )
    standing = _receipt(work, fact.account_id)
    work.put(standing.model_copy(update={"proposed": proposed}))
    _switched(work, fact.account_id, "proposed")
    says = {"text": fact.text}
    record(work, "receipt", fact.account_id, "proposed", says, by=fact.person_id)
    return None


def _approve(work: Work, fact: ReceiptApproved) -> Refusal | None:
    standing = _receipt(work, fact.account_id)
    proposed = standing.proposed
    if proposed is None or proposed.content != fact.content:
        return Refusal("not_found", "nobody has proposed exactly this")
    if proposed.written_by == fact.person_id:
        return Refusal("two_person", "a second person must approve what you wrote")
    fresh = {"active": proposed, "proposed": None, "approved_by": fact.person_id, "since": work.at}
    work.put(standing.model_copy(update=fresh))
    _switched(work, fact.account_id, "on")
    says = {"text": proposed.text}
    record(work, "receipt", fact.account_id, "on", says, by=fact.person_id)
    return None


def _stop(work: Work, fact: ReceiptStopped) -> Refusal | None:
    standing = _receipt(work, fact.account_id)
    off = standing.active or standing.proposed
    if off is None:
        return Refusal("nothing_to_stop", "there is no automatic receipt")
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it stops")
    work.put(AutoReceipt(account_id=fact.account_id))
    _switched(work, fact.account_id, "off")
    by, why = fact.person_id, fact.reason
    record(work, "receipt", fact.account_id, "off", {"text": off.text}, by=by, why=why)
    waiting = [
        each
        for each in work.under("effect")
        if isinstance(each, Effect)
        and each.automatic
        and each.status == "decided"
        and each.account_id == fact.account_id
    ]
    for effect in sorted(waiting, key=lambda each: (each.decided_at, each.effect_id)):
        end(work, effect, "returned", Receipt(), "receipt_stopped")
    return None


def _receipt(work: Work, account_id: str) -> AutoReceipt:
    standing = work.get(f"receipt:{account_id}", AutoReceipt)
    return standing or AutoReceipt(account_id=account_id)


def _switched(work: Work, account_id: str, status: str) -> None:
    work.decide(ReceiptSwitched(at=work.at, account_id=account_id, status=status))


def _midnight(now: datetime, zone: tzinfo) -> datetime:
    """Return the end of the day it is there."""
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(now.tzinfo)
