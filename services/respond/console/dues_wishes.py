"""What people may ask for beside the reply: a return visit, or taking something harmful away."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from services.respond.console.wish import Body, Name, Needed, Wish
from shared.contracts.dues import (
    Ground,
    RemovalApproved,
    RemovalAsked,
    RemovalDeclined,
    Removing,
    VisitHow,
    VisitOutcome,
    VisitRecorded,
)


class VisitBody(Body):
    how: VisitHow
    outcome: VisitOutcome
    visited_at: AwareDatetime | None = None
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""


class RemovalAskBody(Body):
    item_id: Name
    item_version: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    removing: Removing
    ground: Ground
    evidence: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)
    ]
    alike: bool = False


class RemovalApproveBody(Body):
    removal_id: Name
    alike: bool = False


class RemovalDeclineBody(RemovalApproveBody):
    reason: Needed


DUES_WISHES = (
    Wish("visit", "case", "Enter a return visit", VisitBody, VisitRecorded),
    Wish("removal-ask", "case", "Ask to take an item away", RemovalAskBody, RemovalAsked),
    Wish(
        "removal-approve",
        "case",
        "Approve that it is taken away",
        RemovalApproveBody,
        RemovalApproved,
    ),
    Wish("removal-decline", "case", "Let it stay", RemovalDeclineBody, RemovalDeclined),
)
