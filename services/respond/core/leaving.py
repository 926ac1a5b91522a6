"""What the house's own order has against a reply leaving: asked at approval, and in the send port.

Pure, so that both ask the same (invariant 17).
"""

from services.respond.core.aggregates import Case, Reply
from services.respond.core.approving import demand, lacking, missing_words
from shared.policy.model import Pack


def objection(case: Case, reply: Reply, pack: Pack) -> str:
    """Return why the reply must not leave, a code first; empty if it may."""
    missing = lacking(demand(case, reply.slot, pack), reply)
    return f"approvals_lacking {missing_words(missing)}" if missing else ""
