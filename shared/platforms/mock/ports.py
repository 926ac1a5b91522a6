"""What the mock platform needs from outside: only the time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The wall time, and waiting; the server is handed one, a test holds a virtual one."""

    def now(self) -> datetime:
        """Return the wall time, aware."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
