"""Whose accounts are staff accounts: the origin `employee` of a pack, where it names anybody."""

from functools import lru_cache
from typing import Final

from shared.policy.model import Pack
from shared.policy.weighing import Origin

STAFF_ORIGIN: Final = "employee"


@lru_cache(maxsize=64)
def staff_of(pack: Pack) -> Origin | None:
    """Return who is staff by the pack; None where it names nobody."""
    found = (each for each in pack.origins if each.id == STAFF_ORIGIN)
    return next((each for each in found if each.names or each.verified), None)
