"""Claims: opened by a person from a case, recognised in what comes later, judged by people only."""

from services.respond.core.aggregates import Case, Claim, Cluster, Variant
from services.respond.core.cascades import called_rumour
from services.respond.core.case import KEEP
from services.respond.core.claim import Evidence
from services.respond.core.cluster import WHOLE
from services.respond.core.refusal import Refusal
from services.respond.core.said import ClaimLinked, ClaimRecorded
from services.respond.core.signatures import agree
from services.respond.core.work import Work
from shared.contracts.ids import token
from shared.contracts.operators import ClaimJudged, ClaimOpened

MATTER_MOST, EVIDENCE_MOST = 500, 2_000
VARIANTS_MOST = 10 * KEEP


def open_claim(work: Work, case: Case, fact: ClaimOpened) -> Case | Refusal:
    """Make the matter of a case a claim; what says the same is recognised from here on."""
    if case.claim_id:
        return Refusal("has_claim", "this case is about a claim already")
    if not fact.matter.strip() or len(fact.matter) > MATTER_MOST:
        return Refusal("bad_text", f"between 1 and {MATTER_MOST} characters")
    claim = Claim(
        claim_id=token("claim", case.case_id, fact.op_id),
        account_id=case.account_id,
        matter=fact.matter,
        status="unverified",
        opened_by=fact.person_id,
        opened_at=work.at,
        last_at=work.at,
        items=case.item_count,
    )
    cluster = work.get(f"cluster:{case.cluster_id}", Cluster)
    work.put(claim if cluster is None else _learnt(work, claim, cluster))
    for case_id in cluster.cases if cluster else ():
        _join(work, case_id, claim)
    _record(work, case, claim)
    known = case.model_copy(update={"claim_id": claim.claim_id})
    return called_rumour(work, known, known.items[-1])


def judge_claim(work: Work, case: Case, fact: ClaimJudged) -> Refusal | None:
    """Keep what a person found out. Nothing but a person's word changes what is known."""
    claim = work.get(f"claim:{case.claim_id}", Claim)
    if claim is None:
        return Refusal("not_found", "this case is about no claim")
    if not fact.evidence.strip() or len(fact.evidence) > EVIDENCE_MOST:
        return Refusal("bad_text", f"evidence: between 1 and {EVIDENCE_MOST} characters")
    found = Evidence(at=work.at, person_id=fact.person_id, status=fact.status, text=fact.evidence)
    fresh = {
        "status": fact.status,
        "evidence": (*claim.evidence[1 - KEEP :], found),
        "last_at": work.at,
    }
    judged = claim.model_copy(update=fresh)
    work.put(judged)
    _record(work, case, judged)
    return None


def recognise(work: Work, cluster: Cluster, item_id: str) -> Cluster:
    """Return the cluster with the claim that its newest item is about, if one is known."""
    claim_id = cluster.claim_id or _known(work, cluster)
    claim = work.get(f"claim:{claim_id}", Claim)
    if claim is None:
        return cluster
    known = {"items": claim.items + 1, "last_at": work.at}
    work.decide(
        ClaimLinked(
            at=work.at,
            account_id=claim.account_id,
            claim_id=claim_id,
            item_id=item_id,
            status=claim.status,
        )
    )
    grown = claim.model_copy(update=known)
    work.put(grown if cluster.claim_id else _learnt(work, grown, cluster))
    return cluster.model_copy(update={"claim_id": claim_id})


def lapse(work: Work, claim: Claim) -> None:
    """Forget a claim nobody has spoken of for a year, and what it was recognised by."""
    work.drop(claim.key)
    for place in claim.variants:
        work.drop(f"variant:{place}")


def _join(work: Work, case_id: str, claim: Claim) -> None:
    other = work.case(case_id)
    if other is not None and not other.claim_id:
        work.put(other.model_copy(update={"claim_id": claim.claim_id}))


def _known(work: Work, cluster: Cluster) -> str:
    if not work.holds("variant"):
        return ""
    for place in cluster.landmarks:
        variant = work.get(f"variant:{place}", Variant)
        if variant and (place.startswith(WHOLE) or agree(variant.signature, cluster.signature)):
            return variant.claim_id
    return ""


def _learnt(work: Work, claim: Claim, cluster: Cluster) -> Claim:
    """Let the wording of a cluster lead to the claim, and the cluster know it."""
    fresh = [each for each in cluster.landmarks if work.get(f"variant:{each}", Variant) is None]
    learnt = fresh[: VARIANTS_MOST - len(claim.variants)]
    work.put(
        *(
            Variant(place=place, claim_id=claim.claim_id, signature=cluster.signature)
            for place in learnt
        ),
        cluster.model_copy(update={"claim_id": claim.claim_id}),
    )
    return claim.model_copy(update={"variants": (*claim.variants, *learnt)})


def _record(work: Work, case: Case, claim: Claim) -> None:
    work.decide(
        ClaimRecorded(
            at=work.at,
            account_id=claim.account_id,
            claim_id=claim.claim_id,
            case_id=case.case_id,
            status=claim.status,
        )
    )
