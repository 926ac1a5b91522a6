"""Hourly call quotas per user and address, counted as the real platform counts them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.platforms.mock.errors import WeiboError
from shared.platforms.mock.identity import BEIJING

WRITES = ("2/comments/create", "2/comments/reply", "2/statuses/share")


@dataclass
class Quota:
    """Limits per clock hour; the defaults are generous because a demo is not a test app."""

    per_user: int = 100_000
    per_address: int = 500_000
    writes: int = 20_000
    _hour: datetime | None = None
    _used: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def spend(self, uid: int, address: str, endpoint: str, now: datetime) -> None:
        """Count one call. Raises WeiboError 10022, 10023 or 10024 when it is one too many."""
        self._roll(now)
        self._take(("ip", address), self.per_address, WeiboError(10022))
        self._take(("user", str(uid)), self.per_user, WeiboError(10023))
        if endpoint in WRITES:
            error = WeiboError(10024, endpoint.removeprefix("2/"))
            self._take(("api", str(uid), endpoint), self.writes, error)

    def status(self, uid: int, address: str, now: datetime) -> dict[str, object]:
        """Return the document of `account/rate_limit_status`."""
        self._roll(now)
        reset = _hour_of(now) + timedelta(hours=1)
        return {
            "ip_limit": self.per_address,
            "limit_time_unit": "HOURS",
            "remaining_ip_hits": self.per_address - self._used["ip", address],
            "remaining_user_hits": self.per_user - self._used["user", str(uid)],
            "reset_time": f"{reset.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
            "reset_time_in_seconds": int((reset - now).total_seconds()),
            "user_limit": self.per_user,
            "api_rate_limits": [
                {
                    "api": f"/{endpoint.removeprefix('2/')}",
                    "limit": self.writes,
                    "limit_time_unit": "HOURS",
                    "remaining_hits": self.writes - self._used["api", str(uid), endpoint],
                }
                for endpoint in WRITES
            ],
        }

    def _take(self, key: tuple[str, ...], limit: int, refusal: WeiboError) -> None:
        if self._used[key] >= limit:
            raise refusal
        self._used[key] += 1

    def _roll(self, now: datetime) -> None:
        hour = _hour_of(now)
        if hour != self._hour:
            self._hour = hour
            self._used.clear()


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
