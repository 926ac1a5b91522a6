"""Cases as the pages show them: everything the templates need, worked out beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.respond.console.catalog import Catalog
from services.respond.console.history import HistoryView, Names, history_view
from services.respond.console.spreading import ReadingView, alike_in_short, in_short, readings_view
from services.respond.console.words import (
    HARMFUL,
    Piece,
    Severity,
    TimeLeft,
    a_name,
    crowd,
    doubt,
    pieces,
    severity,
    span,
    time_left,
)
from services.respond.core.aggregates import (
    Case,
    CaseClock,
    CaseItem,
    Claim,
    Cluster,
    Post,
    PromiseClock,
    Reply,
    Said,
)
from services.respond.core.replies import target_of
from services.respond.ports import QueueRow
from shared.contracts.operators import Slot
from shared.contracts.verdicts import Label

SLOTS: tuple[Slot, ...] = ("receipt", "answer", "update", "correction", "closing")
SHOWN_HISTORY = 50


@dataclass(frozen=True, slots=True)
class LabelView:
    label: Label
    doubt: str
    percent: int | None
    weak: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One line of the queue; `owes` names the clock that `left` counts down."""

    case: Case
    left: TimeLeft | None
    owes: str
    severity: Severity
    text: str
    covered: bool
    owner: str
    account: str
    labels: tuple[LabelView, ...]
    marks: tuple[str, ...]
    """How far it has spread, and how many say the same."""


@dataclass(frozen=True, slots=True)
class ReasonView:
    label: Label
    words: str
    source: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of the thread with the verdict on it."""

    item: CaseItem
    pieces: Sequence[Piece]
    labels: tuple[LabelView, ...]
    reasons: tuple[ReasonView, ...]
    covered: tuple[Label, ...]
    name: str
    initial: str
    followers: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said in a case, in order: by them, or by us."""

    at: datetime
    item: ItemView | None = None
    ours: Said | None = None


@dataclass(frozen=True, slots=True)
class ClockView:
    clock: CaseClock
    left: TimeLeft | None
    said: str
    spent: int


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise of ours that stands in public; `left` while it is owed."""

    promise: PromiseClock
    left: TimeLeft | None
    by: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What belongs to a case without being part of it."""

    cluster: Cluster | None = None
    claim: Claim | None = None
    post: Post | None = None


ALONE = Beside()


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case page."""

    case: Case
    severity: Severity
    owner: str
    account: str
    items: tuple[ItemView, ...]
    turns: tuple[Turn, ...]
    clocks: tuple[ClockView, ...]
    promises: tuple[PromiseView, ...]
    history: tuple[HistoryView, ...]
    reply: Reply | None
    slot: Slot
    alike: int
    """Near-identical items, this one's among them; below two there are none."""
    alike_cases: int
    coordinated: bool
    claim: Claim | None
    readings: tuple[ReadingView, ...]
    post: Post | None
    addressee: str
    spoken: bool
    """The item a reply would answer now has its reply of this kind: no second one can leave."""

    @property
    def newest(self) -> ItemView:
        return self.items[-1]

    @property
    def taken(self) -> frozenset[str]:
        """Return the items that were taken away from here."""
        done = (each for each in self.case.dues.removals if each.status == "done")
        return frozenset(each.item_id for each in done if each.removing != "block")


def row_view(
    row: QueueRow,
    names: Names,
    now: datetime,
    t: Catalog,
    clusters: Mapping[str, Cluster],
) -> RowView:
    newest = row.case.items[-1] if row.case.items else None
    covered = newest is not None and not HARMFUL.isdisjoint(newest.decided)
    return RowView(
        case=row.case,
        left=time_left(row.due, now, t) if row.due else None,
        owes=_owes(row.case, t),
        severity=severity(row.case.severity),
        text=newest.text if newest else "",
        covered=covered,
        owner=names.person(row.case.owner_id),
        account=names.account(row.case.account_id),
        labels=_row_labels(row.case, t),
        marks=(*in_short(row.case, t), *alike_in_short(clusters.get(row.case.cluster_id), t)),
    )


