"""Taking something of the public away: a wish, a second person, and only then an effect (promise 3).

Criticism and complaints are never taken away, whatever else they are; who wanted to is proposed
as an incident, and so is what turns out to have been one.
"""

from datetime import timedelta
from typing import Final

from services.respond.core.aggregates import Case, CaseItem, Effect, HistoryEntry
from services.respond.core.briefing import must_read
from services.respond.core.case import note
from services.respond.core.decisions import EffectDecided
from services.respond.core.dues import KEEP_REMOVALS, Removal, RemovalStatus
from services.respond.core.guarding import (
    STATUTORY,
    Guarded,
    Objection,
    copy_hash,
    held_labels,
    objection,
)
from services.respond.core.held_texts import Broken
from services.respond.core.incidents import Noticed, propose
from services.respond.core.lines import lines_for
from services.respond.core.owed import RemovalMoved
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.dues import (
    REMOVABLE,
    RemovalApproved,
    RemovalAsked,
    RemovalDeclined,
)
from shared.contracts.ids import token
from shared.policy.incidents import Trigger

MAX_EVIDENCE: Final = 2_000
_OPEN: Final = frozenset({"asked", "leaving", "unknown"})
_ENDS: Final[dict[str, RemovalStatus]] = {
    "done": "done",
    "simulated": "simulated",
    "refused": "refused",
    "returned": "returned",
    "expired": "expired",
    "unknown": "unknown",
}


def ask(work: Work, case: Case, fact: RemovalAsked) -> Case | Refusal:
    """Enter a wish, if the rules, the ground and the platform allow it; nothing is done yet."""
    item = next((each for each in case.items if each.item_id == fact.item_id), None)
    if item is None:
        return Refusal("not_found", "there is no such item in this case")
    if item.item_version != fact.item_version or item.deleted:
        return Refusal("stale_item", "the item was edited or is gone; look again")
    if not fact.evidence.strip() or len(fact.evidence) > MAX_EVIDENCE:
        return Refusal("bad_text", f"evidence: between 1 and {MAX_EVIDENCE} characters")
    if any(each.item_id == item.item_id and each.status in _OPEN for each in case.dues.removals):
        return Refusal("already_asked", "somebody has asked for this")
    guarded = Guarded(case, item, fact.removing, fact.ground, copy_hash(item))
    if (refusal := _guard(work, guarded, fact.person_id)) is not None:
        return refusal
    removal = Removal(
        removal_id=token("removal", case.case_id, fact.op_id),
        item_id=item.item_id,
        item_version=item.item_version,
        removing=fact.removing,
        ground=fact.ground,
        evidence=fact.evidence,
        text=item.text,
        copy_hash=guarded.copy_hash,
        asked_by=fact.person_id,
        asked_at=work.at,
        asked_op=fact.op_id,
    )
    return _put(work, case, removal, fact.person_id)


def ask_alike(work: Work, case: Case, item: CaseItem, fact: RemovalAsked) -> Case | Refusal | None:
    """Enter the same wish for an item alike; what the rules protect is left, and nobody blamed."""
    pack, _ = work.pack_of(case.account_id)
    guarded = Guarded(case, item, fact.removing, fact.ground, copy_hash(item))
    found = objection(pack, guarded, work.at.date())
    if found is not None and found.protected:
        return None
    named = {"item_id": item.item_id, "item_version": item.item_version}
    return ask(work, case, fact.model_copy(update=named))


def alike_to(case: Case, removal_id: str, other: Case) -> str:
    """Return the wish in another case that was asked for together with this one; "" if none was."""
    here = {each.removal_id: each.asked_op for each in case.dues.removals}
    there = {each.asked_op: each.removal_id for each in other.dues.removals}
    return there.get(here.get(removal_id, ""), "")


