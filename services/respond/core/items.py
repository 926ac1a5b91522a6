"""What came in: each version of an item once, in whatever order its facts arrive."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from services.respond.core.aggregates import Case, CaseItem, EarlyChange, ItemPlace
from services.respond.core.calm import passed
from services.respond.core.cascades import Heard, echo, listen
from services.respond.core.case import HistoryEntry, note
from services.respond.core.decisions import ItemChanged
from services.respond.core.replies import call_back
from services.respond.core.settling import judge_again, settle
from services.respond.core.waiting import PendingItem
from services.respond.core.work import Work
from shared.contracts.items import (
    Author,
    ItemClassified,
    ItemDeleted,
    ItemEdited,
    ItemKind,
    ItemReceived,
    Thread,
)
from shared.contracts.received import Received
from shared.contracts.verdicts import Verdict

FORGET_EARLY = timedelta(days=1)
ORIGIN_UNKNOWN = "origin_unknown"
_made = tuple.__new__
"""A named tuple of its parts, without the call in Python that its own name is: once an item."""


def received(work: Work, fact: ItemReceived | Received) -> None:
    """Let an item wait for its verdict; a version that was folded before changes nothing."""
    if not work.is_new(fact.item_id, fact.item_version):
        return
    if not work.is_new(fact.item_id) and _retexted(work, fact):
        return
    work.count("items_received")
    due = work.patience_ends(fact.account_id)
    pending = _made(PendingItem, (fact, work.at, work.seq, due, 0, False, ()))
    early = _early_of(work, fact.item_id)
    if early is None:
        work.wait(pending)
    else:
        _meet_early(work, pending, early)


def received_together(work: Work, items: Sequence[ItemReceived | Received]) -> None:
    """Take the items of a batch in order; nearly always all are new.

    None arms what is due at once: patience and clocks are counted from when an item came.
    """
    if work.holds("early") or not work.are_new(items):
        for each in items:
            received(work, each)
        return
    work.count("items_received", len(items))
    at, seq = work.at, work.seq
    due = {each: work.patience_ends(each) for each in {item.account_id for item in items}}
    come = [(each, at, seq, due[each.account_id], 0, False, ()) for each in items]
    work.wait(*[_made(PendingItem, each) for each in come])


def edited(work: Work, fact: ItemEdited) -> None:
    """Take the newer text; judge again what is forgotten, remember what is not here yet."""
    if not work.is_new(fact.item_id, fact.item_version):
        return
    work.count("items_edited")
    _changed(work, fact, "edited")
    if _retexted(work, fact):
        return
    if work.knows(fact.item_id):
        work.wait(_from_edit(work, fact))
    else:
        early = _early(work, fact.item_id)
        fresh = {"item_version": fact.item_version, "text": fact.text, "verdict": None}
        work.put(early.model_copy(update=fresh))


def deleted(work: Work, fact: ItemDeleted) -> None:
    """Mark it gone; what was said stays as evidence."""
    if not work.is_new(fact.item_id, "", "deleted"):
        return
    work.count("items_deleted")
    _changed(work, fact, "deleted")
    pending = work.waiting(fact.item_id)
    case = _case_of(work, fact.item_id)
    if pending is not None:
        work.wait(pending._replace(deleted=True))
    elif case is not None:
        _mark_deleted(work, case, fact)
    elif not work.knows(fact.item_id):
        work.put(_early(work, fact.item_id).model_copy(update={"deleted": True}))


def classified(work: Work, fact: ItemClassified) -> Iterator[None]:
    """Take the first verdicts of an active model on the newest versions; ignore any others.

    Yields after one that armed what may be due.
    """
    if not _counts(work, fact.model):
        return
    heard = listen(work, fact)
    for each in fact.verdicts:
        _classified(work, each)
        if work.may_be_due():
            yield
    if heard or work.suspected:
        echo(work, heard)


def _classified(work: Work, fact: Verdict) -> None:
    pending = work.waiting(fact.item_id)
    if pending is not None:
        if pending.fact.item_version == fact.item_version and not passed(work, pending, fact):
            settle(work, pending, fact)
        return
    early = _early_of(work, fact.item_id)
    if early is not None and early.item_version == fact.item_version and early.verdict is None:
        work.put(early.model_copy(update={"verdict": fact}))
        return
    case = _case_of(work, fact.item_id)
    if case is not None:
        judge_again(work, case, fact)


def _retexted(work: Work, fact: ItemReceived | Received | ItemEdited) -> bool:
    """Take a newer text of an item that waits or belongs to a case; False for any other."""
    item_id, version, text = fact.item_id, fact.item_version, fact.text
    pending = work.waiting(item_id)
    if pending is not None:
        newer = pending.whole().model_copy(update={"text": text, "item_version": version})
        work.wait(pending._replace(fact=newer, edits=pending.edits + 1))
        return True
    case = _case_of(work, item_id)
    if case is None:
        return False
    items = tuple(_newer(item, item_id, version, text) for item in case.items)
    entry = HistoryEntry(at=work.at, what="item_edited", detail=item_id)
    told = case.model_copy(update={"items": items, "history": note(case, entry)})
    work.put(call_back(work, told, item_id, "item_edited"))
    return True


def _newer(item: CaseItem, item_id: str, version: str, text: str) -> CaseItem:
    if item.item_id != item_id:
        return item
    fresh = {"text": text, "item_version": version, "edits": item.edits + 1}
    return item.model_copy(update={**fresh, "model": "", "why": "", "corrected": None})


def _mark_deleted(work: Work, case: Case, fact: ItemDeleted) -> None:
    items = tuple(
        item.model_copy(update={"deleted": True}) if item.item_id == fact.item_id else item
        for item in case.items
    )
    detail = f"{fact.item_id} {fact.deleted_by}"
    entry = HistoryEntry(at=work.at, what="item_deleted", detail=detail)
    told = case.model_copy(update={"items": items, "history": note(case, entry)})
    work.put(call_back(work, told, fact.item_id, "item_deleted"))


def _meet_early(work: Work, pending: PendingItem, early: EarlyChange) -> None:
    work.drop(early.key)
    met = pending._replace(deleted=early.deleted)
    if early.text is not None:
        fresh = {"text": early.text, "item_version": early.item_version}
        met = met._replace(fact=pending.whole().model_copy(update=fresh), edits=1)
    work.wait(met)
    if early.verdict is not None:
        settle(work, met, early.verdict)
        echo(work, [Heard(met.fact, early.verdict.says)])


def _from_edit(work: Work, fact: ItemEdited) -> PendingItem:
    """An item judged as no matter long ago has changed: what the edit tells is all we know."""
    whole = ItemReceived(
        platform=fact.platform,
        account_id=fact.account_id,
        item_id=fact.item_id,
        item_version=fact.item_version,
        item_kind=fact.item_kind or ItemKind.COMMENT,
        native_id=fact.native_id,
        author=fact.author or Author(author_id=f"unknown:{fact.item_id}"),
        thread=fact.thread or Thread(),
        text=fact.text,
        published_at=fact.edited_at,
        source="poll",
    )
    return PendingItem(
        fact=whole,
        received_at=work.at,
        seq=work.seq,
        verdict_due=work.patience_ends(fact.account_id),
        edits=1,
        degraded=() if fact.author else (ORIGIN_UNKNOWN,),
    )


def _early(work: Work, item_id: str) -> EarlyChange:
    standing = work.get(f"early:{item_id}", EarlyChange)
    return standing or EarlyChange(item_id=item_id, forget_at=work.at + FORGET_EARLY)


def _early_of(work: Work, item_id: str) -> EarlyChange | None:
    """Nearly always there is none of any item."""
    return work.get(f"early:{item_id}", EarlyChange) if work.holds("early") else None


def _case_of(work: Work, item_id: str) -> Case | None:
    place = work.get(f"item:{item_id}", ItemPlace)
    return work.case(place.case_id) if place else None


def _counts(work: Work, model: str) -> bool:
    """Verdicts in flight while the model changes count, and those of a classify process's own."""
    house = work.organisation
    return not house.model or model in {house.model, house.previous_model, house.own_model}


def _changed(work: Work, fact: ItemEdited | ItemDeleted, change: str) -> None:
    place = work.get(f"item:{fact.item_id}", ItemPlace)
    work.decide(
        ItemChanged(
            at=work.at,
            account_id=fact.account_id,
            item_id=fact.item_id,
            item_version=fact.item_version,
            change="edited" if change == "edited" else "deleted",
            case_id=place.case_id if place else "",
        )
    )