def _owes(case: Case, t: Catalog) -> str:
    owed = case.owed()
    return t(f"clock.{min(owed)[1]}") if owed else ""


def _row_labels(case: Case, t: Catalog) -> tuple[LabelView, ...]:
    """Return what was decided of the case, else what its newest item may be."""
    decided = tuple(LabelView(each, "", None, weak=False) for each in case.labels)
    return decided or (_label_views(case.items[-1], t) if case.items else ())


def _label_views(item: CaseItem, t: Catalog) -> tuple[LabelView, ...]:
    if item.corrected is not None:
        return tuple(LabelView(each, doubt(None, t), None, weak=False) for each in item.corrected)
    shown = item.decided or tuple(
        sorted(item.labels, key=lambda each: (-item.labels[each], each.value))[:1]
    )
    return tuple(
        LabelView(
            each,
            doubt(item.labels.get(each, 0.0), t),
            int(item.labels.get(each, 0.0) * 100),
            weak=item.abstained or each not in item.decided,
        )
        for each in shown
    )


def item_view(item: CaseItem, t: Catalog) -> ItemView:
    return ItemView(
        item=item,
        pieces=pieces(item.text, item.reasons),
        labels=_label_views(item, t),
        reasons=tuple(
            ReasonView(each.label, item.text[each.start : each.end], each.source, each.rule)
            for each in item.reasons
        ),
        covered=tuple(each for each in item.decided if each in HARMFUL),
        name=a_name(item.author.name, t),
        initial=(item.author.name or "?")[:1],
        followers="" if item.author.followers is None else crowd(item.author.followers, t),
    )


def clock_view(clock: CaseClock, now: datetime, t: Catalog) -> ClockView:
    if clock.met_at is not None:
        took = span((clock.met_at - clock.started_at).total_seconds(), t)
        return ClockView(clock, None, t("clock.met", t=took), 0)
    whole = max(1.0, (clock.due_at - clock.started_at).total_seconds())
    gone = (now - clock.started_at).total_seconds()
    left = time_left(clock.due_at, now, t)
    return ClockView(clock, left, left.text, max(0, min(100, int(100 * gone / whole))))


def promise_view(promise: PromiseClock, names: Names, now: datetime, t: Catalog) -> PromiseView:
    left = time_left(promise.due_at, now, t) if promise.is_owed else None
    return PromiseView(promise, left, names.person(promise.settled_by or promise.confirmed_by))


def case_view(
    case: Case,
    slot: Slot,
    names: Names,
    now: datetime,
    t: Catalog,
    *,
    beside: Beside = ALONE,
) -> CaseView:
    items = tuple(item_view(each, t) for each in case.items)
    target = target_of(case)
    cluster = beside.cluster
    return CaseView(
        case=case,
        severity=severity(case.severity),
        owner=names.person(case.owner_id),
        account=names.account(case.account_id),
        items=items,
        turns=_turns(items, case.said),
        clocks=tuple(clock_view(each, now, t) for each in case.clocks),
        promises=tuple(promise_view(each, names, now, t) for each in case.promises),
        reply=next((each for each in case.replies if each.slot == slot), None),
        slot=slot,
        alike=cluster.count if cluster else 0,
        alike_cases=len(cluster.cases) if cluster else 0,
        coordinated=cluster is not None and cluster.coordinated_at is not None,
        claim=beside.claim,
        readings=readings_view(case, t),
        history=tuple(
            history_view(each, names, t) for each in reversed(case.history[-SHOWN_HISTORY:])
        ),
        post=beside.post,
        addressee=a_name(case.items[-1].author.name, t) if case.items else "",
        spoken=target is not None and f"{slot}:{target.item_id}" in case.spoken,
    )


def _turns(items: Sequence[ItemView], said: Sequence[Said]) -> tuple[Turn, ...]:
    """Put what they and we said in the order in which it came."""
    theirs = [Turn(each.item.received_at, item=each) for each in items]
    ours = [Turn(each.at, ours=each) for each in said]
    return tuple(sorted([*theirs, *ours], key=lambda each: each.at))
