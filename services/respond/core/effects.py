"""What leaves the system, through the ledger: decided once, and followed to its end.

Nothing here sends. There is one kind of effect that speaks (a reply a person approved), one that
wakes (a page), and one that takes something harmful away, which two people asked for (promise 3).
"""

from datetime import timedelta

from services.respond.core.aggregates import (
    KEEP_SAID,
    Case,
    Effect,
    HistoryEntry,
    Page,
    Reply,
)
from services.respond.core.around import around
from services.respond.core.case import note
from services.respond.core.checking import check_text
from services.respond.core.clocks import meet
from services.respond.core.decisions import EffectDecided, EffectMoved
from services.respond.core.held import objection, standing_of
from services.respond.core.pages import TAKEN, pass_on
from services.respond.core.promises import follow_up, is_moved, open_clocks, promised
from services.respond.core.removals import removal_ended
from services.respond.core.replies import come_back, reply_of
from services.respond.core.restored import look_since, looked
from services.respond.core.staff import unanswerable
from services.respond.core.visits import follow
from services.respond.core.voicing import remember_voice, said
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.system import EffectFinished, EffectStarted, Receipt
from shared.policy.gate.findings import text_token
from shared.policy.model import Pack

_ENDED = frozenset({"done", "simulated", "refused", "returned", "expired"})
_ANSWERS = frozenset({"answer", "correction", "closing"})


def leave(work: Work, case: Case, reply: Reply) -> None:
    """The undo window is over: gate once more, then decide the effect or return the reply."""
    reason = _obstacle(work, case, reply)
    if reason:
        work.put(come_back(work, case, reply, reason))
        return
    pack, pack_hash = work.pack_of(case.account_id)
    account = work.account(case.account_id)
    item = next(item for item in case.items if item.item_id == reply.item_id)
    effect = Effect(
        effect_id=token("effect", case.case_id, reply.item_id, reply.approval_id or ""),
        effect_kind="send_reply",
        status="decided",
        platform=case.platform,
        account_id=case.account_id,
        case_id=case.case_id,
        slot=reply.slot,
        approval_id=reply.approval_id or "",
        approved_by=reply.approved_by or "",
        item_id=reply.item_id,
        pack_hash=pack_hash,
        target=item.native_id,
        body=reply.text,
        mode=account.mode if account else "suggest",
        decided_at=work.at,
        decided_seq=work.seq,
        not_after=work.at + timedelta(minutes=pack.not_after_minutes),
        look_since=look_since(work, item),
        guided=work.guidance.stamp(case),
        automatic=reply.automatic,
        promises=promised(reply.text, pack, work.at),
    )
    leaving = reply.model_copy(
        update={"status": "leaving", "leaves_at": None, "effect_id": effect.effect_id}
    )
    voice = f"{reply.slot}:{reply.item_id}"
    work.put(_with(case, leaving).model_copy(update={"spoken": (*case.spoken, voice)}), effect)
    work.decide(
        EffectDecided(
            at=work.at,
            account_id=case.account_id,
            effect_id=effect.effect_id,
            effect_kind="send_reply",
            case_id=case.case_id,
            slot=reply.slot,
            approved_by=effect.approved_by,
            target=effect.target,
            body=effect.body,
            mode=effect.mode,
            pack_hash=pack_hash,
            not_after=effect.not_after,
            positions=tuple(each.content for each in work.guidance.in_force(case)),
        )
    )


def started(work: Work, fact: EffectStarted) -> None:
    """Note an attempt. One on an effect that ended before it in the log is not taken up."""
    effect = work.effect(fact.effect_id)
    if effect is None or effect.status in _ENDED or fact.attempt <= effect.attempt:
        return
    work.put(
        effect.model_copy(
            update={
                "status": "started",
                "attempt": fact.attempt,
                "term": fact.term,
                "started_at": work.at,
            }
        )
    )
    _moved(work, effect, "started")


def finished(work: Work, fact: EffectFinished) -> None:
    """Take the end of an attempt. What was really sent is believed even after an expiry."""
    effect = work.effect(fact.effect_id)
    if effect is None or effect.status == fact.status:
        return
    if effect.status in _ENDED and not (
        fact.status == "done" and effect.status in {"expired", "returned"}
    ):
        return
    end(work, effect, fact.status, fact.receipt, fact.reason)


def end(work: Work, effect: Effect, status: str, receipt: Receipt, reason: str) -> None:
    """Bring an effect to `status`, and its reply or page with it."""
    moved = {"status": status}
    work.put(effect.model_copy(update=moved))
    _moved(work, effect, status)
    if effect.effect_kind == "page":
        _end_page(work, effect, status, reason)
    elif effect.effect_kind == "remove":
        removal_ended(work, effect, status, reason)
    else:
        _end_reply(work, effect, status, receipt, reason)


def expire(work: Work, effect: Effect) -> None:
    """Its time to leave has passed: it is its owner's again (invariant 4)."""
    end(work, effect, "expired", Receipt(), "not_after")


def call_off(work: Work, account_id: str | None, reason: str, upto_seq: int | None = None) -> None:
    """Return all but pages that was decided but not started (the big red button, a rebuild).

    In the order of the decisions: a state that was loaded holds them in any order.
    """
    waiting = [
        effect
        for effect in work.under("effect")
        if isinstance(effect, Effect)
        and effect.effect_kind != "page"
        and effect.status == "decided"
        and account_id in {None, effect.account_id}
        and (upto_seq is None or effect.decided_seq <= upto_seq)
    ]
    for effect in sorted(waiting, key=lambda each: (each.decided_at, each.effect_id)):
        end(work, effect, "returned", Receipt(), reason)


