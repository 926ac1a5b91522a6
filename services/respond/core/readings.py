"""What is believed of a spreading post at a time, told to every case that is about it."""

from collections.abc import Iterable
from typing import Final

from services.respond.core.aggregates import Cascade, Case, CaseItem, Claim, Cluster
from services.respond.core.cascade import Reading
from services.respond.core.cluster import HOUR
from services.respond.core.judging import Judgement
from services.respond.core.said import RumourWeighed
from services.respond.core.weights import graver, weighed
from services.respond.core.work import Work
from shared.contracts.verdicts import Label
from shared.policy.cascade import MINUTES, QUARTER, likely

READINGS_KEPT: Final = len(MINUTES) + 1
_MILLE: Final = 1_000


def on_time(work: Work, cascade: Cascade) -> Cascade | None:
    """Weigh it again if anything came since; return what goes on to be followed, if it does."""
    if MINUTES[cascade.step] == QUARTER:
        cascade = cascade.model_copy(update={"early": cascade.reposts})
    if cascade.fresh:
        _tell(work, cascade, cascade.cases, MINUTES[cascade.step])
    if cascade.step + 1 == len(MINUTES):
        return None
    fresh = {"step": cascade.step + 1, "fresh": False}
    return cascade.model_copy(update=fresh)


def read_unread(work: Work, cascade_ids: Iterable[str]) -> None:
    """Tell cases that are new to these cascades what is believed of them by now."""
    for cascade_id in cascade_ids:
        cascade = work.get(f"cascade:{cascade_id}", Cascade)
        if cascade is not None and cascade.unread:
            _tell(work, cascade, cascade.unread, _elapsed(work, cascade))
            work.put(_all_read(cascade))


def read_now(work: Work, case: Case, cascade: Cascade) -> Case:
    """Return the case with what is believed of the cascade that it was just brought to, if new."""
    if case.case_id not in cascade.unread:
        return case
    work.put(_all_read(cascade))
    return _told(work, case, _reading(work, cascade, case, _elapsed(work, cascade)))


def _tell(work: Work, cascade: Cascade, case_ids: Iterable[str], minutes: int) -> None:
    for case_id in sorted(case_ids):
        case = work.case(case_id)
        if case is not None and case.status != "resolved":
            work.put(_told(work, case, _reading(work, cascade, case, minutes)))


def _elapsed(work: Work, cascade: Cascade) -> int:
    return int((work.at - cascade.started_at).total_seconds() // 60)


def _all_read(cascade: Cascade) -> Cascade:
    """Nothing is new to anybody if nobody had been told before."""
    fresh = cascade.fresh and set(cascade.unread) != set(cascade.cases)
    return cascade.model_copy(update={"unread": (), "fresh": fresh})


def _reading(work: Work, cascade: Cascade, case: Case, minutes: int) -> Reading:
    claim = work.get(f"claim:{case.claim_id}", Claim)
    # Nobody is ever certain: it is triage.
    belief = likely(cascade.wording, cascade.spread, cascade.followers)
    return Reading(
        at=work.at,
        minutes=minutes,
        likely=min(max(round(belief / _MILLE), 1), _MILLE - 1),
        text=cascade.text,
        reposts=cascade.reposts,
        denial=cascade.denial,
        doubt=cascade.doubt,
        delight=cascade.delight,
        unheard=cascade.unheard,
        copies=cascade.copies,
        lately=sum(at > work.at - HOUR for at, _ in cascade.recent),
        reach=cascade.reach,
        early=cascade.early,
        followers=cascade.followers,
        claim_status=None if claim is None else claim.status,
    )


def _told(work: Work, case: Case, reading: Reading) -> Case:
    """Return the case with this reading; its severity may rise by it."""
    readings = (*case.readings[1 - READINGS_KEPT :], reading)
    told = case.model_copy(update={"readings": readings})
    item = _suspected(told)
    judged = Judgement(item.decided, 0, opens_case=True)
    cluster = work.get(f"cluster:{case.cluster_id}", Cluster)
    where = (case.platform, case.account_id)
    _, judged = weighed(work, item, judged, where=where, case=told, cluster=cluster)
    told = told.model_copy(update=graver(told, judged))
    work.decide(
        RumourWeighed(
            account_id=case.account_id,
            case_id=case.case_id,
            item_id=item.item_id,
            severity=told.severity,
            **reading.model_dump(),
        )
    )
    return told


def _suspected(case: Case) -> CaseItem:
    """Return the newest item that is worded like a rumour, else the newest."""
    worded = (each for each in reversed(case.items) if Label.RUMOUR in each.decided)
    return next(worded, case.items[-1])
