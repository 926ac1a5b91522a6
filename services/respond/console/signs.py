"""What the header shows first: how the sources are, and which alarms nobody has taken yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.respond.core.aggregates import Account, Page
from services.respond.core.at_risk import AT_RISK


@dataclass(frozen=True, slots=True)
class SourceSign:
    """One source that is not well."""

    account: str
    source: str
    state: str
    since: datetime


def source_signs(
    accounts: Sequence[Account],
) -> tuple[tuple[str, ...], tuple[SourceSign, ...]]:
    """Return the platforms whose every source is well, and each source that is not."""
    bad = tuple(
        SourceSign(account.registered.name, source, state, since)
        for account in accounts
        for source, (state, since, _) in account.sources.items()
        if state != "ok"
    )
    heard = dict.fromkeys(each.registered.platform for each in accounts if each.sources)
    ill = {each.registered.platform for each in accounts if _is_ill(each)}
    return tuple(each for each in heard if each not in ill), bad


def most_urgent(pages: Sequence[Page]) -> list[Page]:
    """Return alarms as they should be read: a life before everything else, then the oldest."""
    return sorted(pages, key=lambda each: (AT_RISK not in each.reasons, each.raised_at))


def _is_ill(account: Account) -> bool:
    return any(state != "ok" for state, *_ in account.sources.values())
