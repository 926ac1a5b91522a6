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


class PlansFrozen(OperatorFactBase):
    """In a crisis: every text that is planned, and every one that is planned from now on, waits.

    With `frozen` false new ones are free again; what waits is let go one by one.
    """

    kind: Literal["operator.plans_frozen"] = "operator.plans_frozen"
    frozen: bool
    reason: str


class PlanUnfrozen(OperatorFactBase):
    """Somebody looked at one frozen text: it may be published after all."""

    kind: Literal["operator.plan_unfrozen"] = "operator.plan_unfrozen"
    plan_id: str
    reason: str


PlanFact = PlanWritten | PlanDropped | PlansFrozen | PlanUnfrozen
