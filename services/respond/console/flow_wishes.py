"""Wishes in the house's own order: decide on what is held, ask a colleague, answer."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.respond.console.wish import Body, Name, Needed, Wish
from shared.contracts.flows import (
    HoldDecided,
    HoldDecision,
    InformationAnswered,
    InformationAsked,
)

Department = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class HoldBody(Body):
    decision: HoldDecision
    reason: Needed
    alike: bool = False


class QuestionBody(Body):
    of: Department | Literal[""] = ""
    of_person: Name | Literal[""] = ""
    question: Needed
    minutes: Annotated[int, Field(ge=1, le=60 * 24 * 7)] | None = None


class AnswerBody(Body):
    ask_id: Name
    text: Told


FLOW_WISHES = (
    Wish("hold-decide", "case", "Decide on replies the rules hold", HoldBody, HoldDecided),
    Wish("information-ask", "case", "Ask a department", QuestionBody, InformationAsked),
    Wish("information-answer", "case", "Answer what was asked", AnswerBody, InformationAnswered),
)
