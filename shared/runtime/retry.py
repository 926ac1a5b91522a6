"""How long to wait before trying again, as a value; nothing here sleeps."""

from dataclasses import dataclass, replace
from typing import Self

from shared.errors import TransientError


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubles from `first_seconds` to `most_seconds`; the other side's own word goes first."""

    first_seconds: float = 0.1
    most_seconds: float = 5.0
    failures: int = 0

    def failed(self) -> Self:
        """Return the state after one more failure."""
        return replace(self, failures=self.failures + 1)

    def succeeded(self) -> Self:
        """Return the state after a success."""
        return replace(self, failures=0)

    def pause_seconds(self, error: TransientError | None = None) -> float:
        """Return how long to wait now: nothing before the first failure."""
        if error is not None and error.retry_after_seconds is not None:
            return max(error.retry_after_seconds, 0.0)
        if not self.failures:
            return 0.0
        doubled = self.first_seconds * 2.0 ** min(self.failures - 1, 32)
        return min(doubled, self.most_seconds)
