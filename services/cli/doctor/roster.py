"""Whether a page would reach somebody now, and through the nights ahead."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from services.cli.doctor.finding import Finding, ok, warn

if TYPE_CHECKING:
    from services.respond.shell.configuration import Configuration
    from shared.contracts.org import Duty

AHEAD: Final = timedelta(days=7)
FILE: Final = "ZHISHOU_ROSTER_FILE"


def roster(read: "Configuration | None", now: datetime, *, webhook: bool) -> Iterator[Finding]:
    """Say when nobody could be told; `webhook` tells whether that channel is set up."""
    if read is None:
        return
    able = [each for each in read.duties or () if _reachable(each, webhook=webhook)]
    deaf = sorted({each.person_id for each in read.duties or () if each not in able})
    if deaf:
        fix = "give them a contact; for webhook set ZHISHOU_PAGER_WEBHOOK_URL"
        yield warn("roster", f"on duty, and no page reaches them: {', '.join(deaf)}", fix)
    gap = first_gap(able, now)
    if gap is None:
        yield ok("roster", f"somebody can be told at any time of the next {AHEAD.days} days")
        return
    start, end = gap
    until = f"until {end:%Y-%m-%d %H:%M%z}" if end else "for good"
    since = "now" if start <= now else f"from {start:%Y-%m-%d %H:%M%z}"
    yield warn("roster", f"a page reaches nobody {since} {until}", f"fill the gap in {FILE}")


def first_gap(duties: Sequence["Duty"], now: datetime) -> tuple[datetime, datetime | None] | None:
    """Return the first time ahead that no duty covers, and when one begins again, if ever."""
    covered = now
    for each in sorted(duties, key=lambda duty: duty.start):
        if each.start > covered:
            break
        covered = max(covered, each.end)
    if covered >= now + AHEAD:
        return None
    return covered, min((each.start for each in duties if each.start > covered), default=None)


def _reachable(duty: "Duty", *, webhook: bool) -> bool:
    return any(each.channel != "webhook" or webhook for each in duty.contacts)
