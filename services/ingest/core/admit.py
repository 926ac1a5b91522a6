"""What comes in twice or far too late is not passed on; everything else is, undecided."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts.facts import Fact
from shared.contracts.items import ItemReceived
from shared.contracts.subjects import message_id


@dataclass(frozen=True, slots=True)
class Admit:
    """Pass it on; `mark` is what to remember it by."""

    fact: Fact
    mark: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """It was passed on before."""


@dataclass(frozen=True, slots=True)
class TooOld:
    """A first sight of something older than this service looks after."""


Admission = Admit | Duplicate | TooOld


def admit(fact: Fact, seen: Container[str], now: datetime, oldest: timedelta) -> Admission:
    """Judge one fact. Only a first sight can be too old: the rest concerns what is known."""
    mark = message_id(fact)
    if mark in seen:
        return Duplicate()
    if isinstance(fact, ItemReceived) and fact.published_at < now - oldest:
        return TooOld()
    return Admit(fact, mark)
