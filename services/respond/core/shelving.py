"""Entries are proposed, approved by a second person, and taken out by time or by a person."""

from itertools import product
from typing import Final, assert_never

from services.respond.core.aggregates import Case
from services.respond.core.knowledge import (
    BOOKS_MOST,
    EXPIRED_KEPT,
    PROPOSED_MOST,
    Book,
    Entry,
    Shelf,
    Version,
    content_of_entry,
)
from services.respond.core.refusal import Refusal
from services.respond.core.said import KnowledgeMoved
from services.respond.core.suggest import matter_of
from services.respond.core.work import Work
from shared.contracts.guidance import EntryApproved, EntryExpired, EntryWritten, KnowledgeFact
from shared.contracts.ids import token
from shared.contracts.operators import CaseResolved
from shared.policy.gate.check import gate
from shared.policy.gate.findings import GateContext
from shared.text.personal import mask_personal

ANSWER_MOST: Final = 2_000
ASKED_MOST: Final = 500
_ANSWERS: Final = frozenset({"answer", "correction", "closing"})


def operate(work: Work, fact: KnowledgeFact) -> Refusal | None:
    """Do or refuse what was asked."""
    match fact:
        case EntryWritten():
            return _write(work, fact)
        case EntryApproved():
            return _approve(work, fact)
        case EntryExpired():
            return _take_out(work, fact)
        case _:
            assert_never(fact)


def expire(work: Work, entry: Entry) -> None:
    """Its time is over: it is offered no longer."""
    _out(work, entry, "", "expired")


def offer_itself(work: Work, case: Case, fact: CaseResolved) -> None:
    """A closed case proposes what was answered, under its matter; a person may approve it."""
    said = next((each for each in reversed(case.said) if each.slot in _ANSWERS), None)
    matter = "" if said is None else matter_of(case, work.pack_of(case.account_id)[0])
    if said is None or not matter:
        return
    answer = mask_personal(said.text)
    entry_id = token("entry", matter, answer)
    if (
        work.get(f"entry:{entry_id}", Entry) is not None
        or len(_shelf(work).proposed) >= PROPOSED_MOST
    ):
        return
    written = EntryWritten(
        op_id=fact.op_id,
        person_id=fact.person_id,
        entry_id=entry_id,
        matter=matter,
        question=matter,
        answer=answer,
        source=f"#{case.number}",
        labels=case.labels,
    )
    _propose(work, Entry(entry_id=entry_id, case_id=case.case_id), written)


def _write(work: Work, fact: EntryWritten) -> Refusal | None:
    sizes = ((fact.matter, ASKED_MOST), (fact.question, ASKED_MOST), (fact.answer, ANSWER_MOST))
    if not all(text.strip() and len(text) <= most for text, most in sizes):
        return Refusal("bad_text", f"between 1 and {ASKED_MOST} or {ANSWER_MOST} characters")
    if not fact.source.strip() or len(fact.source) > ASKED_MOST:
        return Refusal("needs_source", "say where the answer stands, or who gave it")
    if fact.valid_until is not None and fact.valid_until <= work.at:
        return Refusal("bad_time", "it would be over already")
    standing = work.get(f"entry:{fact.entry_id}", Entry) or Entry(entry_id=fact.entry_id)
    proposed = _shelf(work).proposed
    if fact.entry_id not in proposed and len(proposed) >= PROPOSED_MOST:
        return Refusal("too_many", f"{PROPOSED_MOST} entries wait for approval already")
    _propose(work, standing, fact)
    return None


def _propose(work: Work, entry: Entry, fact: EntryWritten) -> None:
    version = Version(written=fact, content=content_of_entry(fact), written_at=work.at)
    work.put(entry.model_copy(update={"proposed": version}))
    shelf = _shelf(work)
    others = tuple(each for each in shelf.proposed if each != entry.entry_id)
    expired = tuple(each for each in shelf.expired if each != entry.entry_id)
    work.put(Shelf(books=shelf.books, proposed=(*others, entry.entry_id), expired=expired))
    _moved(work, entry.entry_id, "proposed", version.content)


def _approve(work: Work, fact: EntryApproved) -> Refusal | None:
    entry = work.get(f"entry:{fact.entry_id}", Entry)
    if entry is None or entry.proposed is None or entry.proposed.content != fact.content:
        return Refusal("not_found", "nobody has proposed exactly this")
    said = entry.proposed.written
    if said.person_id == fact.person_id:
        return Refusal("two_person", "a second person must approve what you wrote")
    if said.valid_until is not None and said.valid_until <= work.at:
        return Refusal("bad_time", "it is over already")
    if (objection := _objection(work, said)) is not None:
        return objection
    shelf = _shelf(work)
    others = tuple(each for each in shelf.books if each.entry_id != fact.entry_id)
    if len(others) >= BOOKS_MOST:
        return Refusal("too_many", f"there are {BOOKS_MOST} entries already; take some out")
    book = Book(
        entry_id=fact.entry_id,
        matter=said.matter,
        asked=f"{said.matter} {said.question}",
        answer=said.answer,
        labels=said.labels,
        channels=said.channels,
    )
    left = tuple(each for each in shelf.proposed if each != fact.entry_id)
    known = {"approved_by": fact.person_id, "approved_at": work.at, "expired_at": None}
    work.put(
        entry.model_copy(update={"approved": entry.proposed, "proposed": None, **known}),
        Shelf(books=(*others, book), proposed=left, expired=shelf.expired),
    )
    _moved(work, fact.entry_id, "approved", fact.content)
    return None


def _objection(work: Work, said: EntryWritten) -> Refusal | None:
    """What is offered to be said must pass the gate of every pack that holds."""
    packs = [work.packs[each] for each in work.organisation.packs.values()]
    for pack, channel in product(packs, said.channels or ("weibo",)):
        found = gate(said.answer, GateContext(channel=channel), pack).findings
        worst = next((each for each in found if each.level != "warn"), None)
        if worst is not None:
            return Refusal("gate_failed", worst.reason)
    return None


def _take_out(work: Work, fact: EntryExpired) -> Refusal | None:
    entry = work.get(f"entry:{fact.entry_id}", Entry)
    if entry is None or entry.expired_at is not None:
        return Refusal("not_found", "there is no such entry")
    if not fact.reason.strip():
        return Refusal("needs_reason", "say why it is taken out")
    _out(work, entry, fact.person_id, fact.reason)
    return None


def _out(work: Work, entry: Entry, by: str, reason: str) -> None:
    shelf = _shelf(work)
    over = {"expired_at": work.at, "expired_by": by, "expired_reason": reason}
    work.put(entry.model_copy(update=over))
    expired = (*shelf.expired, entry.entry_id)
    for gone in expired[:-EXPIRED_KEPT]:
        work.drop(f"entry:{gone}")
    work.put(
        Shelf(
            books=tuple(each for each in shelf.books if each.entry_id != entry.entry_id),
            proposed=tuple(each for each in shelf.proposed if each != entry.entry_id),
            expired=expired[-EXPIRED_KEPT:],
        )
    )
    _moved(work, entry.entry_id, "expired")


def _moved(work: Work, entry_id: str, status: str, content: str = "") -> None:
    work.decide(KnowledgeMoved(at=work.at, entry_id=entry_id, status=status, content=content))


def _shelf(work: Work) -> Shelf:
    return work.get(Shelf.KEY, Shelf) or Shelf()
