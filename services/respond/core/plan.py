"""A text that is planned for later, and all of them."""

from functools import cached_property
from typing import ClassVar, Final

from services.respond.core.state import Aggregate
from shared.contracts.base import Frozen, Time

MOST: Final = 200


class Plan(Frozen):
    """One planned text as it was last written."""

    plan_id: str
    account_id: str
    text: str
    publish_at: Time
    written_by: str
    written_at: Time


class Plans(Aggregate):
    """All plans, soonest first, at most `MOST`."""

    plans: tuple[Plan, ...] = ()

    KEY: ClassVar[str] = "plans:self"

    @cached_property
    def key(self) -> str:
        return self.KEY
