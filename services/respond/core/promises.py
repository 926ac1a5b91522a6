"""What our replies promise: confirmed by who approves, a clock once sent, kept by people.

The words are found by the gate; nobody's word opens a clock before the platform has the text.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from services.respond.core.aggregates import Case, Effect, HistoryEntry
from services.respond.core.case import note
from services.respond.core.clocks import put_broken
from services.respond.core.decisions import ClockMet
from services.respond.core.pages import page_for_breach, settle_page
from services.respond.core.promise import (
    KEEP_PROMISES,
    PromiseClock,
    Promised,
    PromiseMoved,
    PromiseStatus,
    remind_at,
)
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.operators import PromiseSettled, Slot
from shared.policy.gate.promises import Promise, promises
from shared.policy.model import Pack

_CLAUSE_END: Final = re.compile(r"[,，、。!！?？;；:：\n]")
_LONGEST_REST: Final = 24
CLOCK: Final = "promise"
SOON: Final = "promise_soon"
_FOLLOWING_UP: Final = frozenset({"answer", "update", "correction", "closing"})
_RUNNING: Final = frozenset({"minutes", "hours"})
_SHOWN: Final = "%m-%d %H:%M"


def promised(text: str, pack: Pack, now: datetime) -> tuple[Promised, ...]:
    """Return what a text promises if it leaves now; what has no known end is not among it."""
    found = promises(text, now, pack.gate.calendar, pack.zone)
    return tuple(
        Promised(
            text=words_of(text, each),
            what=each.what,
            due_at=each.deadline.astimezone(UTC),
            running=each.unit in _RUNNING,
            soft=each.soft,
            tells=each.tells,
        )
        for each in found
        if each.deadline is not None
    )


def words_of(text: str, found: Promise) -> str:
    """Return the promise as it is shown and confirmed: to the end of what is said in one go."""
    rest = _CLAUSE_END.split(text[found.end : found.end + _LONGEST_REST], maxsplit=1)[0]
    return f"{found.text}{rest}"


def confirm(
    case: Case, text: str, pack: Pack, now: datetime, confirmed: tuple[str, ...]
) -> tuple[Promised, ...] | Refusal:
    """Return what is promised, if whoever approves has confirmed each promise by its words."""
    for each in promises(text, now, pack.gate.calendar, pack.zone):
        if each.deadline is None and not each.soft:
            named = words_of(text, each)
            return Refusal("promise_undated", f"nobody can tell when “{named}” is over", named)
    found = promised(text, pack, now)
    if left := [each for each in found if not each.soft and each.text not in confirmed]:
        named = "; ".join(f"“{each.text}” ({_by(each, pack)})" for each in left)
        return Refusal("promise_unconfirmed", f"confirm what is promised: {named}", named)
    return found if has_room(case, found) else Refusal("too_many", "keep older promises first")


def has_room(case: Case, found: tuple[Promised, ...]) -> bool:
    """Tell whether a case can keep the clocks of all these promises."""
    return sum(each.is_owed for each in case.promises) + len(found) <= KEEP_PROMISES


def is_moved(before: tuple[Promised, ...], now: tuple[Promised, ...]) -> bool:
    """Tell whether the same words would promise another time now: a day may have ended since.

    Minutes and hours count from when the text leaves, and whoever confirmed them knew that.
    """
    return [_fixed(each) for each in before] != [_fixed(each) for each in now]


def open_clocks(work: Work, case: Case, effect: Effect) -> Case:
    """Return the case with a clock for everything the text that was sent promises."""
    pack, _ = work.pack_of(case.account_id)
    before = timedelta(minutes=pack.paging.remind_minutes)
    for place, each in enumerate(effect.promises):
        clock = PromiseClock(
            promise_id=token("promise", effect.effect_id, str(place)),
            text=each.text,
            what=each.what,
            slot=effect.slot or "answer",
            due_at=each.due_at,
            opened_at=work.at,
            remind_at=remind_at(work.at, each.due_at, before),
            tells=each.tells,
            confirmed_by=effect.approved_by,
        )
        case = case.model_copy(update={"promises": _bounded((*case.promises, clock))})
        case = _moved(work, case, clock, "promised", effect.approved_by)
    return case


def follow_up(work: Work, case: Case, slot: Slot, by: str) -> Case:
    """Return the case in which a further word of ours kept what was to be said by then.

    What was to be done is kept by this only where the word says that all is done.
    """
    if slot not in _FOLLOWING_UP:
        return case
    for each in case.promises:
        if each.is_owed and (each.tells or slot == "closing"):
            case = _settled(work, case, each.settled("kept", work.at, by))
    return case


def remind(work: Work, case: Case, promise_id: str) -> None:
    """Say that a promise is near its end; with nobody on the case, to whoever is on duty."""
    clock = _put(case, promise_id, status="reminded")
    told = _moved(work, _with(case, clock), clock, "promise_soon")
    work.put(told)
    if case.owner_id is None:
        page_for_breach(work, told, SOON)


def run_out(work: Work, case: Case, promise_id: str) -> None:
    """Record a broken promise at its due time and tell whoever is on duty."""
    clock = _put(case, promise_id, status="broken", broken_at=work.at)
    put_broken(work, _moved(work, _with(case, clock), clock, "promise_broken"), CLOCK)


def settle(work: Work, case: Case, fact: PromiseSettled) -> Case | Refusal:
    """A person says that it was done, or why it will not be."""
    known = next((each for each in case.promises if each.promise_id == fact.promise_id), None)
    if known is None:
        return Refusal("not_found", "there is no such promise in this case")
    if not known.is_owed:
        return Refusal("promise_settled", "this promise is settled already")
    if not fact.kept and not fact.reason.strip():
        return Refusal("needs_reason", "say why it is given up")
    status: PromiseStatus = "kept" if fact.kept else "given_up"
    done = known.settled(status, work.at, fact.person_id, fact.reason)
    return _settled(work, case, done)


def still_owed(case: Case) -> Refusal | None:
    """Refuse to close a case in which a promise of ours is still owed."""
    owed = [each for each in case.promises if each.is_owed]
    if not owed:
        return None
    named = "; ".join(f"“{each.text}”" for each in owed)
    return Refusal("promise_owed", "record it as kept, or give it up with a reason", named)


def _settled(work: Work, case: Case, clock: PromiseClock) -> Case:
    by = clock.settled_by
    done = _moved(work, _with(case, clock), clock, f"promise_{clock.status}", by)
    if clock.status == "kept":
        late = clock.broken_at is not None
        work.decide(
            ClockMet(
                at=work.at,
                account_id=case.account_id,
                case_id=case.case_id,
                clock=CLOCK,
                late=late,
            )
        )
    settle_page(work, done, by)
    return done


def _moved(work: Work, case: Case, clock: PromiseClock, what: str, by: str = "") -> Case:
    work.decide(
        PromiseMoved(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            promise_id=clock.promise_id,
            status=clock.status,
            due=clock.due_at,
            slot=clock.slot,
            person_id=by,
        )
    )
    told = HistoryEntry(at=work.at, what=what, person_id=by or None, detail=clock.text)
    return case.model_copy(update={"history": note(case, told)})


def _put(case: Case, promise_id: str, **fresh: object) -> PromiseClock:
    known = next(each for each in case.promises if each.promise_id == promise_id)
    return known.model_copy(update=fresh)


def _with(case: Case, clock: PromiseClock) -> Case:
    kept = tuple(clock if each.promise_id == clock.promise_id else each for each in case.promises)
    return case.model_copy(update={"promises": kept})


def _bounded(clocks: tuple[PromiseClock, ...]) -> tuple[PromiseClock, ...]:
    """Forget what was settled first; what is owed is never forgotten."""
    over = len(clocks) - KEEP_PROMISES
    settled = [each for each in clocks if not each.is_owed][: max(0, over)]
    return tuple(each for each in clocks if each not in settled)


def _fixed(each: Promised) -> tuple[str, datetime | None]:
    return each.text, None if each.running else each.due_at


def _by(each: Promised, pack: Pack) -> str:
    return f"{each.due_at.astimezone(pack.zone):{_SHOWN}}"
