"""The one door: a state, a stored fact and the packs in; changes and decisions out; pure."""

from collections.abc import Mapping
from typing import NamedTuple

from services.respond.core.decisions import Decision
from services.respond.core.state import Changes, State
from shared.contracts.facts import Stored
from shared.policy.model import Pack


class Step(NamedTuple):
    """What one fact changes and what was decided on it, in order."""

    changes: Changes
    decisions: tuple[Decision, ...]


def step(state: State, stored: Stored, packs: Mapping[str, Pack]) -> Step:
    """Fire every timer that is due, in its own time, then apply the fact.

    `packs` are keyed by content hash. Raises only on bugs; `fold` quarantines such facts.
    """
    del state, stored, packs
    return Step(Changes(), ())
