"""Somebody may harm themselves: a person is told at once, and until somebody looks after them."""

from typing import Final

from services.respond.core.aggregates import Case
from services.respond.core.telling import tell, untell
from services.respond.core.work import Work
from shared.contracts.verdicts import Label

AT_RISK: Final = "self_harm"


def tell_of_risk(work: Work, case: Case, before: tuple[Label, ...]) -> None:
    """Tell whoever is on duty of a case that shows it now; `before` are the labels it had open."""
    if Label.SELF_HARM in case.labels and Label.SELF_HARM not in before:
        tell(work, case, AT_RISK, "", "")


def looked_after(work: Work, case: Case, by: str) -> None:
    """Somebody has taken the case: the page no longer waits for it."""
    if Label.SELF_HARM in case.labels:
        untell(work, case, AT_RISK, "", by)
