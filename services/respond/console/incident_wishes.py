"""What people may ask for about staff incidents."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from services.respond.console.wish import Body, Name, Wish
from shared.contracts.incidents import IncidentJudged, IncidentReported

Ground = Annotated[str, StringConstraints(max_length=500)]


class IncidentReportBody(Body):
    rule: Name
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    case_id: Name | Literal[""] = ""


class IncidentJudgeBody(Body):
    upheld: bool
    grade: Annotated[int, Field(ge=1, le=3)]
    sanction: Ground = ""
    reason: Ground = ""


INCIDENT_WISHES = (
    Wish("incident-report", "account", "Report an incident", IncidentReportBody, IncidentReported),
    Wish("incident-judge", "incident", "Decide on an incident", IncidentJudgeBody, IncidentJudged),
)
