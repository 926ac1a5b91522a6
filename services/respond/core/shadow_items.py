"""What proposed rules make of an item, compared decision by decision with what became of it."""

from collections.abc import Iterator

from services.respond.core.aggregates import Case, Cluster, Shelf
from services.respond.core.around import around
from services.respond.core.cases import case_item
from services.respond.core.judging import Judgement, judge
from services.respond.core.shadowing import Beside, Found, beside_of, note, safely
from services.respond.core.suggest import Desk, named
from services.respond.core.waiting import PendingItem
from services.respond.core.weights import conditions, weighed
from services.respond.core.work import Work
from shared.contracts.verdicts import Verdict


def watch_item(work: Work, pending: PendingItem, verdict: Verdict, case_id: str) -> None:
    """Compare what became of an item with what the proposed rules make of it."""
    beside = beside_of(work, pending.fact.account_id)
    if beside is None:
        return
    found = safely(lambda: list(_on_item(work, beside, pending, verdict, case_id)))
    note(work, beside.run, found, (pending.fact.item_id, case_id))


def _on_item(
    work: Work, beside: Beside, pending: PendingItem, verdict: Verdict, case_id: str
) -> Iterator[Found]:
    ours, theirs = judge(verdict, beside.live), judge(verdict, beside.candidate)
    case = work.case(case_id) if case_id else None
    opens = case is None or case.item_count == 1  # a further word joins an open case by any rules
    if opens and ours.opens_case != theirs.opens_case:
        yield Found("case", _opened(ours), _opened(theirs))
    if ours.decided != theirs.decided:
        yield Found("labels", ", ".join(ours.decided), ", ".join(theirs.decided))
    if case is not None or theirs.opens_case:
        yield from _on_weight(work, beside, (pending, verdict, case), (ours, theirs))


def _on_weight(
    work: Work,
    beside: Beside,
    about: tuple[PendingItem, Verdict, Case | None],
    judged: tuple[Judgement, Judgement],
) -> Iterator[Found]:
    pending, verdict, case = about
    where = pending.fact.scope()
    cluster = work.get(f"cluster:{case.cluster_id}", Cluster) if case else None
    severities, clocks = [], []
    for pack, each in zip((beside.live, beside.candidate), judged, strict=True):
        item = case_item(pending, verdict, each)
        item, whole = weighed(work, item, each, where=where, case=case, cluster=cluster, pack=pack)
        severities.append(str(whole.severity))
        rule = pack.clocks_for(conditions(work, where, item, whole, None))
        clocks.append(f"{rule.acknowledge_minutes:g}, {rule.first_reply_minutes:g}")
    if severities[0] != severities[1]:
        yield Found("severity", *severities)
    starts = case is not None and case.item_count == 1 and all(each.opens_case for each in judged)
    if starts and clocks[0] != clocks[1]:
        yield Found("clocks", *clocks)
    if case is not None and starts:
        yield from _on_offer(work, beside, case)


def _on_offer(work: Work, beside: Beside, case: Case) -> Iterator[Found]:
    """Yield what would be offered otherwise to whoever opens the new case at this moment."""
    about, shelf = around(work, case, work.at), work.get(Shelf.KEY, Shelf)
    offers = [
        ", ".join(named(case, Desk(pack, about, shelf), work.at))
        for pack in (beside.live, beside.candidate)
    ]
    if offers[0] != offers[1]:
        yield Found("suggestions", *offers)


def _opened(judged: Judgement) -> str:
    return "opens" if judged.opens_case else ""
