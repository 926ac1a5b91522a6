"""Which judged items open, join or reopen a case, and what a case keeps of its items."""

from services.respond.core.aggregates import (
    KEEP,
    Case,
    CaseItem,
    Cluster,
    HistoryEntry,
    ItemPlace,
)
from services.respond.core.at_risk import tell_of_risk
from services.respond.core.baskets import basket_at, basket_key, is_wordless
from services.respond.core.cascades import suspect
from services.respond.core.case import CaseClock, note
from services.respond.core.clocks import start_clocks
from services.respond.core.clusters import gathered, keep, meet
from services.respond.core.decisions import CaseJoined, CaseOpened, CaseReopened
from services.respond.core.judging import HARMS, NO_TEXT, Judgement, in_order
from services.respond.core.places import thread_place
from services.respond.core.routing import flow_for, obey, routed
from services.respond.core.staff import quiet
from services.respond.core.waiting import PendingItem
from services.respond.core.weights import conditions, graver, remember, weighed
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.contracts.ids import token
from shared.contracts.items import ItemKind, ItemReceived
from shared.contracts.received import Received, ReceivedAuthor, ReceivedThread
from shared.contracts.verdicts import Label, Verdict, legible

_MESSAGE = ItemKind.MESSAGE


def thread_key(fact: ItemReceived | Received) -> str:
    """Return whose matter in which thread this is; private messages are one thread a person."""
    if fact.item_kind is _MESSAGE:
        root = "messages"
    else:
        root = fact.thread.post_id or fact.thread.root_id or fact.native_id
    return token("thread", fact.platform, fact.account_id, fact.author.author_id, root)


def case_item(pending: PendingItem, verdict: Verdict, judged: Judgement) -> CaseItem:
    """Return the item as its case keeps it."""
    fact = pending.fact
    author, thread = fact.author, fact.thread
    legible(verdict.beliefs, verdict.why)
    return built(
        CaseItem,
        {
            "item_id": fact.item_id,
            "item_version": fact.item_version,
            "native_id": fact.native_id,
            "item_kind": fact.item_kind,
            "author": author.whole() if isinstance(author, ReceivedAuthor) else author,
            "thread": thread.whole() if isinstance(thread, ReceivedThread) else thread,
            "text": fact.text,
            "published_at": fact.published_at,
            "received_at": pending.received_at,
            "beliefs": verdict.beliefs,
            "decided": judged.decided,
            "abstained": verdict.abstained,
            "why": verdict.why,
            "model": verdict.model,
            "anger": verdict.anger,
            "degraded": (*pending.degraded, *verdict.degraded),
            "edits": pending.edits,
            "deleted": pending.deleted,
        },
    )


def admit(
    work: Work,
    pending: PendingItem,
    verdict: Verdict,
    judged: Judgement,
    *,
    alone: bool = False,
) -> tuple[str, Judgement]:
    """Bring a judged item to its case; return the case id, or "" when it is no matter for one.

    What reaches people is weighed whole, by its text, its author and what came before.

    A further word in an open case always joins it; a resolved case opens again only for an item
    that would open one by itself, so that a "thank you" wakes nobody. What has no word in it is
    collected, unless it is part of an open matter or somebody wants it `alone`.
    """
    key = thread_key(pending.fact)
    case = work.find(thread_place(key), Case)
    gone = pending.deleted and Label.SELF_HARM not in judged.decided
    is_open = case is not None and case.status != "resolved"
    collected = not is_open and not alone and is_wordless(pending, verdict, judged)
    if collected:
        key = basket_key(pending)
        case = basket_at(work, key)
        is_open = case is not None
    reaches = is_open or (judged.opens_case and not gone)
    if not reaches and HARMS.isdisjoint(judged.decided):
        return "", judged
    cluster = meet(work, pending.fact, verdict)
    if not reaches:
        keep(work, cluster)
        return "", judged
    item = case_item(pending, verdict, judged)
    where = pending.fact.scope()
    item, judged = weighed(work, item, judged, where=where, case=case, cluster=cluster)
    if case is None:
        fresh = _open(work, key, pending, item, judged, cluster=cluster, collects=collected)
    else:
        again = case if is_open else reopen(work, case, item, judged)
        fresh = _join(work, again, item, judged)
    fresh = _in_cluster(work, fresh, cluster)
    work.put(fresh)
    suspect(work, fresh, item, verdict.hearing, cluster)
    tell_of_risk(work, fresh, case.labels if case is not None and is_open else ())
    return fresh.case_id, judged


