"""What may be said, and what is to be: positions, bans, entries, receipts, planned texts."""

from services.respond.core import plans, positions, receipts, shelving
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.guidance import GuidanceFact, KnowledgeFact, ReceiptFact
from shared.contracts.plans import PlanFact

SayingFact = GuidanceFact | KnowledgeFact | ReceiptFact | PlanFact


def operate(work: Work, fact: SayingFact) -> Refusal | None:
    """Do or refuse what was asked."""
    if isinstance(fact, GuidanceFact):
        return positions.operate(work, fact)
    if isinstance(fact, KnowledgeFact):
        return shelving.operate(work, fact)
    if isinstance(fact, ReceiptFact):
        return receipts.operate(work, fact)
    return plans.operate(work, fact)