def approve(work: Work, case: Case, fact: RemovalApproved) -> Case | Refusal:
    """A second person approves; the rules are asked again, with that person's name."""
    removal = _asked_for(case, fact.removal_id)
    if isinstance(removal, Refusal):
        return removal
    if removal.asked_by == fact.person_id:
        return Refusal("two_person", "a second person must approve what you asked for")
    if must_read(work, fact.person_id, case.account_id):
        return Refusal("confirm_first", "the rules changed: read what changed and confirm it")
    item = next((each for each in case.items if each.item_id == removal.item_id), None)
    if item is None or item.deleted or copy_hash(item) != removal.copy_hash:
        return Refusal("stale_item", "the item was edited or is gone; look again")
    guarded = Guarded(case, item, removal.removing, removal.ground, removal.copy_hash)
    if (refusal := _guard(work, guarded, removal.asked_by, fact.person_id)) is not None:
        return refusal
    return _leave(work, case, item, removal, fact)


def decline(work: Work, case: Case, fact: RemovalDeclined) -> Case | Refusal:
    """It stays where it is."""
    removal = _asked_for(case, fact.removal_id)
    if isinstance(removal, Refusal):
        return removal
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it stays")
    ended = {
        "status": "declined",
        "decided_by": fact.person_id,
        "decided_at": work.at,
        "note": fact.reason,
    }
    return _put(work, case, removal.model_copy(update=ended), fact.person_id)


def undecided(case: Case) -> Refusal | None:
    """Return why the case may not be closed: a wish that waits would be lost with it."""
    if all(each.status not in _OPEN for each in case.dues.removals):
        return None
    return Refusal("removal_open", "something is to be taken away: decide on that first")


def removal_ended(work: Work, effect: Effect, status: str, reason: str) -> None:
    """Bring a removal to the end of its effect."""
    case = work.case(effect.case_id)
    removals = case.dues.removals if case else ()
    removal = next((each for each in removals if each.effect_id == effect.effect_id), None)
    if case is None or removal is None:  # the case was retired while the attempt hung
        return
    ended = removal.model_copy(update={"status": _ENDS[status], "note": reason})
    told = _put(work, case, ended, removal.decided_by)
    if status == "done":
        look_again(work, told)
        told = told.model_copy(update={"items": tuple(_gone(each, ended) for each in told.items)})
    work.put(told)


def look_again(work: Work, case: Case) -> None:
    """What was taken away turns out to be criticism: propose it, with what is known of it."""
    pack, _ = work.pack_of(case.account_id)
    for removal in case.dues.removals:
        item = next((each for each in case.items if each.item_id == removal.item_id), None)
        if item is None or removal.status != "done":
            continue
        guarded = Guarded(case, item, removal.removing, removal.ground, removal.copy_hash)
        found = objection(pack, guarded, work.at.date())
        if found is not None and found.protected:
            _propose(work, guarded, found, "criticism_removed", removal.decided_by)


def _guard(work: Work, guarded: Guarded, asker: str, second: str = "") -> Refusal | None:
    pack, pack_hash = work.pack_of(guarded.case.account_id)
    if not pack_hash:
        return Refusal("no_rules", "no rules are active for this account: nothing is taken away")
    found = objection(pack, guarded, work.at.date(), second)
    if found is not None and found.protected:
        _propose(work, guarded, found, "removal_refused", asker)
        reason = f"{found.rules[0].rule.title}: complaints and criticism stay; answer them"
        return Refusal("protected_voice", reason, rules=found.ids)
    if found is not None:
        reason = "no rule of the pack lets this be taken away"
        return Refusal("not_removable", reason, rules=found.ids)
    if guarded.ground not in STATUTORY | held_labels(guarded.item):
        return Refusal("ground_not_found", "the item has no such label; correct its labels first")
    kinds = REMOVABLE.get(guarded.case.platform, {}).get(guarded.removing, frozenset())
    if guarded.item.item_kind not in kinds:
        return Refusal("platform_cannot", "this platform offers nothing for that")
    return None


