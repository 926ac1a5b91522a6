"""The rules in force: who proposed and approved them, the way back, and what people know of them."""

from typing import ClassVar, Final

from pydantic import Field

from services.respond.core.state import Aggregate
from shared.contracts.base import Frozen, Time
from shared.policy.changes import What

PROPOSALS_KEPT: Final = 10
KEPT_IN_FORCE: Final = 10
SWITCHES_KEPT: Final = 10
LINES_KEPT: Final = 60
LINE_CHARS: Final = 160
MOVED_KEPT: Final = 50


class PackProposal(Frozen):
    """A body one person put up; `base_hash` is what was in force when it was written."""

    pack: str
    pack_hash: str
    base_hash: str
    note: str
    proposed_by: str
    proposed_at: Time
    approved_by: str = ""
    approved_at: Time | None = None


class InForce(Frozen):
    """A body that people put in force, and where in the log it began to hold."""

    pack_hash: str
    proposed_by: str
    approved_by: str
    activated_by: str
    note: str
    since: Time
    seq: int


class PolicyRegister(Aggregate):
    """By pack: the last of `installed` is in force; with none, what the files say (`configured`)."""

    configured: dict[str, str] = Field(default_factory=dict)
    installed: dict[str, tuple[InForce, ...]] = Field(default_factory=dict)
    proposals: tuple[PackProposal, ...] = ()
    shadows: dict[str, str] = Field(default_factory=dict)

    KEY: ClassVar[str] = "policies:self"

    @property
    def key(self) -> str:
        return self.KEY

    def in_force(self, pack: str) -> InForce | None:
        """Return what people put in force; None while the files' own body holds."""
        installed = self.installed.get(pack, ())
        return installed[-1] if installed else None

    def before(self, pack: str) -> str:
        """Return the hash of the body that holds again after a roll-back; "" if there is none."""
        installed = self.installed.get(pack, ())
        if not installed:
            return ""
        return installed[-2].pack_hash if installed[1:] else self.configured.get(pack, "")

    def known(self) -> frozenset[str]:
        """Return every body that the house was told of; what is not among them is refused."""
        bodies = {each.pack_hash for each in self.proposals} | set(self.configured.values())
        in_force = (each.pack_hash for kept in self.installed.values() for each in kept)
        return frozenset(bodies.union(in_force))

    def proposal(self, pack: str, pack_hash: str) -> PackProposal | None:
        """Return the open proposal of exactly this body."""
        wanted = (pack, pack_hash)
        return next(
            (each for each in self.proposals if (each.pack, each.pack_hash) == wanted), None
        )


class ChangeLine(Frozen):
    """One thing a switch changed; values are cut to what a person reads."""

    area: str
    path: tuple[str, ...]
    what: What
    before: str = ""
    after: str = ""


class MovedCase(Frozen):
    """An open case that other rules lead to another queue; `held`: its replies wait now."""

    case_id: str
    number: int
    from_queue: str
    to_queue: str
    held: bool = False


class Switch(Frozen):
    """One pack gave way to another.

    `more` counts the lines that were left out, `more_moved` the cases.
    """

    from_hash: str
    to_hash: str
    at: Time
    seq: int
    lines: tuple[ChangeLine, ...]
    more: int = 0
    moved: tuple[MovedCase, ...] = ()
    more_moved: int = 0


class PackChanges(Aggregate):
    """What people changed in a pack lately, oldest first."""

    pack: str
    switches: tuple[Switch, ...] = ()

    @property
    def key(self) -> str:
        return f"changes:{self.pack}"


class Briefed(Aggregate):
    """Which body of each pack a person has read about."""

    person_id: str
    known: dict[str, str] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"briefed:{self.person_id}"
