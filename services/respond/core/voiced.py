"""What an account lately said to people, so that nobody is told the same words as everybody else."""

from typing import Final

from services.respond.core.state import Aggregate
from shared.contracts.base import Frozen, Time

KEEP_VOICED: Final = 50
LONGEST_VOICED: Final = 700
"""Characters: more than any channel takes in a reply."""


class Spoken(Frozen):
    """One reply that stands on the platform, and what it was about. Only what people wrote."""

    case_id: str
    text: str
    at: Time
    cluster_id: str = ""
    claim_id: str = ""


class Voiced(Aggregate):
    """The newest replies of one account, oldest first."""

    account_id: str
    said: tuple[Spoken, ...] = ()

    @property
    def key(self) -> str:
        return f"voiced:{self.account_id}"

    def with_newest(self, spoken: Spoken) -> "Voiced":
        kept = self.said[1 - KEEP_VOICED :]
        return self.model_copy(update={"said": (*kept, spoken)})
