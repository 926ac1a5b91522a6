"""What happened to a case and who did it, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.respond.console.catalog import Catalog
from services.respond.core.aggregates import HistoryEntry


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
class HistoryView:
    """One line of what happened, in words."""

    at: datetime
    what: str
    who: str
    detail: str


def history_view(entry: HistoryEntry, names: Names, t: Catalog) -> HistoryView:
    return HistoryView(
        at=entry.at,
        what=t.said(f"history.{entry.what}", entry.what),
        who=names.person(entry.person_id),
        detail=_detail(entry, t),
    )


def _detail(entry: HistoryEntry, t: Catalog) -> str:
    match entry.what:
        case "breached":
            return t.said(f"clock.{entry.detail}", entry.detail)
        case "corrected":
            labels = (each for each in entry.detail.split(",") if each)
            return t("number.and").join(t.said(f"label.{each}", each) for each in labels)
        case "came_back" | "unknown":
            return t.why(entry.detail)
        case "item_edited" | "item_deleted":
            return ""
        case _:
            return entry.detail
