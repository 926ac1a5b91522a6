"""Where a case stands in the house's own order: its queue, what is held, what was asked, who approved."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from services.respond.core.said import DecisionBase
from services.respond.core.waiting import Timer
from shared.contracts.base import Frozen, Time
from shared.policy.switches import RumourPolicy

HoldStatus = Literal["open", "reported", "released", "silent"]
AskKind = Literal["information", "opinion"]
AskStatus = Literal["asked", "reminded", "late", "answered", "over"]
ASKS_KEPT: Final = 20


class Approval(Frozen):
    """One person's approval of a revision.

    `step` is the place in the chain it fills. `stands_in`: nobody here holds that post.
    `alone`: by night one person was enough.
    """

    person_id: str
    at: Time
    step: str = ""
    stands_in: bool = False
    alone: bool = False


class Hold(Frozen):
    """Replies wait for a person: `to` is told and decides; `due_at` is when that is late."""

    policy: RumourPolicy
    to: str
    rule: str
    status: HoldStatus = "open"
    due_at: Time | None = None
    late: bool = False
    decided_by: str = ""
    decided_at: Time | None = None
    reason: str = ""


class Ask(Frozen):
    """One question to a department or a colleague; an opinion is the words of a reply.

    `asked_by` empty: the rules asked. `over`: the case was closed first.
    """

    ask_id: str
    kind: AskKind = "information"
    of: str
    of_person: str = ""
    question: str = ""
    asked_by: str = ""
    asked_at: Time
    due_at: Time
    reminded: bool = False
    late: bool = False
    over: bool = False
    answer: str = ""
    answered_by: str = ""
    answered_at: Time | None = None

    @property
    def whom(self) -> str:
        """Return who is meant: one colleague by id, else the department."""
        return self.of_person or self.of

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and not self.over

    @property
    def remind_at(self) -> datetime:
        """Return the half of its time."""
        return self.asked_at + (self.due_at - self.asked_at) // 2


class Flow(Frozen):
    """Where a case goes by the rules: its queue, what is to be done, who proposes the words."""

    queue: str = ""
    action: str = ""
    opinion_from: str = ""
    hold: Hold | None = None
    asks: tuple[Ask, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """Return what the route says."""
        return (self.queue, self.action, self.opinion_from)

    def at(self, other: "Flow") -> "Flow":
        """Return this flow in the place of another."""
        queue, action, opinion_from = other.place
        there = {"queue": queue, "action": action, "opinion_from": opinion_from}
        return self.model_copy(update=there)

    @property
    def open_asks(self) -> tuple[Ask, ...]:
        return tuple(each for each in self.asks if each.is_open)

    def opinion(self) -> Ask | None:
        """Return the newest question to the department that proposes the words."""
        asked = (each for each in reversed(self.asks) if each.kind == "opinion" and not each.over)
        return next((each for each in asked if each.of == self.opinion_from), None)

    def with_ask(self, ask: Ask) -> "Flow":
        """Return the flow with this question in its place, or as its newest."""
        if any(each.ask_id == ask.ask_id for each in self.asks):
            asks = tuple(ask if each.ask_id == ask.ask_id else each for each in self.asks)
        else:
            asks = (*self._kept(), ask)
        return self.model_copy(update={"asks": asks})

    def _kept(self) -> tuple[Ask, ...]:
        """Return the questions without the oldest that is done, once there are many."""
        done = (place for place, each in enumerate(self.asks) if not each.is_open)
        oldest = next(done, None) if len(self.asks) >= ASKS_KEPT else None
        return tuple(each for place, each in enumerate(self.asks) if place != oldest)

    def asking_only(self, department: str) -> "Flow":
        """Return the flow without open opinions of other departments: the case has left them."""
        left = (
            each.kind == "opinion" and each.is_open and each.of != department for each in self.asks
        )
        asks = tuple(
            each.model_copy(update={"over": True}) if gone else each
            for each, gone in zip(self.asks, left, strict=True)
        )
        return self if asks == self.asks else self.model_copy(update={"asks": asks})

    def ended(self) -> "Flow":
        """Return the flow of a case that is closed: nobody waits for anything any more."""
        asks = tuple(
            each.model_copy(update={"over": True}) if each.is_open else each for each in self.asks
        )
        return self.model_copy(update={"asks": asks})

    def timers(self, case_id: str, key: str) -> Iterator[Timer]:
        hold = self.hold
        if hold is not None and hold.status == "open" and hold.due_at and not hold.late:
            yield Timer(hold.due_at, f"held:{case_id}", key)
        for each in self.asks:
            if not each.is_open:
                continue
            if not each.reminded:
                yield Timer(each.remind_at, f"remind:{case_id}:{each.ask_id}", key)
            if not each.late:
                yield Timer(each.due_at, f"unanswered:{case_id}:{each.ask_id}", key)


NO_FLOW: Final = Flow()


class CaseRouted(DecisionBase):
    """A case is in another queue than before."""

    kind: Literal["case.routed"] = "case.routed"
    case_id: str
    queue: str
    action: str = ""


class HoldMoved(DecisionBase):
    """Replies of a case are held, or somebody decided on them, or nobody did in time."""

    kind: Literal["hold.moved"] = "hold.moved"
    case_id: str
    policy: RumourPolicy
    status: HoldStatus | Literal["late", "over"]
    to: str
    person_id: str = ""
    due: Time | None = None
    """While it is open: when nobody having decided is late."""


class AskMoved(DecisionBase):
    """A question to a colleague was asked, brought to mind, late, or answered."""

    kind: Literal["ask.moved"] = "ask.moved"
    case_id: str
    ask_id: str
    what: AskKind
    status: AskStatus
    of: str
    person_id: str = ""
    due: Time | None = None
    """While it waits: when no answer is late."""


FlowDecision = CaseRouted | HoldMoved | AskMoved
