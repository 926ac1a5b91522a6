"""A claim (传言) as the fold keeps it: what is said, what is known of it, and how it is recognised."""

from datetime import timedelta
from typing import Final

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.operators import ClaimStatus

REMEMBERED: Final = timedelta(days=365)
"""How long a claim is recognised after its newest item or word; rumours come back. Ours."""


class Evidence(Frozen):
    """What somebody found out, and what it made of the claim."""

    at: Time
    person_id: str
    status: ClaimStatus
    text: str


class Claim(Aggregate):
    """One rumour of one account. The system recognises it and never says whether it is true."""

    claim_id: str
    account_id: str
    matter: str
    status: ClaimStatus
    opened_by: str
    opened_at: Time
    last_at: Time
    items: int = 0
    evidence: tuple[Evidence, ...] = ()
    variants: tuple[str, ...] = ()
    """Keys of the marks by which its wordings are recognised."""

    @property
    def key(self) -> str:
        return f"claim:{self.claim_id}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.last_at + REMEMBERED, f"lapse:{self.claim_id}", self.key),)


class Variant(Aggregate):
    """A text, or a band of its signature, by which a claim is recognised."""

    place: str
    claim_id: str
    signature: str

    @property
    def key(self) -> str:
        return f"variant:{self.place}"
