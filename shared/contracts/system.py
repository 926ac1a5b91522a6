"""Facts the machinery writes about itself: leaders, ticks, effects, sources, quarantine."""

from collections.abc import Iterator, Sequence
from typing import Literal, Self

from shared.contracts.base import FactBase, Frozen, Time
from shared.contracts.ledger import packed, spelt


class LeaderElected(FactBase):
    """A respond process took office. Its own stream sequence is the term (invariant 3).

    `rebuilt_to` is set when the hot state was empty and is being refolded: effects decided at or
    before that sequence and never started are shown to people, not executed (invariant 1).
    """

    kind: Literal["leader.elected"] = "leader.elected"
    version: Literal[1] = 1
    holder: str
    previous_term: int
    rebuilt_to: int | None = None

    def cause(self) -> tuple[str, ...]:
        return (self.holder, str(self.previous_term))


class ClockTicked(FactBase):
    """Wakes the fold; carries nothing that decides (invariant 5)."""

    kind: Literal["clock.ticked"] = "clock.ticked"
    version: Literal[1] = 1
    term: int
    tick: int

    def cause(self) -> tuple[str, ...]:
        return (str(self.term), str(self.tick))


class EffectStarted(FactBase):
    """Intent before act: appended and acked before any external call (invariant 1)."""

    kind: Literal["effect.started"] = "effect.started"
    version: Literal[1] = 1
    effect_id: str
    attempt: int
    term: int
    body: str
    target: str
    pack_hash: str
    core_version: str

    def cause(self) -> tuple[str, ...]:
        return (self.effect_id, str(self.attempt), str(self.term))


class Receipt(Frozen):
    """What the other side answered: its id for what we sent, and when it says so."""

    native_id: str = ""
    detail: str = ""


EffectStatus = Literal["done", "simulated", "refused", "returned", "expired", "unknown"]


class EffectFinished(FactBase):
    """How an effect ended. `unknown`: nobody can tell, a person is asked."""

    kind: Literal["effect.finished"] = "effect.finished"
    version: Literal[1] = 1
    effect_id: str
    attempt: int
    term: int
    status: EffectStatus
    receipt: Receipt = Receipt()
    reason: str = ""

    def cause(self) -> tuple[str, ...]:
        return (self.effect_id, str(self.attempt), str(self.term), self.status)


class SourceReported(FactBase):
    """A source changed state: silent, a gap that stays unfilled, quota spent, token dead, well."""

    kind: Literal["source.reported"] = "source.reported"
    version: Literal[1] = 1
    platform: str
    account_id: str
    source: str
    state: Literal["ok", "silent", "gap", "quota_spent", "token_expired", "failing", "spooling"]
    since: Time
    until: Time | None = None
    detail: str = ""

    def cause(self) -> tuple[str, ...]:
        return (self.account_id, self.source, self.state, self.since.isoformat())

    def scope(self) -> tuple[str, str]:
        return (self.platform, self.account_id)


class ModelChosen(FactBase):
    """What two people put in office, for classify to load; `bundle` empty: its own model.

    The fold has decided it at `decided_seq`, so the fold ignores this.
    """

    kind: Literal["model.chosen"] = "model.chosen"
    version: Literal[1] = 1
    term: int
    model_id: str
    bundle: str
    decided_seq: int

    def cause(self) -> tuple[str, ...]:
        return (str(self.decided_seq), self.bundle)


class FactQuarantined(FactBase):
    """Folding the fact at `seq` raised; every later fold and replay skips it (invariant 14).

    `part` names the one item or verdict of a batch that did; None means the whole fact.
    """

    kind: Literal["fact.quarantined"] = "fact.quarantined"
    version: Literal[1] = 1
    seq: int
    part: int | None = None
    where: Literal["respond", "classify", "decode"]
    error: str

    def cause(self) -> tuple[str, ...]:
        return (self.where, str(self.seq), *(() if self.part is None else (str(self.part),)))


class FactReleased(FactBase):
    """A person lets a quarantined fact, or one part of it, be folded after all: at this place.

    The text stays where it was: whoever folds this reads the fact at `seq` again.
    """

    kind: Literal["fact.released"] = "fact.released"
    version: Literal[1] = 1
    seq: int
    part: int | None = None
    released_by: str
    op_id: str

    def cause(self) -> tuple[str, ...]:
        return (self.op_id,)


class Ancestor(Frozen):
    """An earlier life of this log: it and this one are the same up to `upto_seq`."""

    incarnation: str
    upto_seq: int


class LogRestored(FactBase):
    """The log was made again from a backup: what was stored after `upto_seq` is lost.

    Nothing leaves until a person releases it, and before something leaves the platform is read
    back from `upto_time` on: the house that was lost may have said it already.
    """

    kind: Literal["log.restored"] = "log.restored"
    version: Literal[1] = 1
    made_at: Time
    upto_seq: int
    upto_time: Time
    ancestors: tuple[Ancestor, ...] = ()

    def cause(self) -> tuple[str, ...]:
        return (str(self.upto_seq), self.made_at.isoformat())


class DecisionsRecorded(FactBase):
    """The leader's decisions on the facts (`after_seq`, `upto_seq`], as canonical lines.

    `lines` are as `ledger` packs them, with the `forms` of those that are told short. `chain` is SHA-256 over the previous chain and these lines: the live digest, in the log.
    The fold ignores it; archive, reports and auditors read it.
    """

    kind: Literal["decisions.recorded"] = "decisions.recorded"
    version: Literal[2] = 2
    after_seq: int
    upto_seq: int
    forms: tuple[str, ...] = ()
    lines: tuple[str, ...]
    chain: str

    @classmethod
    def of(cls, lines: Sequence[str], *, after_seq: int, upto_seq: int, chain: str) -> Self:
        """Return the fact that records these canonical lines."""
        forms, entries = packed(lines)
        return cls(after_seq=after_seq, upto_seq=upto_seq, forms=forms, lines=entries, chain=chain)

    @property
    def spelt(self) -> Iterator[str]:
        """Yield the canonical lines. Raises ValueError for entries that fit no form."""
        return spelt(self.forms, self.lines)

    def cause(self) -> tuple[str, ...]:
        return (str(self.after_seq), str(self.upto_seq), self.chain)


class SegmentSealed(FactBase):
    """The archive has sealed all facts of a range; `chain` stands for this and every one before.

    The fold ignores it; `zhishou audit verify` compares the segments with it.
    """

    kind: Literal["segment.sealed"] = "segment.sealed"
    version: Literal[1] = 1
    first_seq: int
    last_seq: int
    facts: int
    root: str
    previous: str
    chain: str

    def cause(self) -> tuple[str, ...]:
        return (str(self.first_seq), str(self.last_seq), self.chain)
