"""A verdict meets its item: judged by the account's pack, told as one line, brought to a case."""

import hashlib

from services.respond.core.aggregates import Case, CaseItem, Cluster, ItemPlace
from services.respond.core.at_risk import tell_of_risk
from services.respond.core.baskets import moved_out, pending_of
from services.respond.core.calm import rate
from services.respond.core.cascades import suspect
from services.respond.core.cases import admit, refresh
from services.respond.core.decisions import ItemJudged
from services.respond.core.judging import NO_TEXT, Judgement, judge, unclassified
from services.respond.core.receipts import greet
from services.respond.core.routing import routed
from services.respond.core.shadow_items import watch_item
from services.respond.core.staff import forbidden, notice
from services.respond.core.waiting import PendingItem
from services.respond.core.weights import graver, weighed
from services.respond.core.work import Work
from shared.contracts.items import ItemKind, ItemReceived
from shared.contracts.received import Received
from shared.contracts.verdicts import Verdict, legible


def overdue(work: Work, pending: PendingItem) -> None:
    """No verdict in time: people get it, and it says so (invariant 14)."""
    work.count("items_degraded")
    _settle(work, pending, unclassified())


def settle(work: Work, pending: PendingItem, verdict: Verdict) -> None:
    """Judge a waiting item by its account's pack."""
    work.count("items_classified")
    if verdict.degraded:
        work.count("items_degraded")
    _settle(work, pending, verdict)


def _settle(work: Work, pending: PendingItem, verdict: Verdict) -> None:
    fact = pending.fact
    pack, _ = work.pack_of(fact.account_id)
    judged = judge(verdict, pack)
    work.wait_no_more(fact.item_id)
    rate(work, verdict, judged)
    broken = forbidden(work, fact.account_id, fact, judged.decided)
    if broken:
        judged = judged._replace(opens_case=True)
    place = len(work.decisions)
    case_id, judged = admit(work, pending, verdict, judged)
    if broken:
        notice(work, fact.scope(), fact, case_id, broken)
    watch_item(work, pending, verdict, case_id)
    line = _said(
        work,
        fact,
        account_id=fact.account_id,
        verdict=verdict,
        judged=judged,
        degraded=(*pending.degraded, *verdict.degraded),
        case_id=case_id,
    )
    work.decisions.insert(place, line)
    if case_id and fact.item_kind is ItemKind.MESSAGE:
        greet(work, case_id, fact.item_id)


def judge_again(work: Work, case: Case, verdict: Verdict) -> None:
    """An edit's verdict, or one that came after its time, for an item that is in a case."""
    found = next((item for item in case.items if item.item_id == verdict.item_id), None)
    if found is None or found.item_version != verdict.item_version or found.model:
        return
    if case.collects and NO_TEXT not in verdict.degraded:
        _speaks_now(work, case, found, verdict)
        return
    pack, _ = work.pack_of(case.account_id)
    judged = judge(verdict, pack)
    legible(verdict.beliefs, verdict.why)
    work.count("items_classified")
    item = found.model_copy(
        update={
            "beliefs": verdict.beliefs,
            "decided": judged.decided,
            "abstained": verdict.abstained,
            "why": verdict.why,
            "model": verdict.model,
            "anger": verdict.anger,
            "degraded": verdict.degraded,
        }
    )
    alike = work.get(f"cluster:{case.cluster_id}", Cluster)
    where = (case.platform, case.account_id)
    item, judged = weighed(work, item, judged, where=where, case=case, cluster=alike)
    fresh = refresh(case, tuple(item if each is found else each for each in case.items))
    fresh = fresh.model_copy(update=graver(case, judged))
    fresh = routed(work, fresh)
    work.put(fresh)
    suspect(work, fresh, item, verdict.hearing, alike)
    tell_of_risk(work, fresh, case.labels)
    if broken := forbidden(work, case.account_id, item, judged.decided):
        notice(work, where, item, case.case_id, broken)
    line = _said(
        work,
        item,
        account_id=case.account_id,
        verdict=verdict,
        judged=judged,
        degraded=verdict.degraded,
        case_id=case.case_id,
    )
    work.decide(line)


def _speaks_now(work: Work, case: Case, item: CaseItem, verdict: Verdict) -> None:
    """What lay with others because it said nothing says something now: it is judged by itself."""
    work.drop(f"item:{item.item_id}")
    work.count("items_classified")
    _settle(work, pending_of(work, case, item), verdict)
    place = work.get(f"item:{item.item_id}", ItemPlace)
    if place is not None:
        work.put(moved_out(case, item, place.case_id))


def _said(
    work: Work,
    item: ItemReceived | Received | CaseItem,
    *,
    account_id: str,
    verdict: Verdict,
    judged: Judgement,
    degraded: tuple[str, ...],
    case_id: str,
) -> ItemJudged:
    return ItemJudged(
        work.at,
        account_id,
        item.item_id,
        item.item_version,
        hashlib.sha256(item.text.encode("utf-8", "surrogatepass")).hexdigest()[:20],
        judged.decided,
        verdict.abstained,
        judged.severity,
        verdict.model,
        degraded,
        case_id,
    )
