"""A text that is planned for later, and all of them."""

from typing import ClassVar, Final

from services.respond.core.state import Aggregate
from shared.contracts.base import Frozen, Time

MOST: Final = 200


class Decided(Frozen):
    """Who froze something, or let it go again, when and why."""

    by: str
    at: Time
    reason: str


class Plan(Frozen):
    """One planned text as it was last written; it waits while it is `frozen`."""

    plan_id: str
    account_id: str
    text: str
    publish_at: Time
    written_by: str
    written_at: Time
    frozen: Decided | None = None
    unfrozen: Decided | None = None


class Plans(Aggregate):
    """All plans, soonest first, at most `MOST`. While all are `frozen` new ones are, too."""

    plans: tuple[Plan, ...] = ()
    frozen: Decided | None = None

    KEY: ClassVar[str] = "plans:self"

    @property
    def key(self) -> str:
        return self.KEY
