"""How often somebody may ask for what is dear: buckets in the store, so all consoles count alike."""

from enum import Enum

from services.respond.console.context import Console
from services.respond.console.problems import Problem


class Pace(Enum):
    """What is paced: asks a second in the long run, and how many at once."""

    SIGN_IN = (1 / 20, 6)
    WISH = (10.0, 60)
    REHEARSAL = (1 / 10, 5)
    """It costs seconds of a processor that others wait for."""
    MODEL = (1 / 5, 10)
    """Each costs money, and somebody else's machine."""


async def not_too_often(console: Console, pace: Pace, who: str, code: str = "too_fast") -> None:
    """Count one more of these by `who`. Raises Problem 429 with the seconds to wait."""
    rate_per_second, burst = pace.value
    bucket = f"{pace.name.lower()}:{who}"
    wait = await console.records.spend(bucket, rate_per_second=rate_per_second, burst=burst)
    if wait > 0:
        raise Problem(429, code, headers={"Retry-After": str(int(wait) + 1)})
