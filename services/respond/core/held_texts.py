"""Texts that the gate held back, remembered for a while: they must not turn up all the same."""

from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time


class Broken(Frozen):
    """One finding that held a text: of which kind, by which rules, and why."""

    category: str = ""
    rules: tuple[str, ...]
    reason: str


class HeldText(Aggregate):
    """A text somebody wrote for a case and the gate did not pass; the text itself is not kept."""

    held_id: str
    case_id: str
    person_id: str
    broken: tuple[Broken, ...]
    forget_at: Time

    @property
    def key(self) -> str:
        return f"held:{self.held_id}"

    def timers(self) -> tuple[Timer, ...]:
        return (Timer(self.forget_at, f"held:{self.held_id}", self.key),)