def reopen(work: Work, case: Case, item: CaseItem, judged: Judgement, by: str = "") -> Case:
    """Return the case open again, its clocks started anew (by `by`, or by its author)."""
    pack, _ = work.pack_of(case.account_id)
    started = work.at if by else item.received_at
    values = conditions(work, (case.platform, case.account_id), item, judged, case)
    clocks = start_clocks(pack, started, values)
    work.decide(
        CaseReopened(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            person_id=by,
            acknowledge_due=clocks[0].due_at,
            first_reply_due=clocks[1].due_at,
        )
    )
    work.put(work.closed.without(case.case_id))
    again = case.model_copy(
        update={
            "status": "open",
            "owner_id": None,
            "clocks": clocks,
            "resolved_at": None,
            "reopened": case.reopened + 1,
            "page_id": "",
            "history": note(case, HistoryEntry(at=work.at, what="reopened", person_id=by or None)),
        }
    )
    return quiet(work, obey(work, again))


def refresh(case: Case, items: tuple[CaseItem, ...]) -> Case:
    """Return the case with these items; labels and severity never fall by what comes later."""
    labels = in_order({*case.labels, *(label for item in items for label in item.decided)})
    degraded = tuple(dict.fromkeys(part for item in items for part in item.degraded))
    about = {
        "topics": _union(case.topics, *(item.topics for item in items)),
        "origins": _union(case.origins, *(item.origins for item in items)),
    }
    known = {"items": items, "labels": labels, "degraded": degraded}
    return case.model_copy(update={**known, **about})


def _open(
    work: Work,
    key: str,
    pending: PendingItem,
    item: CaseItem,
    judged: Judgement,
    *,
    cluster: Cluster | None,
    collects: bool,
) -> Case:
    fact = pending.fact
    pack, _ = work.pack_of(fact.account_id)
    clocks: tuple[CaseClock, ...] = ()
    labels = in_order(set(judged.decided))
    if not collects:
        clocks = start_clocks(pack, pending.received_at, judged.weight.alone)
        remember(work, fact.scope(), item.author)
    case = built(
        Case,
        {
            "case_id": token("case", key, fact.item_id),
            "number": work.total("next_case"),
            "platform": fact.platform,
            "account_id": fact.account_id,
            "thread_key": key,
            "status": "open",
            "opened_at": work.at,
            "severity": judged.severity,
            "weight": judged.weight.parts,
            "unknown": judged.weight.unknown,
            "labels": labels,
            "flow": flow_for(pack, labels, item.topics),
            "topics": item.topics,
            "origins": item.origins,
            "items": (item,),
            "item_count": 1,
            "clocks": clocks,
            "history": (built(HistoryEntry, {"at": work.at, "what": "opened"}),),
            "degraded": item.degraded,
            "cluster_id": cluster.cluster_id if cluster else "",
            "claim_id": cluster.claim_id if cluster else "",
            "collects": NO_TEXT if collects else "",
        },
    )
    work.count("next_case")
    work.count("cases_opened")
    opened = {
        "at": work.at,
        "account_id": case.account_id,
        "case_id": case.case_id,
        "item_id": fact.item_id,
        "labels": case.labels,
        "severity": case.severity,
        "degraded": case.degraded,
        "queue": case.flow.queue,
        "acknowledge_due": clocks[0].due_at if clocks else None,
        "first_reply_due": clocks[1].due_at if clocks else None,
    }
    work.decide(built(CaseOpened, opened))
    work.put(built(ItemPlace, {"item_id": fact.item_id, "case_id": case.case_id}))
    return obey(work, case)


def _join(work: Work, case: Case, item: CaseItem, judged: Judgement) -> Case:
    for leaving in case.items[: max(0, len(case.items) + 1 - KEEP)]:
        work.drop(f"item:{leaving.item_id}")
    labels = case.labels
    if not set(labels).issuperset(item.decided):
        labels = in_order({*labels, *item.decided})
    joined = case.model_copy(
        update={
            "items": (*case.items[1 - KEEP :], item),
            "labels": labels,
            "degraded": tuple(dict.fromkeys((*case.degraded, *item.degraded))),
            "item_count": case.item_count + 1,
            "topics": _union(case.topics, item.topics),
            "origins": _union(case.origins, item.origins),
            **graver(case, judged),
        }
    )
    work.decide(
        CaseJoined(
            at=work.at,
            account_id=case.account_id,
            case_id=case.case_id,
            item_id=item.item_id,
            labels=joined.labels,
            severity=joined.severity,
        )
    )
    work.put(ItemPlace(item_id=item.item_id, case_id=case.case_id))
    return routed(work, joined)


def _in_cluster(work: Work, case: Case, cluster: Cluster | None) -> Case:
    """Return the case with what its newest item has come to, which is kept with the case in it."""
    if cluster is None:
        return case
    work.put(gathered(cluster, case.case_id))
    if case.cluster_id == cluster.cluster_id and (case.claim_id or not cluster.claim_id):
        return case
    known = {"cluster_id": cluster.cluster_id, "claim_id": case.claim_id or cluster.claim_id}
    return case.model_copy(update=known)


def _union(*held: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in held for each in part))
