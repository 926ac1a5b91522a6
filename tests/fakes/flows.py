"""Builders of what people ask for in the house's own order: decisions, questions, answers; people."""

from shared.contracts.flows import (
    FlowFact,
    HoldDecided,
    HoldDecision,
    InformationAnswered,
    InformationAsked,
)
from shared.contracts.guidance import ModelDrafted, PositionRequested
from shared.contracts.org import PersonRegistered, Role

Recorded = PositionRequested | ModelDrafted | FlowFact
"""What a house without a fold takes down and answers with yes."""


def of_department(
    person: str, *departments: str, role: Role = Role.REVIEWER, active: bool = True
) -> PersonRegistered:
    return PersonRegistered(
        revision="d",
        person_id=person,
        name=person,
        roles=(role,),
        departments=departments,
        active=active,
    )


def a_hold_decision(
    case_id: str,
    decision: HoldDecision,
    *,
    person: str = "li",
    reason: str = "总部已答复",
    op: str = "op-hold",
    alike: bool = False,
) -> HoldDecided:
    return HoldDecided(
        op_id=op, person_id=person, case_id=case_id, decision=decision, reason=reason, alike=alike
    )


def a_question(
    case_id: str,
    of: str = "三号柜台",
    question: str = "三号柜台当时发生了什么？",
    *,
    person: str = "li",
    of_person: str = "",
    minutes: int | None = None,
    op: str = "op-ask",
) -> InformationAsked:
    return InformationAsked(
        op_id=op,
        person_id=person,
        case_id=case_id,
        of=of,
        of_person=of_person,
        question=question,
        minutes=minutes,
    )


def an_information(
    case_id: str,
    ask_id: str,
    text: str = "当时系统故障。",
    *,
    person: str = "li",
    op: str = "op-told",
) -> InformationAnswered:
    return InformationAnswered(
        op_id=op, person_id=person, case_id=case_id, ask_id=ask_id, text=text
    )
