"""What the outside can see of a reign: figures and log lines, never a word of the public."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from services.respond.core.aggregates import Effect, Organisation
from services.respond.core.decisions import (
    CaseJoined,
    CaseOpened,
    CaseResolved,
    ClockBreached,
    Decision,
    ItemJudged,
    OperationDecided,
)
from services.respond.core.flow import AskMoved, HoldMoved
from services.respond.core.fold import Folded
from services.respond.core.promise import PromiseMoved
from services.respond.core.rates import WATCHED, Rate
from services.respond.core.shadow import Deviation, ShadowRun
from services.respond.shell.standing import OPEN_EFFECT, Standing
from shared.bus.port import Message
from shared.contracts.system import FactQuarantined
from shared.observability.catalog import Event
from shared.observability.logging import Log
from shared.observability.metrics import Metric, Metrics
from shared.observability.traces import trace_id

COUNTED = (
    "items_received",
    "items_edited",
    "items_deleted",
    "items_classified",
    "items_degraded",
    "own_posts",
    "cases_opened",
    "replies_sent",
    "breaches",
    "pages_raised",
    "quarantined",
)
"""Fields of Organisation that are published as they are, so that all counts agree."""

Alarm = Callable[[str], Awaitable[None]]


async def no_alarm(_reason: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What a reign stands at: the log's end, cases, pages, and the times that must not grow old.

    `effects` counts open effects by (kind, status).
    """

    stream_end: int
    cases_open: int
    cases_overdue: int
    pages_waiting: int
    outbox: int
    oldest_unclassified: datetime | None
    next_clock: datetime | None
    effects: Mapping[tuple[str, str], int]
    rates: Sequence[Rate] = ()


NOTHING = Stand(0, 0, 0, 0, 0, None, None, {})
"""What a process stands at that does not lead: no alarm may rest on what it knew."""


