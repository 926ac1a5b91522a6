"""The models that judge: who proposed them, who put them in office, and the way back."""

from typing import ClassVar, Final

from services.respond.core.state import Aggregate
from shared.contracts.base import Frozen, Time

MODELS_KEPT: Final = 10


class Proposal(Frozen):
    """A candidate that one person put up; `bundle` is the hash of its very bytes."""

    model_id: str
    bundle: str
    report: str
    note: str
    proposed_by: str
    proposed_at: Time


class Installed(Frozen):
    """A model that two people put in office."""

    model_id: str
    bundle: str
    proposed_by: str
    approved_by: str
    since: Time


class ModelRegister(Aggregate):
    """The last of `installed` is in office; with none of them, classify's own model judges.

    `changed_seq` is where in the log the office last changed hands; 0: never.
    """

    installed: tuple[Installed, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    changed_seq: int = 0

    KEY: ClassVar[str] = "models:self"

    @property
    def key(self) -> str:
        return self.KEY

    @property
    def in_office(self) -> Installed | None:
        """Return the model in office; None while classify's own model judges."""
        return self.installed[-1] if self.installed else None
