"""Staff incidents (运营事故): what counts as one, how grave, what is proposed; people decide."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.verdicts import Label
from shared.policy.rules import Rules

Grade = Annotated[int, Field(ge=1, le=3)]
Trigger = Literal[
    "acknowledge_breached",
    "first_reply_breached",
    "return_visit_breached",
    "promise_breached",
    "closed_unanswered",
    "posted_around_gate",
    "sent_against_hold",
    "reply_broke_rule",
    "removal_refused",
    "criticism_removed",
    "staff_account",
]


class IncidentRule(Rules):
    """One line of the table. Without triggers only a person reports it."""

    id: str = Field(description="id in the rule catalogue")
    title: str
    grade: Grade = Field(description="1 is the gravest")
    alternatives: tuple[Grade, ...] = Field((), description="grades it may be read as, too")
    triggers: tuple[Trigger, ...] = Field((), description="what the system itself notices")
    labels: tuple[Label, ...] = Field((), description="only for cases with one of them; or all")
    categories: tuple[str, ...] = Field((), description="only for these findings; or all")


class Sanction(Rules):
    """What is proposed for a grade; for a grade without one a person finds the words."""

    grade: Grade
    says: str


class IncidentTable(Rules):
    """The organisation's table of incidents."""

    rules: tuple[IncidentRule, ...] = ()
    sanctions: tuple[Sanction, ...] = ()

    def sanction(self, grade: int) -> str:
        """Return what is proposed for a grade; "" if nothing is."""
        return next((each.says for each in self.sanctions if each.grade == grade), "")
