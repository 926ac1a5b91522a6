"""The promises of a case: started when its item came, kept by people, broken in their own time."""

from datetime import datetime, timedelta
from functools import lru_cache

from services.respond.core.aggregates import Case, CaseClock, ClockKind, HistoryEntry
from services.respond.core.at_risk import looked_after
from services.respond.core.case import note
from services.respond.core.decisions import ClockBreached, ClockMet
from services.respond.core.incidents import notice_breach
from services.respond.core.owed import ClockDropped, ClockStarted
from services.respond.core.pages import page_for_breach, settle_page
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.policy.cel import Value
from shared.policy.model import Pack


def start_clocks(
    pack: Pack, received_at: datetime, values: dict[str, Value]
) -> tuple[CaseClock, CaseClock]:
    """Return both clocks by the pack's first rule that holds for `values`."""
    rule = pack.clocks_for(values)
    return (
        _clock("acknowledge", received_at, rule.acknowledge_minutes),
        _clock("first_reply", received_at, rule.first_reply_minutes),
    )


def meet(work: Work, case: Case, kind: ClockKind, by: str) -> Case:
    """Return the case with this clock met now by a person, if it was still owed."""
    clocks = []
    for clock in case.clocks:
        if clock.clock == kind and clock.met_at is None:
            late = clock.breached_at is not None
            work.decide(
                ClockMet(
                    at=work.at,
                    account_id=case.account_id,
                    case_id=case.case_id,
                    clock=kind,
                    late=late,
                )
            )
            clocks.append(clock.model_copy(update={"met_at": work.at}))
        else:
            clocks.append(clock)
    kept = case.model_copy(update={"clocks": tuple(clocks)})
    settle_page(work, kept, by)
    looked_after(work, kept, by)
    return kept


def start(work: Work, case: Case, kind: ClockKind, due_at: datetime) -> Case:
    """Return the case with one more promise, from now on."""
    told = {"at": work.at, "account_id": case.account_id, "case_id": case.case_id}
    work.decide(built(ClockStarted, {**told, "clock": kind, "due": due_at}))
    clock = CaseClock(clock=kind, started_at=work.at, due_at=due_at)
    return case.model_copy(update={"clocks": (*case.clocks, clock)})


def drop(work: Work, case: Case, kind: ClockKind) -> Case:
    """Return the case without a promise that is owed to nobody any more, and say so."""
    if not owes(case, kind):
        return case
    told = {"at": work.at, "account_id": case.account_id, "case_id": case.case_id}
    work.decide(built(ClockDropped, {**told, "clock": kind}))
    kept = (each for each in case.clocks if each.clock != kind)
    return case.model_copy(update={"clocks": tuple(kept)})


def owes(case: Case, kind: ClockKind) -> bool:
    """Tell whether the case still owes this."""
    return any(clock.clock == kind and clock.met_at is None for clock in case.clocks)


def breach(work: Work, case: Case, kind: str) -> None:
    """Record a broken promise at its due time and tell whoever is on duty."""
    clocks = tuple(
        clock.model_copy(update={"breached_at": clock.due_at}) if clock.clock == kind else clock
        for clock in case.clocks
    )
    told = note(case, HistoryEntry(at=work.at, what="breached", detail=kind))
    put_broken(work, case.model_copy(update={"clocks": clocks, "history": told}), kind)


def put_broken(work: Work, broken: Case, kind: str) -> None:
    """Keep a case of which one clock was broken just now, and do what every breach asks for."""
    work.put(broken)
    work.count("breaches")
    work.decide(
        ClockBreached(at=work.at, account_id=broken.account_id, case_id=broken.case_id, clock=kind)
    )
    notice_breach(work, broken, kind)
    pack, _ = work.pack_of(broken.account_id)
    if kind in pack.paging.on_breach:
        page_for_breach(work, broken, kind)


@lru_cache(maxsize=64)
def _span(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def _clock(kind: ClockKind, received_at: datetime, minutes: float) -> CaseClock:
    due_at = received_at + _span(minutes)
    return built(CaseClock, {"clock": kind, "started_at": received_at, "due_at": due_at})
