"""What happens when a time comes: each timer fires once, in its own due time (invariant 5)."""

from services.respond.core.aggregates import Case, Effect, ItemPlace, OpenThread, PendingItem
from services.respond.core.clocks import breach
from services.respond.core.effects import expire, leave
from services.respond.core.settling import overdue
from services.respond.core.state import Timer
from services.respond.core.work import Work


def fire_due(work: Work) -> None:
    """Fire what is due by now in (due, id) order, also what the firing itself arms."""
    while (timer := work.next_due()) is not None:
        work.at = timer.due
        _fire(work, timer)
        if timer == work.next_due():
            message = f"{timer.timer_id} fired and is still armed"
            raise RuntimeError(message)
    work.at = work.now


def _fire(work: Work, timer: Timer) -> None:
    kind, _, name = timer.timer_id.partition(":")
    match kind:
        case "clock" | "undo" | "retire":
            _fire_case(work, timer, kind)
        case "verdict":
            pending = work.get(timer.key, PendingItem)
            if pending is not None:
                overdue(work, pending)
        case "expire":
            effect = work.effect(name)
            if effect is not None:
                expire(work, effect)
        case "early":
            work.drop(timer.key)
        case _:
            message = f"nobody knows the timer {timer.timer_id}"
            raise RuntimeError(message)


def _fire_case(work: Work, timer: Timer, kind: str) -> None:
    case = work.get(timer.key, Case)
    if case is None:
        return
    which = timer.timer_id.rpartition(":")[2]
    if kind == "clock":
        breach(work, case, which)
    elif kind == "undo":
        leave(work, case, next(reply for reply in case.replies if reply.slot == which))
    else:
        _retire(work, case)


def _retire(work: Work, case: Case) -> None:
    """Let a case that was closed long ago leave hot state; the archive has it."""
    work.drop(case.key)
    place = work.get(f"open:{case.thread_key}", OpenThread)
    if place is not None and place.case_id == case.case_id:
        work.drop(place.key)
    for item in case.items:
        if work.get(f"item:{item.item_id}", ItemPlace) is not None:
            work.drop(f"item:{item.item_id}")
    for reply in case.replies:
        if reply.effect_id and work.get(f"effect:{reply.effect_id}", Effect) is not None:
            work.drop(f"effect:{reply.effect_id}")
    if case.page_id:
        work.drop(f"page:{case.page_id}")
