"""Cases as the pages show them: everything the templates need, worked out beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.respond.console.catalog import Catalog
from services.respond.console.words import (
    HARMFUL,
    Piece,
    Severity,
    TimeLeft,
    doubt,
    pieces,
    severity,
    span,
    time_left,
)
from services.respond.core.aggregates import Case, CaseClock, CaseItem, Claim, Cluster, Reply
from services.respond.ports import QueueRow
from shared.contracts.operators import Slot
from shared.contracts.verdicts import Label

SLOTS: tuple[Slot, ...] = ("receipt", "answer", "update", "correction", "closing")
SHOWN_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Names:
    """Names behind ids; an unknown id is shown as it is."""

    people: Mapping[str, str]
    accounts: Mapping[str, str]

    def person(self, person_id: str | None) -> str:
        return self.people.get(person_id, person_id) if person_id else ""

    def account(self, account_id: str) -> str:
        return self.accounts.get(account_id, account_id)


@dataclass(frozen=True, slots=True)
class LabelView:
    label: Label
    doubt: str
    percent: int | None
    weak: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One line of the queue."""

    case: Case
    left: TimeLeft | None
    severity: Severity
    text: str
    covered: bool
    owner: str
    account: str
    labels: tuple[LabelView, ...]


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
    initial: str


@dataclass(frozen=True, slots=True)
class ClockView:
    clock: CaseClock
    left: TimeLeft | None
    said: str
    spent: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """The case page."""

    case: Case
    severity: Severity
    owner: str
    account: str
    items: tuple[ItemView, ...]
    clocks: tuple[ClockView, ...]
    reply: Reply | None
    slot: Slot
    alike: int
    """Near-identical items, this one's among them; below two there are none."""
    alike_cases: int
    coordinated: bool
    claim: Claim | None

    @property
    def newest(self) -> ItemView:
        return self.items[-1]


def row_view(row: QueueRow, names: Names, now: datetime, t: Catalog) -> RowView:
    newest = row.case.items[-1] if row.case.items else None
    covered = newest is not None and not HARMFUL.isdisjoint(newest.decided)
    return RowView(
        case=row.case,
        left=time_left(row.due, now, t) if row.due else None,
        severity=severity(row.case.severity),
        text=newest.text if newest else "",
        covered=covered,
        owner=names.person(row.case.owner_id),
        account=names.account(row.case.account_id),
        labels=_row_labels(row.case, t),
    )


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
        initial=(item.author.name or "?")[:1],
    )


def clock_view(clock: CaseClock, now: datetime, t: Catalog) -> ClockView:
    if clock.met_at is not None:
        took = span((clock.met_at - clock.started_at).total_seconds(), t)
        return ClockView(clock, None, t("clock.met", t=took), 0)
    whole = max(1.0, (clock.due_at - clock.started_at).total_seconds())
    gone = (now - clock.started_at).total_seconds()
    left = time_left(clock.due_at, now, t)
    return ClockView(clock, left, left.text, max(0, min(100, int(100 * gone / whole))))


def case_view(
    case: Case,
    slot: Slot,
    names: Names,
    now: datetime,
    t: Catalog,
    *,
    cluster: Cluster | None = None,
    claim: Claim | None = None,
) -> CaseView:
    return CaseView(
        case=case,
        severity=severity(case.severity),
        owner=names.person(case.owner_id),
        account=names.account(case.account_id),
        items=tuple(item_view(each, t) for each in case.items),
        clocks=tuple(clock_view(each, now, t) for each in case.clocks),
        reply=next((each for each in case.replies if each.slot == slot), None),
        slot=slot,
        alike=cluster.count if cluster else 0,
        alike_cases=len(cluster.cases) if cluster else 0,
        coordinated=cluster is not None and cluster.coordinated_at is not None,
        claim=claim,
    )
