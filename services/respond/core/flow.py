"""Where a case stands in the house's own order: its queue, and who approved what of its replies."""

from typing import Literal

from services.respond.core.said import DecisionBase
from shared.contracts.base import Frozen, Time


class Approval(Frozen):
    """One person's approval of a revision.

    `step` is the place in the chain it fills. `stands_in`: nobody here holds that post.
    `alone`: by night one person was enough.
    """

    person_id: str
    at: Time
    step: str = ""
    stands_in: bool = False
    alone: bool = False


class Flow(Frozen):
    """Where a case goes by the rules: its queue, what is to be done, who proposes the words."""

    queue: str = ""
    action: str = ""
    opinion_from: str = ""


class CaseRouted(DecisionBase):
    """A case is in another queue than before."""

    kind: Literal["case.routed"] = "case.routed"
    case_id: str
    queue: str
    action: str = ""


FlowDecision = CaseRouted