def is_paused(work: Work, account_id: str) -> bool:
    """Tell whether nothing may leave for this account."""
    account = work.account(account_id)
    return work.organisation.paused or (account is not None and account.paused)


def _obstacle(work: Work, case: Case, reply: Reply) -> str:
    pack, pack_hash = work.pack_of(case.account_id)
    if is_paused(work, case.account_id):
        return "paused"
    if pack_hash != reply.pack_hash:
        return "policy_changed"
    if all(item.item_id != reply.item_id for item in case.items):
        return "item_unknown"
    against = objection(case, reply, pack, standing_of(work, case))
    if against is not None:
        return against.note()
    if (refusal := unanswerable(case)) is not None:
        return refusal.code
    return _against_words(work, case, reply, pack)


def _against_words(work: Work, case: Case, reply: Reply, pack: Pack) -> str:
    about = around(work, case, work.at)
    checked = check_text(case, pack, reply.text, about, reply.slot)
    if not checked.passed:
        return "gate_failed"
    moved = is_moved(reply.promises, promised(reply.text, pack, work.at))
    return "promise_moved" if moved else ""


def _end_reply(work: Work, effect: Effect, status: str, receipt: Receipt, reason: str) -> None:
    case = work.case(effect.case_id)
    reply = reply_of(case, effect.slot) if case and effect.slot else None
    if case is None or reply is None:  # the case was retired while the attempt hung
        return
    if status == "done":
        work.put(_answered(work, case, reply, effect, receipt))
    elif reply.effect_id != effect.effect_id:
        return
    elif status == "unknown":
        asked = HistoryEntry(at=work.at, what="unknown", detail=reason)
        work.put(
            _with(case, reply.model_copy(update={"status": "unknown", "note": reason}), asked)
        )
    elif status == "simulated":
        voice = f"{reply.slot}:{reply.item_id}"
        spoken = tuple(each for each in case.spoken if each != voice)
        free = case.model_copy(update={"spoken": spoken})
        entry = HistoryEntry(at=work.at, what="simulated")
        work.put(_with(free, reply.model_copy(update={"status": "simulated"}), entry))
    else:
        work.put(come_back(work, case, reply, reason or status))


def _answered(work: Work, case: Case, reply: Reply, effect: Effect, receipt: Receipt) -> Case:
    work.count("replies_sent")
    _silence(work, reply, effect)
    voice = f"{effect.slot}:{effect.item_id}"
    spoken = case.spoken if voice in case.spoken else (*case.spoken, voice)
    sent = case.model_copy(
        update={
            "spoken": spoken,
            "sent_texts": (*case.sent_texts[-199:], text_token(effect.body)),
            "said": (*case.said[1 - KEEP_SAID :], said(work, effect, receipt)),
        }
    )
    told = reply.model_copy(
        update={
            "status": "sent",
            "text": effect.body,
            "effect_id": effect.effect_id,
            "receipt": receipt,
            "sent_at": work.at,
        }
    )
    entry = HistoryEntry(at=work.at, what="sent", person_id=effect.approved_by or None)
    kept = told if reply.item_id == effect.item_id else reply
    if effect.look_since is not None:
        sent = looked(work, sent, effect.item_id)
    if effect.automatic:  # only a person's word keeps a promise
        return open_clocks(work, _with(sent, kept, entry), effect)
    remember_voice(work, sent, effect)
    by = effect.approved_by
    done = meet(work, _with(sent, kept, entry), "acknowledge", by)
    if effect.slot in _ANSWERS:
        done = follow(work, meet(work, done, "first_reply", by))
    return open_clocks(work, follow_up(work, done, effect.slot or "answer", by), effect)


def _silence(work: Work, reply: Reply, effect: Effect) -> None:
    """An attempt thought dead did speak: a second one for the same item must not."""
    rival = work.effect(reply.effect_id or "")
    if (
        rival is not None
        and rival.effect_id != effect.effect_id
        and rival.item_id == effect.item_id
        and rival.status == "decided"
    ):
        work.put(rival.model_copy(update={"status": "returned"}))
        _moved(work, rival, "returned")


def _end_page(work: Work, effect: Effect, status: str, reason: str) -> None:
    page = work.get(f"page:{effect.page_id}", Page)
    if page is None:  # retired with its case
        return
    if status == "done":
        work.put(page.model_copy(update={"delivered_at": work.at, "failed": ""}))
    elif reason == TAKEN:
        return
    elif status == "refused":
        pass_on(work, page, effect, reason or status)
    else:
        work.put(page.model_copy(update={"failed": reason or status}))


def _with(case: Case, reply: Reply, entry: HistoryEntry | None = None) -> Case:
    others = tuple(each for each in case.replies if each.slot != reply.slot)
    history = note(case, entry) if entry else case.history
    return case.model_copy(update={"replies": (*others, reply), "history": history})


def _moved(work: Work, effect: Effect, status: str) -> None:
    work.decide(
        EffectMoved(
            at=work.at,
            account_id=effect.account_id,
            effect_id=effect.effect_id,
            status=status,
            case_id=effect.case_id,
        )
    )
