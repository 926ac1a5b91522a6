"""Brings a case to its queue when it opens, and to another when what it is about changes."""

from functools import lru_cache

from services.respond.core.aggregates import Case, HistoryEntry, Reply
from services.respond.core.approving import demand, lacking
from services.respond.core.asking import ask_for_opinion
from services.respond.core.case import note
from services.respond.core.flow import CaseRouted, Flow
from services.respond.core.holding import hold
from services.respond.core.signing import follow
from services.respond.core.work import Work
from shared.contracts.verdicts import Label
from shared.policy.model import Pack
from shared.policy.routing import route_of

_UNSENT = frozenset({"submitted", "approved"})


@lru_cache(maxsize=2048)
def flow_for(pack: Pack, labels: tuple[Label, ...], topics: tuple[str, ...]) -> Flow:
    """Return where such a matter goes; what has no route goes to the default queue."""
    route = route_of(pack.switches, labels, topics)
    if route is None:
        return Flow(queue=pack.switches.default_queue)
    return Flow(queue=route.queue, action=route.action, opinion_from=route.reply_opinion_from)


def obey(work: Work, case: Case) -> Case:
    """Return the case with what its rules ask for begun: a hold, a question for the words."""
    if case.status == "resolved":
        return case
    return hold(work, ask_for_opinion(work, case))


def routed(work: Work, case: Case) -> Case:
    """Return the case where its labels and topics of now lead it, and say so if that is elsewhere.

    What its replies need may have changed with them.
    """
    pack, _ = work.pack_of(case.account_id)
    flow = flow_for(pack, case.labels, case.topics)
    replies = tuple(_awaiting(case, each, pack) for each in case.replies)
    fresh = case.model_copy(update={"replies": replies}) if case.replies else case
    follow(work, fresh)
    if flow.place == case.flow.place:
        return obey(work, fresh)
    told = {
        "at": work.at,
        "account_id": case.account_id,
        "case_id": case.case_id,
        "queue": flow.queue,
        "action": flow.action,
    }
    work.decide(CaseRouted.model_validate(told))
    entry = HistoryEntry(at=work.at, what="routed", detail=flow.queue)
    there = case.flow.at(flow)
    moved = fresh.model_copy(update={"flow": there, "history": note(case, entry)})
    return obey(work, moved)


def _awaiting(case: Case, reply: Reply, pack: Pack) -> Reply:
    if reply.status not in _UNSENT:
        return reply
    return reply.model_copy(update={"awaits": lacking(demand(case, reply.slot, pack), reply)})