class Telemetry:
    """One per process; knows the metrics table and the catalog of log events."""

    def __init__(self, metrics: Metrics, alarm: Alarm = no_alarm) -> None:
        self._metrics, self._alarm = metrics, alarm
        self._log = Log("respond")
        self._open: set[tuple[str, str]] = set()
        self._stuck = ""

    def elected(self, term: int) -> None:
        self._metrics.set(Metric.LEADER, 1)
        self._metrics.set(Metric.TERM, term)
        self._log.info(Event.LEADER_ELECTED, term=term)

    def stepped_down(self, term: int, reason: str) -> None:
        self._metrics.set(Metric.LEADER, 0)
        self.stands(NOTHING)
        self._log.info(Event.LEADER_STEPPED_DOWN, term=term, reason=reason)

    async def log_changed(self, reason: str) -> None:
        """The log is not the one the state was made of (invariant 12): say so, page."""
        self._log.failed(Event.LOG_TAIL_LOST, reason=reason)
        await self._alarm(f"事实日志与工作状态不符,状态已重建:{reason}")

    async def cannot_rebuild(self, reason: str) -> None:
        """Nobody can lead: say so, page once for each reason."""
        self._log.failed(Event.SNAPSHOT_FAILED, reason=reason)
        if reason != self._stuck:
            self._stuck = reason
            await self._alarm(f"工作状态无法重建,没有人在算时限、发呼叫:{reason}")

    def rebuilds(self, after_seq: int) -> None:
        """Note from where the state is folded again: a snapshot, or the beginning."""
        self._stuck = ""
        self._log.info(Event.STATE_REBUILT, after_seq=after_seq)

    def snapshot_stands(self, seq: int) -> None:
        self._metrics.set(Metric.SNAPSHOT, seq)

    def snapshot_taken(self, seq: int, seconds: float) -> None:
        self.snapshot_stands(seq)
        self._metrics.count(Metric.SNAPSHOTS, result="taken")
        self._metrics.observe(Metric.SNAPSHOT_TIME, seconds)
        self._log.info(Event.SNAPSHOT_TAKEN, seq=seq, seconds=round(seconds, 3))

    def snapshot_failed(self, reason: str) -> None:
        self._metrics.count(Metric.SNAPSHOTS, result="failed")
        self._log.failed(Event.SNAPSHOT_FAILED, reason=reason)

    def snapshot_passed_over(self, seq: int, reason: str) -> None:
        self._metrics.count(Metric.SNAPSHOTS, result="passed_over")
        self._log.failed(Event.SNAPSHOT_PASSED_OVER, seq=seq, reason=reason)

    def diverged(self, seq: int) -> None:
        """Note that this core decided otherwise than the recorded ledger up to `seq`."""
        self._log.warning(Event.STATE_REBUILT, diverged=True, seq=seq)

    def waiting(self, what: str, why: str) -> None:
        self._log.warning(Event.LOOP_RETRIES, loop="follower", what=what, why=why)

    def quarantined(self, fact: FactQuarantined) -> None:
        self._metrics.count(Metric.QUARANTINED, where=fact.where)
        self._log.failed(Event.FACT_QUARANTINED, seq=fact.seq, where=fact.where)

    def stands(self, stand: Stand) -> None:
        """Publish what a reign stands at."""
        metrics = self._metrics
        metrics.set(Metric.STREAM_END, stand.stream_end)
        metrics.set(Metric.CASES_OPEN, stand.cases_open)
        metrics.set(Metric.CASES_OVERDUE, stand.cases_overdue)
        metrics.set(Metric.PAGES_WAITING, stand.pages_waiting)
        metrics.set(Metric.OUTBOX, stand.outbox)
        metrics.set(Metric.OLDEST_UNCLASSIFIED, _seconds(stand.oldest_unclassified))
        metrics.set(Metric.NEXT_CLOCK, _seconds(stand.next_clock))
        for kind, status in self._open | stand.effects.keys():
            count = stand.effects.get((kind, status), 0)
            metrics.set(Metric.EFFECTS_OPEN, count, kind=kind, status=status)
        self._open |= stand.effects.keys()
        by_name = {each.what: each for each in stand.rates}
        for what in WATCHED:
            self._rate(what, by_name.get(what))

    def _rate(self, what: str, rate: Rate | None) -> None:
        """Publish one share; a share of too few verdicts is none, and never odd."""
        metrics = self._metrics
        metrics.set(Metric.RATE_ODD, 1 if rate is not None and rate.odd else 0, what=what)
        metrics.set(Metric.RATE_RECENT, rate.share if rate else 0, what=what)
        metrics.set(Metric.RATE_BEFORE, rate.share_before if rate else 0, what=what)

    def folded(
        self, standing: Standing, batch: Sequence[Message], folded: Folded, now: datetime
    ) -> None:
        """Count one committed batch."""
        metrics = self._metrics
        metrics.set(Metric.CURSOR, standing.cursor.seq)
        metrics.observe(Metric.FOLD_DELAY, max((now - batch[-1].time).total_seconds(), 0.0))
        organisation = folded.puts.get(Organisation.KEY)
        if isinstance(organisation, Organisation):
            for name in COUNTED:
                metrics.set(Metric.COUNTS, float(getattr(organisation, name)), what=name)
        # Judgements of items are counted above, and nine in ten.
        others = [each for each in folded.decisions if type(each) is not ItemJudged]
        for each in others:
            if type(each) is not CaseOpened:
                self._decided(each)
        self._tell_cases(others)
        for put in folded.puts.values():
            if type(put) is ShadowRun:
                self._shadow(put)
            elif type(put) is Effect and put.status not in OPEN_EFFECT:
                self._ended(put, now)

    def _ended(self, effect: Effect, now: datetime) -> None:
        """Count an effect that came to an end, and how long it took."""
        kind, waited = effect.effect_kind, now - effect.decided_at
        self._metrics.count(Metric.EFFECTS, kind=kind, status=effect.status)
        self._metrics.observe(Metric.EFFECT_TIME, max(waited.total_seconds(), 0.0), kind=kind)

    def _shadow(self, run: ShadowRun) -> None:
        """Publish what proposed rules decide beside those in force; a new run begins at nothing."""
        for what in ("items", "texts", "failed"):
            looked = float(getattr(run, what))
            self._metrics.set(Metric.SHADOW_LOOKED, looked, pack=run.pack, what=what)
        for kind in get_args(Deviation):
            count = float(run.counts.get(kind, 0))
            self._metrics.set(Metric.SHADOW_DIFFERS, count, pack=run.pack, what=kind)

    def _decided(self, decision: Decision) -> None:
        match decision:
            case CaseResolved():
                self._metrics.count(Metric.CASES_RESOLVED)
            case ClockBreached(clock=clock):
                self._metrics.count(Metric.BREACHES, clock=clock)
            case PromiseMoved(status=status):
                self._metrics.count(Metric.PROMISES, status=status)
            case HoldMoved(policy=policy, status=status):
                self._metrics.count(Metric.HOLDS, policy=policy, status=status)
            case AskMoved(what=what, status=status):
                self._metrics.count(Metric.QUESTIONS, what=what, status=status)
            case OperationDecided(operation=operation, accepted=accepted):
                result = "accepted" if accepted else "refused"
                self._metrics.count(Metric.ACTIONS, kind=operation, result=result)
                self._tell_operation(decision)
            case _:
                pass

    def _tell_cases(self, decisions: Sequence[Decision]) -> None:
        """Name the cases and the items they are about: one line a batch and kind."""
        for event, kind in ((Event.CASES_OPENED, CaseOpened), (Event.CASES_JOINED, CaseJoined)):
            found = [each for each in decisions if type(each) is kind]
            if not found:
                continue
            if kind is CaseOpened:
                self._metrics.count(Metric.CASES_OPENED, len(found))
            self._log.info(
                event,
                trace_id=[trace_id(each.item_id) for each in found],
                case_id=[each.case_id for each in found],
            )

    def _tell_operation(self, decided: OperationDecided) -> None:
        self._log.info(
            Event.ACTION_DECIDED,
            trace_id=trace_id(decided.case_id or decided.op_id),
            case_id=decided.case_id,
            op_id=decided.op_id,
            action=decided.operation,
            code=decided.code,
        )


def _seconds(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()
