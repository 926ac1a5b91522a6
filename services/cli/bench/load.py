"""The items of the bench: our own texts, one in ten of which becomes a case."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import compress, cycle
from pathlib import Path

from services.classify.adapters.engine import Classifier
from services.classify.training.data import OWN_ROWS
from services.respond.core.judging import judge
from shared.contracts.ids import edit_version, item_id
from shared.contracts.items import Author, ItemKind, ItemReceived, Thread
from shared.policy.model import Pack
from shared.runtime.packs import read_pack
from shared.runtime.settings import default_policies_dir
from shared.runtime.text_tables import load_tables

PLATFORM, ACCOUNT = "weibo", "bench"
ROWS = OWN_ROWS / "own.jsonl"
"""The same texts in every release, so that figures can be compared."""
CASES_IN_TEN = 1
WRITTEN_AT = datetime(2026, 5, 1, tzinfo=UTC)
_QUIET = {"praise", "other"}


@cache
def company() -> Pack:
    """Return the shipped pack, always the same: to compare two costs more than to judge an item."""
    return read_pack(default_policies_dir(), "company")


@cache
def own_texts(path: Path) -> tuple[Sequence[str], Sequence[str]]:
    """Return (texts that become no case, texts that become one) of our own training rows.

    The shipped model and pack have the last word: a praise that they bring to a person is a case,
    and one in ten is to be one.
    """
    quiet, loud = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        wanted = set(row["labels"])
        if wanted and wanted <= _QUIET:
            quiet.append(row["text"])
        elif "complaint" in wanted:
            loud.append(row["text"])
    verdicts = Classifier.load(None, load_tables()).judge([*quiet, *loud])
    opens = [judge(each, company()).opens_case for each in verdicts]
    calm = [not each for each in opens[: len(quiet)]]
    return tuple(compress(quiet, calm)), tuple(compress(loud, opens[len(quiet) :]))


def items(count: int, rows: Path, *, run: str) -> Iterator[ItemReceived]:
    """Yield `count` items by as many authors; `run` keeps two runs in one log apart."""
    quiet, loud = (cycle(texts) for texts in own_texts(rows))
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
