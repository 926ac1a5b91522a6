"""Near-identical items, found as they come: how many, how fast, by how many people.

An item is first looked up by the token of its whole text, then by bands of its MinHash signature
(16 values in 4 bands of 4: texts that share 7 in 10 of their character 3-grams meet in a band with a
probability of 0.7, those that share 4 in 10 with 0.1), and joins only what its whole signature
agrees with. All of it is state of the fold, forgotten by stream time.
"""

from datetime import timedelta
from typing import Final

from services.respond.core.case import KEEP
from services.respond.core.claims import recognise
from services.respond.core.cluster import WHOLE, Cluster, micros, near_places
from services.respond.core.said import ClusterCoordinated, ClusterFormed
from services.respond.core.signatures import agree
from services.respond.core.work import Work
from shared.contracts.base import built
from shared.contracts.ids import token
from shared.contracts.items import ItemReceived
from shared.contracts.received import Received
from shared.contracts.verdicts import Verdict

RUSH: Final = timedelta(minutes=10)
RUSH_AUTHORS: Final = 5
"""So many different people with the same words within RUSH look arranged; ours."""
LEAST_WHOLE, LEAST_NEAR = 6, 12
"""Characters below which a text (whole, or nearly) is too common to mean anything: 好的, 谢谢."""


def meet(work: Work, fact: ItemReceived | Received, verdict: Verdict) -> Cluster | None:
    """Return the cluster an item has come to, which it may found; None if its text is too short.

    Whoever asked keeps it.
    """
    size = len(fact.text.strip())
    exact = verdict.exact if size >= LEAST_WHOLE else ""
    near = bool(verdict.signature) and size >= LEAST_NEAR
    places = near_places(fact.account_id, exact, verdict.signature if near else "")
    if not places:
        return None
    cluster = _found(work, places, verdict.signature)
    if cluster is None:
        cluster = _founded(work, fact, exact, verdict.signature, near=near)
    return recognise(work, _joined(work, cluster, fact), fact.item_id)


def keep(work: Work, cluster: Cluster | None) -> None:
    """Keep what an item has come to that is no matter for a case."""
    if cluster is not None:
        work.put(cluster)


def gathered(cluster: Cluster, case_id: str) -> Cluster:
    """Return the cluster with the note that this case holds items of it."""
    if case_id in cluster.cases:
        return cluster
    cases = (*cluster.cases[1 - KEEP :], case_id)
    return cluster.model_copy(update={"cases": cases})


def _founded(
    work: Work, fact: ItemReceived | Received, exact: str, signature: str, *, near: bool
) -> Cluster:
    return built(
        Cluster,
        {
            "cluster_id": token("cluster", fact.item_id, fact.item_version),
            "account_id": fact.account_id,
            "exact": exact,
            "signature": signature,
            "near": near,
            "first_at": work.at,
            "last_at": work.at,
        },
    )


def _found(work: Work, places: tuple[str, ...], signature: str) -> Cluster | None:
    for place in places:
        cluster = work.find(place, Cluster)
        if cluster is not None and (
            place.startswith(WHOLE) or agree(cluster.signature, signature)
        ):
            return cluster
    return None


def _joined(work: Work, cluster: Cluster, fact: ItemReceived | Received) -> Cluster:
    author = token("author", fact.platform, fact.author.author_id)[:12]
    fresh = {
        "last_at": work.at,
        "count": cluster.count + 1,
        "reach": cluster.reach + (fact.author.followers or 0),
        "recent_at": (*cluster.recent_at[1 - KEEP :], micros(work.at)),
        "recent_by": (*cluster.recent_by[1 - KEEP :], author),
        "items": (*cluster.items[1 - KEEP :], fact.item_id),
    }
    joined = cluster.model_copy(update=fresh)
    if joined.count == 2:  # noqa: PLR2004  two make a cluster
        work.decide(
            ClusterFormed(
                at=work.at,
                account_id=joined.account_id,
                cluster_id=joined.cluster_id,
                items=joined.items,
            )
        )
    if joined.coordinated_at is not None or joined.count < RUSH_AUTHORS:
        return joined
    authors = len(set(joined.within(RUSH, work.at)))
    if authors < RUSH_AUTHORS:
        return joined
    work.decide(
        ClusterCoordinated(
            at=work.at,
            account_id=joined.account_id,
            cluster_id=joined.cluster_id,
            authors=authors,
            count=joined.count,
        )
    )
    return joined.model_copy(update={"coordinated_at": work.at})
