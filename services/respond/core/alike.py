"""One decision for all cases of near-identical items; what may not be done to a case is left."""

from typing import assert_never

from services.respond.core import case_work, holding, removals
from services.respond.core.aggregates import Case, CaseItem, Cluster
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.dues import RemovalApproved, RemovalAsked, RemovalDeclined
from shared.contracts.flows import HoldDecided
from shared.contracts.operators import CaseClaimed, CaseResolved, LabelsCorrected

OfRemovals = RemovalAsked | RemovalApproved | RemovalDeclined
Wide = CaseClaimed | CaseResolved | LabelsCorrected | HoldDecided | OfRemovals


def widen(work: Work, case: Case, fact: Wide) -> None:
    """Do to the other open cases of the cluster what was done to `case`."""
    cluster = work.get(f"cluster:{case.cluster_id}", Cluster)
    if cluster is None:
        return
    for case_id in cluster.cases:
        other = work.case(case_id)
        if other is None or other.case_id == case.case_id or other.status == "resolved":
            continue
        if isinstance(fact, OfRemovals):
            done = _of_removals(work, case, other, cluster, fact)
        else:
            done = _done(work, other, cluster, fact)
        if done is not None and not isinstance(done, Refusal):
            work.put(done)


def _of_removals(
    work: Work, case: Case, other: Case, cluster: Cluster, fact: OfRemovals
) -> Case | Refusal | None:
    """Ask for, or decide on, what was asked for together."""
    meant = fact.model_copy(update={"case_id": other.case_id})
    if isinstance(meant, RemovalAsked):
        item = _member(other, cluster)
        return None if item is None else removals.ask_alike(work, other, item, meant)
    named = {"removal_id": removals.alike_to(case, meant.removal_id, other)}
    if isinstance(meant, RemovalApproved):
        return removals.approve(work, other, meant.model_copy(update=named))
    return removals.decline(work, other, meant.model_copy(update=named))


def _done(
    work: Work,
    other: Case,
    cluster: Cluster,
    fact: CaseClaimed | CaseResolved | LabelsCorrected | HoldDecided,
) -> Case | Refusal | None:
    meant = fact.model_copy(update={"case_id": other.case_id})
    match meant:
        case CaseClaimed():
            return case_work.claim(work, other, meant)
        case CaseResolved():
            return case_work.resolve(work, other, meant)
        case HoldDecided():
            return holding.decide(work, other, meant)
        case LabelsCorrected():
            item = _member(other, cluster)
            if item is None:
                return None
            named = {"item_id": item.item_id, "item_version": item.item_version}
            return case_work.correct(work, other, meant.model_copy(update=named))
        case _:
            assert_never(meant)


def _member(case: Case, cluster: Cluster) -> CaseItem | None:
    return next((item for item in reversed(case.items) if item.item_id in cluster.items), None)
