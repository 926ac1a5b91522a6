"""What people ask for in the house's own order: decisions on what is held, questions, answers."""

from typing import assert_never

from services.respond.core import asking, holding
from services.respond.core.aggregates import Case
from services.respond.core.refusal import Refusal
from services.respond.core.work import Work
from shared.contracts.flows import FlowFact, HoldDecided, InformationAnswered, InformationAsked


def operate(work: Work, case: Case, fact: FlowFact) -> Case | Refusal:
    """Do or refuse what was asked."""
    match fact:
        case HoldDecided():
            return holding.decide(work, case, fact)
        case InformationAsked():
            return asking.ask(work, case, fact)
        case InformationAnswered():
            return asking.answer(work, case, fact)
        case _:
            assert_never(fact)