def _propose(
    work: Work, guarded: Guarded, found: Objection, trigger: Trigger, person_id: str
) -> None:
    case, item = guarded.case, guarded.item
    about = Noticed(
        account_id=case.account_id,
        subject=f"{trigger}:{item.item_id}",
        person_id=person_id,
        case_id=case.case_id,
        evidence=(f"item:{item.item_id}", f"copy:{guarded.copy_hash}"),
    )
    pack, _ = work.pack_of(case.account_id)
    broken = tuple(Broken(rules=each.ids, reason=each.rule.title) for each in found.rules)
    for line in lines_for(pack, trigger, case.labels, broken):
        propose(work, line, trigger, about)


def _asked_for(case: Case, removal_id: str) -> Removal | Refusal:
    found = next((each for each in case.dues.removals if each.removal_id == removal_id), None)
    if found is None:
        return Refusal("not_found", "there is no such wish in this case")
    if found.status != "asked":
        return Refusal("already_decided", "somebody has decided on this wish")
    return found


def _leave(
    work: Work, case: Case, item: CaseItem, removal: Removal, fact: RemovalApproved
) -> Case:
    pack, pack_hash = work.pack_of(case.account_id)
    account = work.account(case.account_id)
    effect = Effect(
        effect_id=token("effect", removal.removal_id),
        effect_kind="remove",
        status="decided",
        platform=case.platform,
        account_id=case.account_id,
        case_id=case.case_id,
        approval_id=token("approval", removal.removal_id, fact.op_id),
        approved_by=fact.person_id,
        item_id=item.item_id,
        pack_hash=pack_hash,
        target=item.native_id,
        body=f"{removal.removing} {removal.copy_hash}",
        mode=account.mode if account else "suggest",
        decided_at=work.at,
        decided_seq=work.seq,
        not_after=work.at + timedelta(minutes=pack.not_after_minutes),
    )
    work.put(effect)
    leaving = removal.model_copy(
        update={
            "status": "leaving",
            "decided_by": fact.person_id,
            "decided_at": work.at,
            "effect_id": effect.effect_id,
        }
    )
    told = _put(work, case, leaving, fact.person_id)
    work.decide(
        EffectDecided(
            at=work.at,
            account_id=case.account_id,
            effect_id=effect.effect_id,
            effect_kind="remove",
            case_id=case.case_id,
            approved_by=fact.person_id,
            target=effect.target,
            body=effect.body,
            mode=effect.mode,
            pack_hash=pack_hash,
            not_after=effect.not_after,
        )
    )
    return told


def _gone(item: CaseItem, removal: Removal) -> CaseItem:
    taken = removal.removing != "block" and item.item_id == removal.item_id
    return item.model_copy(update={"deleted": True}) if taken else item


def _put(work: Work, case: Case, removal: Removal, person_id: str) -> Case:
    """Return the case with the wish as it now stands, and say so."""
    known = {each.removal_id: each for each in case.dues.removals} | {removal.removal_id: removal}
    wishes = tuple(known.values())
    for effect_id in filter(None, (each.effect_id for each in wishes[:-KEEP_REMOVALS])):
        work.drop(f"effect:{effect_id}")
    dues = case.dues.model_copy(update={"removals": wishes[-KEEP_REMOVALS:]})
    detail = f"{removal.removing} {removal.ground}"
    entry = HistoryEntry(
        at=work.at, what=f"removal_{removal.status}", person_id=person_id or None, detail=detail
    )
    work.decide(
        RemovalMoved(
            at=work.at,
            account_id=case.account_id,
            removal_id=removal.removal_id,
            case_id=case.case_id,
            item_id=removal.item_id,
            removing=removal.removing,
            ground=removal.ground,
            status=removal.status,
            copy_hash=removal.copy_hash,
            person_id=person_id,
        )
    )
    return case.model_copy(update={"dues": dues, "history": note(case, entry)})
