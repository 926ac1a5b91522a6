"""What really arrived here: the neutral witness that tests count from."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

KEEP = 50_000
SECRETS = frozenset({"access_token", "client_secret", "code", "app_secret"})


@dataclass(slots=True)
class Entry:
    """One request (or one push of ours) and what came of it; status 0 means cut off."""

    seq: int
    time: str
    method: str
    endpoint: str
    params: dict[str, str]
    account: str = ""
    status: int = 0
    code: int = 0
    effect: str = ""
    fault: str = ""


class Journal:
    """A ring in memory and, if asked, a JSONL file with everything."""

    def __init__(self, path: Path | None = None) -> None:
        self._ring: deque[Entry] = deque(maxlen=KEEP)
        self._path = path
        self._seq = 0

    def begin(self, now: datetime, method: str, endpoint: str, params: Mapping[str, str]) -> Entry:
        """Open an entry without secrets; it counts at once, even if the call never ends."""
        self._seq += 1
        kept = {name: value for name, value in params.items() if name not in SECRETS}
        entry = Entry(self._seq, now.isoformat(), method, endpoint, kept)
        self._ring.append(entry)
        return entry

    def end(self, entry: Entry) -> None:
        """Write the finished entry to the file."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")

    def page(self, *, after: int = 0, limit: int = 500, endpoint: str = "") -> list[Entry]:
        """Return entries above `after`, oldest first."""
        found = (
            entry for entry in self._ring if entry.seq > after and endpoint in ("", entry.endpoint)
        )
        return [entry for entry, _ in zip(found, range(limit), strict=False)]
