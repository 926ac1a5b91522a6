"""A time somebody types: a clock on the wall, or how long from now."""

import re
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shared.errors import UserError

ZONE: Final = "Asia/Shanghai"
"""What a time without a zone means; the console's default, too."""
_FROM_NOW: Final = re.compile(r"^\+(\d{1,4})(m|h|d)$")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def moment(said: str, where: str, now: datetime | None = None) -> str:
    """Return it in full, for the console. Raises UserError."""
    from shared.runtime.clock import SystemClock

    ahead = _FROM_NOW.match(said)
    if ahead:
        start = now or SystemClock().now()
        return (start + timedelta(**{_UNITS[ahead[2]]: int(ahead[1])})).isoformat()
    try:
        told = datetime.fromisoformat(said)
    except ValueError as error:
        fix = "write 2026-12-01T18:00, or +30m, +6h, +3d"
        raise UserError(f"no time: {said}", where=where, fix=fix) from error
    return (told if told.tzinfo else told.replace(tzinfo=ZoneInfo(ZONE))).isoformat()
