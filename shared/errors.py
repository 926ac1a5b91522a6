"""The two failures every loop knows how to treat; anything else is a bug."""

import zlib
from typing import Final

BROKEN_FILE: Final = (OSError, EOFError, zlib.error)
"""What reading a file raises that is not there, cut off, or damaged inside its compression."""


class TransientError(Exception):
    """Worth trying again; `retry_after_seconds` is the other side's own word, if it gave one."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class PermanentError(Exception):
    """Trying again cannot help."""


class UserError(Exception):
    """Wrong input or surroundings: `what` happened, `where`, and the `fix`; shown in one line."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.fix = what, where, fix

    def line(self) -> str:
        place = f" ({self.where})" if self.where else ""
        advice = f" -> {self.fix}" if self.fix else ""
        return " ".join(f"{self.what}{place}{advice}".splitlines())
