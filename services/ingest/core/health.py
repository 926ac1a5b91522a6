"""The state of one source, and the fact that is owed when it changes.

Short troubles are not news: a gap that is being filled and a failure that passes are reported
only once they last. A spent quota, a dead token and silence are reported at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from shared.contracts.system import SourceReported

State = Literal["ok", "silent", "gap", "quota_spent", "token_expired", "failing", "spooling"]
LASTS_SECONDS: dict[State, float] = {"gap": 60.0, "failing": 10.0}
MAX_DETAIL_CHARS = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Which source of which account."""

    platform: str
    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Health:
    """What was reported last (None: nothing yet), and the state seen since when."""

    reported: State | None = None
    seen: State = "ok"
    since: datetime | None = None


def judge(
    health: Health, source: Source, state: State, now: datetime, detail: str = ""
) -> tuple[Health, SourceReported | None]:
    """Return the health after seeing `state` at `now`, and the fact to publish, if any."""
    if state != health.seen or health.since is None:
        health = replace(health, seen=state, since=now)
    since = health.since or now
    lasted = (now - since).total_seconds()
    if state == health.reported or lasted < LASTS_SECONDS.get(state, 0.0):
        return health, None
    fact = SourceReported(
        platform=source.platform,
        account_id=source.account_id,
        source=source.name,
        state=state,
        since=since,
        until=None,
        detail=detail[:MAX_DETAIL_CHARS],
    )
    return replace(health, reported=state), fact
