"""How the sources are, for the header: which platforms are well, and each source that is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.respond.core.aggregates import Account


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


def _is_ill(account: Account) -> bool:
    return any(state != "ok" for state, *_ in account.sources.values())
