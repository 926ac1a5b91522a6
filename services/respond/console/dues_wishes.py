"""What people may ask for beside the reply: a return visit is entered."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from services.respond.console.wish import Body, Wish
from shared.contracts.dues import VisitHow, VisitOutcome, VisitRecorded


class VisitBody(Body):
    how: VisitHow
    outcome: VisitOutcome
    visited_at: AwareDatetime | None = None
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""


DUES_WISHES = (Wish("visit", "case", "Enter a return visit", VisitBody, VisitRecorded),)
