"""The items of the bench: our own texts, one in ten of which becomes a case."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from services.classify.training.data import OWN_ROWS
from shared.contracts.ids import edit_version, item_id
from shared.contracts.items import Author, ItemKind, ItemReceived, Thread

PLATFORM, ACCOUNT = "weibo", "bench"
ROWS = OWN_ROWS / "own.jsonl"
"""The same texts in every release, so that figures can be compared."""
CASES_IN_TEN = 1
WRITTEN_AT = datetime(2026, 5, 1, tzinfo=UTC)
_QUIET = {"praise", "other"}


def own_rows(path: Path) -> tuple[list[str], list[str]]:
    """Return (texts that ask for nothing, texts that complain) of our own training rows."""
    quiet, loud = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = set(row["labels"])
        if wanted and wanted <= _QUIET:
            quiet.append(row["text"])
        elif "complaint" in wanted:
            loud.append(row["text"])
    return quiet, loud


def items(count: int, rows: Path, *, run: str) -> Iterator[ItemReceived]:
    """Yield `count` items by as many authors; `run` keeps two runs in one log apart."""
    quiet, loud = (cycle(texts) for texts in own_rows(rows))
    for number in range(count):
        text = next(loud) if number % 10 < CASES_IN_TEN else next(quiet)
        native = f"{run}-{number}"
        yield ItemReceived(
            platform=PLATFORM,
            account_id=ACCOUNT,
            item_id=item_id(PLATFORM, ACCOUNT, "comment", native),
            item_version=edit_version("", text),
            item_kind=ItemKind.COMMENT,
            native_id=native,
            author=Author(author_id=f"a{native}", name=f"读者{number}", followers=number % 5000),
            thread=Thread(post_id="1"),
            text=text,
            published_at=WRITTEN_AT,
            source="poll",
        )
