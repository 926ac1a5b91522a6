"""Facts about texts that are to be published later: kept so that a change of rules can name them."""

from typing import Literal

from shared.contracts.base import Time
from shared.contracts.operators import OperatorFactBase


class PlanWritten(OperatorFactBase):
    """A text is planned for an account; the same plan written again is changed.

    It is published elsewhere: planning it here lets nothing leave.
    """

    kind: Literal["operator.plan_written"] = "operator.plan_written"
    plan_id: str
    account_id: str
    text: str
    publish_at: Time


class PlanDropped(OperatorFactBase):
    """A planned text is planned no longer."""

    kind: Literal["operator.plan_dropped"] = "operator.plan_dropped"
    plan_id: str
    reason: str


PlanFact = PlanWritten | PlanDropped
