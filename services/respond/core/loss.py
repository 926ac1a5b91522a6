"""A stretch of time that is missing from a log that was restored from a backup."""

from shared.contracts.base import Frozen, Time

LOSSES_KEPT = 20


class Loss(Frozen):
    """What was done from `since` to `until` is not on record."""

    since: Time
    until: Time
