"""What happens when a time comes: each timer fires once, in its own due time (invariant 5)."""

from services.respond.core import asking, holding, promises, shelving, signing
from services.respond.core.aggregates import (
    AuthorRecord,
    Cascade,
    Case,
    Claim,
    Cluster,
    EarlyChange,
    Effect,
    Entry,
    Greeted,
    Guidance,
    HeldText,
    Page,
    Signatures,
)
from services.respond.core.cascades import spread
from services.respond.core.claims import lapse
from services.respond.core.clocks import breach
from services.respond.core.dues import VisitReminder
from services.respond.core.effects import expire, leave
from services.respond.core.pages import on_next_duty
from services.respond.core.positions import on_time
from services.respond.core.settling import overdue
from services.respond.core.state import Aggregate
from services.respond.core.visits import remind
from services.respond.core.waiting import PendingItem, Timer
from services.respond.core.work import Work


def fire_due(work: Work) -> None:
    """Fire what is due by now in (due, id) order, also what the firing itself arms."""
    work.ready()
    while (timer := work.next_due()) is not None:
        work.at = timer.due
        _fire(work, work.holder(timer), timer)
        if timer == work.next_due():
            message = f"{timer.timer_id} fired and is still armed"
            raise RuntimeError(message)
    work.settled()


def _fire(work: Work, holder: Aggregate | PendingItem | None, timer: Timer) -> None:
    match holder:
        case Case():
            _fire_case(work, holder, *timer.timer_id.split(":")[::2])
        case PendingItem():
            overdue(work, holder)
        case Effect():
            expire(work, holder)
        case Entry():
            shelving.expire(work, holder)
        case Guidance():
            on_time(work, holder, timer)
        case Signatures():
            signing.late(work, holder, timer)
        case _:
            _forget(work, holder, timer)


def _forget(work: Work, holder: Aggregate | None, timer: Timer) -> None:
    match holder:
        case Cascade():
            spread(work, holder)
        case Cluster():
            work.drop(holder.key)
        case Claim():
            lapse(work, holder)
        case Page():
            on_next_duty(work, holder)
        case VisitReminder():
            remind(work, holder)
        case EarlyChange() | AuthorRecord() | Greeted() | HeldText():
            work.drop(holder.key)
        case _:
            message = f"nobody knows the timer {timer.timer_id}"
            raise RuntimeError(message)


def _fire_case(work: Work, case: Case, kind: str, which: str = "") -> None:
    if kind == "clock":
        breach(work, case, which)
    elif kind == "undo":
        leave(work, case, next(reply for reply in case.replies if reply.slot == which))
    elif kind == "held":
        holding.late(work, case)
    elif kind == "remind":
        asking.remind(work, case, which)
    elif kind == "unanswered":
        asking.overdue(work, case, which)
    elif kind == "soon":
        promises.remind(work, case, which)
    elif kind == "promise":
        promises.run_out(work, case, which)
    else:
        _retire(work, case)


def _retire(work: Work, case: Case) -> None:
    """Let a case that was closed long ago leave hot state; the archive has it."""
    work.drop(case.key)
    work.put(work.closed.without(case.case_id))
    for item in case.items:
        if not item.moved_to:
            work.drop(f"item:{item.item_id}")
    effects = (*(each.effect_id for each in case.replies), *case.dues.effects)
    for effect_id in filter(None, effects):
        work.drop(f"effect:{effect_id}")
    if case.page_id:
        work.drop(f"page:{case.page_id}")
