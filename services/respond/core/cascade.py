"""What is kept of a post that is worded like a rumour, while others pass it on."""

from datetime import timedelta
from typing import Final

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.operators import ClaimStatus
from shared.policy.cascade import MINUTES, Spread

KEPT: Final = 200
"""Posts, cases and newest reposts that are kept of one cascade."""
CASCADES_MOST: Final = 2_000
"""Cascades followed at one time. A further one is a case like any other, and says so."""


class Reading(Frozen):
    """How likely it is a rumour, in thousandths, when that was reckoned, and on what evidence.

    `minutes` count from when it was first suspected. `text` is what its text alone says; None:
    nobody judged it. `unheard` are reposts of which nobody knows what they say; `copies` are posts
    in nearly the same words; `lately` are the reposts of the last hour, at most 200. `followers`
    are those of its author, `reach` those of all who passed it on, where known; `early` are the
    reposts of the first quarter of an hour, once it is over. `claim_status` is what people know of
    the claim it is about.
    """

    at: Time
    minutes: int
    likely: int
    text: int | None = None
    reposts: int = 0
    denial: int = 0
    doubt: int = 0
    delight: int = 0
    unheard: int = 0
    copies: int = 0
    lately: int = 0
    reach: int = 0
    early: int | None = None
    followers: int | None = None
    claim_status: ClaimStatus | None = None


class Cascade(Aggregate):
    """One post, or several in nearly the same words, and counts of what came of it."""

    cascade_id: str
    account_id: str
    started_at: Time
    text: int | None = None
    wording: int = 0
    """What its text adds to the log odds, as far as that is to be heard."""
    followers: int | None = None
    reposts: int = 0
    denial: int = 0
    doubt: int = 0
    delight: int = 0
    unheard: int = 0
    copies: int = 0
    reach: int = 0
    early: int | None = None
    """Reposts of the first quarter of an hour; None before it is over."""
    recent: tuple[tuple[Time, str], ...] = ()
    """When and which reposts came, the newest last."""
    places: tuple[str, ...] = ()
    """By which posts and words it is found."""
    cases: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Cases that have not been told of any reading."""
    step: int = 1
    """Which of MINUTES comes next."""
    fresh: bool = False
    """Something has come since the last reading."""

    @property
    def key(self) -> str:
        return f"cascade:{self.cascade_id}"

    def timers(self) -> tuple[Timer, ...]:
        due = self.started_at + timedelta(minutes=MINUTES[self.step])
        return (Timer(due, f"cascade:{self.cascade_id}", self.key),)

    @property
    def spread(self) -> Spread:
        """Return what its reposts said, of those that were heard."""
        heard = self.reposts - self.unheard
        return Spread(heard, self.denial, self.doubt, self.delight, self.early)


class Echo(Aggregate):
    """Which cascade belongs to a post, or to words that are posted again."""

    place: str
    cascade_id: str

    @property
    def key(self) -> str:
        return f"echo:{self.place}"
