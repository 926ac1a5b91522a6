"""The rows of feedback that an archive holds; it is only read."""

from datetime import datetime
from pathlib import Path

from services.archive.core.feedback import CORRECTIONS, Corrected, feedback
from services.archive.shell.database import Place
from services.archive.shell.reading import opened


def read_feedback(path: Path, since: datetime | None = None) -> bytes:
    """Return the rows as JSON lines, oldest first. Raises UserError."""
    with opened(path) as connection:
        place = connection.execute("SELECT value FROM meta WHERE key = 'place'").fetchone()
        salt = Place.model_validate_json(place[0]).incarnation if place else ""
        found = (Corrected(*row) for row in connection.execute(CORRECTIONS))
        return b"".join(row + b"\n" for row in feedback(found, salt, since))
