"""Whoever has to approve next is told, and somebody else if they sleep while an answer is owed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from services.respond.core.aggregates import Case, Person, Reply
from services.respond.core.approving import ANOTHER, ANYBODY, APPROVES, holds
from services.respond.core.pages import on_duty
from services.respond.core.permissions import allowed
from services.respond.core.telling import tell, untell
from services.respond.core.unsigned import Signatures, Unsigned
from services.respond.core.waiting import Timer
from services.respond.core.work import Work
from shared.contracts.org import Role

SIGN: Final = "sign"
UNSIGNED: Final = "unsigned"
_WAITS: Final = frozenset({"submitted", "approved"})
_ANSWERS: Final = frozenset({"first_reply", "promise"})
_NO_POST: Final = frozenset({ANYBODY, ANOTHER})


def follow(work: Work, case: Case) -> Case:
    """Bring the list of what waits for approval to what this case waits for; return the case.

    A post of the chain is told at once, if an answer is owed and somebody of it is on duty. Where
    anybody may approve, nobody is singled out: they find it in their list.
    """
    known = work.get(Signatures.KEY, Signatures) or Signatures()
    before = {each.place: each for each in known.of(case.case_id)}
    found = [_unsigned(work, case, each) for each in _waiting(case)]
    after = {each.place: before.get(each.place, each) for each in found}
    if before.keys() == after.keys():  # as nearly always: most cases wait for nobody
        return case
    work.put(known.with_of(case.case_id, after.values()))
    _tell_less(work, case, before.values(), after.values())
    for each in after.values():
        if each.place not in before:
            _tell_more(work, case, each)
    return case


def late(work: Work, known: Signatures, timer: Timer) -> None:
    """Half of the time that was left is over: whoever leads on duty, else whoever is, must know."""
    _, case_id, slot = timer.timer_id.split(":")
    waits = []
    for each in known.waits:
        due = (each.case_id, each.slot) == (case_id, slot)
        waits.append(each.model_copy(update={"late_at": None}) if due else each)
        case = work.case(case_id) if due else None
        if case is not None and _owed(case):
            tell(work, case, UNSIGNED, each.post, Role.LEAD)
    work.put(Signatures(waits=tuple(waits)))


def mine(
    waits: Iterable[Unsigned], person: Person, people: Sequence[Person]
) -> Iterator[Unsigned]:
    """Yield what this person may approve next, as `approving.sign` would have it."""
    if not allowed(APPROVES, person.registered.roles):
        return
    for each in waits:
        if person.registered.person_id in each.signed_by:
            continue
        if each.post != ANYBODY and _has_had_a_say(each, person):
            continue
        held = each.post not in _NO_POST and any(holds(one, each.post) for one in people)
        if not held or holds(person, each.post):
            yield each


def _waiting(case: Case) -> Iterator[Reply]:
    open_ones = () if case.status == "resolved" else case.replies
    return (each for each in open_ones if each.status in _WAITS and each.awaits)


def _unsigned(work: Work, case: Case, reply: Reply) -> Unsigned:
    return Unsigned(
        case_id=case.case_id,
        account_id=case.account_id,
        slot=reply.slot,
        revision=reply.revision,
        post=reply.awaits[0],
        author_id=reply.author_id,
        signed_by=tuple(each.person_id for each in reply.approvals),
        since=work.at,
        late_at=_halfway(work.at, case),
    )


def _halfway(now: datetime, case: Case) -> datetime | None:
    """Return the half of what is left until an answer is owed; None: nothing is, or it is late."""
    due = min(_owed(case), default=now)
    return now + (due - now) // 2 if due > now else None


def _owed(case: Case) -> list[datetime]:
    """Return when an answer or what was promised in one is due."""
    return [due_at for due_at, what in case.owed() if what in _ANSWERS]


def _tell_more(work: Work, case: Case, fresh: Unsigned) -> None:
    if not _owed(case):
        return
    if fresh.late_at is None:
        tell(work, case, UNSIGNED, fresh.post, Role.LEAD)
        return
    awake = (work.get(f"person:{duty.person_id}", Person) for duty in on_duty(work))
    theirs = (each for each in awake if each is not None and holds(each, fresh.post))
    others = (each.registered.person_id for each in theirs if not _has_had_a_say(fresh, each))
    if next_one := next(others, ""):
        tell(work, case, SIGN, fresh.post, next_one)


def _tell_less(
    work: Work, case: Case, before: Iterable[Unsigned], after: Iterable[Unsigned]
) -> None:
    left = {each.post for each in after}
    for post in dict.fromkeys(each.post for each in before if each.post not in left):
        untell(work, case, SIGN, post, "")
        untell(work, case, UNSIGNED, post, "")


def _has_had_a_say(fresh: Unsigned, person: Person) -> bool:
    return person.registered.person_id in {fresh.author_id, *fresh.signed_by}
