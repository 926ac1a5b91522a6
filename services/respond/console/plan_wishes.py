"""Wishes about texts that are planned for later."""

from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from services.respond.console.guidance_wishes import EndBody
from services.respond.console.wish import Body, Name, Needed, Wish
from shared.contracts import plans


class PlanBody(Body):
    account_id: Name
    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    publish_at: AwareDatetime


class FreezeBody(Body):
    frozen: bool
    reason: Needed

    def needs(self) -> str:
        return "" if self.frozen else "operator.plans_freed"


PLAN_WISHES = (
    Wish("plan-write", "plan", "Plan a text for later", PlanBody, plans.PlanWritten),
    Wish("plan-drop", "plan", "Plan it no longer", EndBody, plans.PlanDropped),
    Wish("plan-unfreeze", "plan", "Let one frozen text go", EndBody, plans.PlanUnfrozen),
    Wish(
        "plans-freeze",
        "organisation",
        "Freeze all planned texts, or let new ones be free again",
        FreezeBody,
        plans.PlansFrozen,
    ),
)
