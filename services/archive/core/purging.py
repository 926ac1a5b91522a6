"""Which sealed ranges may leave the log, by what the installation wants (invariant 13); pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.archive.core.segments import Seal

SLACK = timedelta(hours=1)
"""The platform's clock and the log's may differ by that much."""
EASE = 0.9
"""Purging for room stops this far below the share at which it began."""

BRAKE = 0.8
BRAKE_LOOKS = 3


class Policy(NamedTuple):
    """What is wanted. 0 days, 0 facts, 0 bytes mean: no such limit.

    `oldest_item` is the age beyond which ingest refuses an item it has never seen.
    """

    keep_days: float
    keep_facts: int
    limit_bytes: int
    share: float
    oldest_item: timedelta


class Fill(NamedTuple):
    """How full the log is."""

    last_seq: int
    bytes_stored: int
    max_bytes: int


class Brake(NamedTuple):
    """A limit below what the log holds: the room that a purge makes is for snapshots and records.

    In a server's store that is full, respond cannot write the snapshot that lets facts go. Were the
    log to take the first free bytes, it never could.
    """

    limit_bytes: int
    looks: int = BRAKE_LOOKS

    @classmethod
    def at(cls, bytes_stored: int) -> "Brake":
        """Brake a log that holds so much, for some looks: somebody else may have filled the store."""
        return cls(max(int(bytes_stored * BRAKE), 1))

    def is_over(self, bytes_stored: int) -> bool:
        """Tell whether the log does not fit in yet."""
        return bytes_stored >= self.limit_bytes

    def eased(self, bytes_stored: int) -> "Brake | None":
        """Return the brake for the next look; None: the log fits in, or waited long enough."""
        if self.looks > 1 and self.is_over(bytes_stored):
            return self._replace(looks=self.looks - 1)
        return None


def limit_of(policy: Policy, fill: Fill) -> int:
    """Return the smaller of the stream's own limit and the one that was set; 0 for none."""
    return min((each for each in (policy.limit_bytes, fill.max_bytes) if each > 0), default=0)


def is_over(policy: Policy, fill: Fill, *, began: bool = False) -> bool:
    """Tell whether the log needs room; once purging `began`, until there is a little more."""
    limit = limit_of(policy, fill)
    share = policy.share * (EASE if began else 1.0)
    return limit > 0 and fill.bytes_stored > share * limit


def unwanted(policy: Policy, fill: Fill, seals: Sequence[Seal], now: datetime) -> int:
    """Return up to where nobody asked to keep the log; 0: nowhere, or nothing was asked.

    With days and facts both set, both are kept.
    """
    if not (policy.keep_days or policy.keep_facts):
        return 0
    oldest = now - timedelta(days=policy.keep_days)
    newest = fill.last_seq - policy.keep_facts
    upto = 0
    for seal in seals:
        if seal.last_time >= oldest or seal.last_seq > newest:
            break
        upto = seal.last_seq
    return upto


def next_range(seals: Sequence[Seal], purged: int) -> int:
    """Return the end of the oldest sealed range that is not purged; 0: there is none."""
    return next((seal.last_seq for seal in seals if seal.last_seq > purged), 0)


def items_may_go(policy: Policy, seals: Sequence[Seal], purged: int, now: datetime) -> int:
    """Return up to where even items may leave: none of them would be let in again."""
    oldest = now - policy.oldest_item - SLACK
    old = [seal.last_seq for seal in seals if seal.last_time < oldest]
    return min(max(old, default=0), purged)
