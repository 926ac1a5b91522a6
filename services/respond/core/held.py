"""What the house's own order has against a reply: a rumour that waits, words that are missing, approvals.

Pure, and asked three times: at approval, when the reply leaves, and in the send port (invariant 17).
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from services.respond.core.approving import demand, lacking, missing_words
from services.respond.core.case import Case, Reply
from services.respond.core.claim import Claim
from services.respond.core.guidance import Guidance
from services.respond.core.work import Work
from shared.contracts.operators import Slot
from shared.policy.model import Pack
from shared.policy.routing import policy_of, rule_for
from shared.policy.switches import RumourPolicy

IN_SUBSTANCE: Final[frozenset[Slot]] = frozenset({"answer", "correction", "closing"})
HELD: Final = "held"
KEPT_SILENT: Final = "kept_silent"
UNCLARIFIED: Final = "unclarified"
_UNKNOWN: Final = frozenset({"unverified", "checking"})
_WHY: Final = {
    "report_up": "a rumour is reported up and not commented on until it is released",
    "hold_and_escalate": "replies wait until it is decided whether to answer",
    "clarify": "an answer needs a position in force, or a claim that was judged",
}


class Objection(NamedTuple):
    """Why a reply must not leave. `what` is the rule or the post it is about."""

    code: str
    why: str
    what: str

    def note(self) -> str:
        return f"{self.code} {self.what}"


class Standing(NamedTuple):
    """What is known beside a case: positions, and the claim it is about."""

    guidance: Guidance
    claim: Claim | None


def standing_of(work: Work, case: Case) -> Standing:
    """Return what is known beside a case as things stand in the fold."""
    claim = work.get(f"claim:{case.claim_id}", Claim) if case.claim_id else None
    return Standing(work.guidance, claim)


def objection(case: Case, reply: Reply, pack: Pack, standing: Standing) -> Objection | None:
    """Return the first thing that is against this reply leaving; None if it may."""
    return next(_objections(case, reply, pack, standing), None)


def withheld(case: Case, slot: Slot, pack: Pack, standing: Standing) -> Objection | None:
    """Return what is against any reply of this kind, whoever approves it."""
    policy = policy_of(pack, case.labels, case.topics)
    if policy is not None and (code := _held(case, slot, policy, standing)):
        rule = rule_for(pack, policy)
        return Objection(code, f"{rule}: {_WHY[policy]}", rule)
    if slot in IN_SUBSTANCE and (missing := opinion_missing(case)):
        return Objection("opinion_missing", f"{missing} has not proposed its words", missing)
    return None


def silence(case: Case, pack: Pack, standing: Standing) -> Literal["", "holding", "none"]:
    """Return what may be suggested: all (""), only what is being checked, or nothing."""
    policy = policy_of(pack, case.labels, case.topics)
    if policy is None:
        return ""
    if _waits(case, policy):
        silent = policy == "report_up" or _is_silent(case, policy)
        return "none" if silent else "holding"
    return "" if is_clarified(case, standing) else "holding"


def is_clarified(case: Case, standing: Standing) -> bool:
    """Tell whether the house has said what is true: by a position, or by a claim people judged."""
    judged = standing.claim is not None and standing.claim.status not in _UNKNOWN
    return judged or bool(standing.guidance.in_force(case))


def opinion_missing(case: Case) -> str:
    """Return the department whose words are awaited; empty if none is, or they came."""
    if not case.flow.opinion_from:
        return ""
    asked = case.flow.opinion()
    return "" if asked and asked.answered_at is not None else case.flow.opinion_from


def _objections(case: Case, reply: Reply, pack: Pack, standing: Standing) -> Iterator[Objection]:
    held = withheld(case, reply.slot, pack, standing)
    if held is not None:
        yield held
    if missing := lacking(demand(case, reply.slot, pack), reply):
        words = missing_words(missing)
        yield Objection("approvals_lacking", f"it still needs: {words}", words)


def _held(case: Case, slot: Slot, policy: RumourPolicy, standing: Standing) -> str:
    if _waits(case, policy):
        return KEPT_SILENT if _is_silent(case, policy) else HELD
    return "" if slot not in IN_SUBSTANCE or is_clarified(case, standing) else UNCLARIFIED


def _waits(case: Case, policy: RumourPolicy) -> bool:
    """Tell whether nobody has released replies under this very policy."""
    hold = case.flow.hold
    released = hold is not None and hold.policy == policy and hold.status == "released"
    return policy != "clarify" and not released


def _is_silent(case: Case, policy: RumourPolicy) -> bool:
    hold = case.flow.hold
    return hold is not None and hold.policy == policy and hold.status == "silent"
