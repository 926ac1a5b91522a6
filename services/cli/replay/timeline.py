"""The times a raw stream is replayed at: its own pauses, never a step back."""

from datetime import datetime, timedelta


class Timeline:
    """Adds up the pauses between lines; a step back in the file (the next story) is no pause."""

    def __init__(self) -> None:
        self._given: datetime | None = None
        self._now: datetime | None = None

    def at(self, given: datetime) -> datetime:
        """Return the replay's time for a line that says `given`."""
        if self._given is None or self._now is None:
            self._now = given
        else:
            self._now += max(given - self._given, timedelta())
        self._given = given
        return self._now
