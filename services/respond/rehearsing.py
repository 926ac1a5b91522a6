"""Rules tried on what came in the last days: what the console asks of respond's shell."""

from datetime import datetime, tzinfo
from typing import Protocol

from shared.contracts.base import Frozen
from shared.policy.model import Pack


class Rehearsed(Frozen):
    """What other rules decide otherwise of what came since a time, kind by kind.

    `shown` are the first of each kind: what it is about, as the rules in force decide, as the
    others would. Not `complete`: only the newest part of it was looked at.
    """

    since: datetime
    complete: bool
    items: int
    cases: tuple[int, int]
    counts: dict[str, int]
    shown: dict[str, tuple[tuple[str, str, str], ...]]


class Seen(Frozen):
    """One input of the last days of which a rule speaks: what, when, its words, what is said."""

    kind: str
    came: str
    at: datetime
    text: str
    verdict: str
    reason: str


class Asked(Frozen):
    """What one rule says of the last days. `looked` are inputs by kind, `untold` fields nobody told.

    Of the kinds in `without` the house keeps no history: nothing is said of them.
    """

    since: datetime
    complete: bool
    looked: dict[str, int]
    without: tuple[str, ...]
    hits: int
    untold: dict[str, int]
    shown: tuple[Seen, ...]


class Rehearsal(Protocol):
    """Rules tried on what came in the last days."""

    async def ask(self, name: str, candidate: Pack, rule_id: str, zone: tzinfo) -> Asked:
        """Return what one rule of the catalogue says of replies, posts and items of these days.

        Raises TransientError.
        """
        ...

    async def rehearse(self, name: str, live: Pack, candidate: Pack) -> Rehearsed:
        """Return what `candidate` decides otherwise than `live` for the accounts of this pack.

        Raises TransientError.
        """
        ...
