"""What the house has said may be said: positions in force and proposed, bans, what is asked for.

One bounded aggregate, so that the fold, the send port and the console look at the same.
"""

from collections.abc import Iterator
from typing import ClassVar, Final, Literal

from services.respond.core.case import Case
from services.respond.core.state import Aggregate
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.contracts.guidance import PositionWritten, content_of
from shared.contracts.ids import token
from shared.policy.gate.plain import plain
from shared.policy.phrases import first_hit

MOST: Final = 100
ENDED_KEPT: Final = 20
_LOOK_BACK: Final = 5
PositionStatus = Literal["proposed", "approved", "in_force", "ended"]


class Position(Frozen):
    """One position (口径) in one wording; `content` names exactly these words."""

    position_id: str
    content: str
    written: PositionWritten
    written_at: Time
    status: PositionStatus = "proposed"
    approved_by: str = ""
    approved_at: Time | None = None
    ended_by: str = ""
    ended_reason: str = ""

    @property
    def public(self) -> tuple[str, ...]:
        """Return the texts that may be offered to the public."""
        return () if self.written.internal else (self.written.text, *self.written.variants)

    def concerns(self, case: Case) -> bool:
        """Tell whether a case is about the matter of this position."""
        said = self.written
        if said.account_ids and case.account_id not in said.account_ids:
            return False
        if said.labels and set(said.labels).isdisjoint(case.labels):
            return False
        words = said.words or (said.matter,)
        texts = (each.text for each in case.items[-_LOOK_BACK:])
        return any(first_hit(plain(each), words, ()) is not None for each in texts)


class Ban(Frozen):
    """Words that nothing which leaves may hold, until then (今日禁提)."""

    ban_id: str
    text: str
    until: Time
    set_by: str
    set_at: Time


class PositionRequest(Frozen):
    """A case for which somebody asked for a position; `late` once its clock has run out."""

    case_id: str
    matter: str
    asked_by: str
    asked_at: Time
    due_at: Time
    late: bool = False


class Guidance(Aggregate):
    """Positions, bans and requests, each at most `MOST`."""

    positions: tuple[Position, ...] = ()
    bans: tuple[Ban, ...] = ()
    requests: tuple[PositionRequest, ...] = ()

    KEY: ClassVar[str] = "guidance:self"

    @property
    def key(self) -> str:
        return self.KEY

    def timers(self) -> tuple[Timer, ...]:
        return tuple(self._timers())

    def _timers(self) -> Iterator[Timer]:
        for each in self.positions:
            if each.status == "approved" and each.written.valid_from is not None:
                yield Timer(each.written.valid_from, f"starts:{each.position_id}", self.KEY)
            if each.status in {"approved", "in_force"}:
                yield Timer(each.written.valid_until, f"ends:{each.position_id}", self.KEY)
        for ban in self.bans:
            yield Timer(ban.until, f"unban:{ban.ban_id}", self.KEY)
        for request in self.requests:
            if not request.late:
                yield Timer(request.due_at, f"asked:{request.case_id}", self.KEY)

    def in_force(self, case: Case) -> tuple[Position, ...]:
        """Return the positions that hold for a case."""
        if not self.positions:
            return ()
        standing = (each for each in self.positions if each.status == "in_force")
        return tuple(each for each in standing if each.concerns(case))

    def stamp(self, case: Case) -> str:
        """Return what stands for the positions a text of this case rests on; empty for none."""
        held = self.in_force(case)
        return token("guided", *(each.content for each in held)) if held else ""


NO_GUIDANCE: Final = Guidance()


def content_of_position(said: PositionWritten) -> str:
    """Return the name of everything a position says, whoever wrote it."""
    words = said.model_dump_json(exclude={"op_id", "person_id", "position_id"})
    return content_of("position", words)
