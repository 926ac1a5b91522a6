"""What people corrected, as rows to learn from: made of the archive, so of the log alone."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from pydantic_core import from_json, to_json

from shared.contracts.ids import token

CORRECTIONS = (
    "SELECT d.line, i.text FROM decisions d JOIN items i ON i.item_id = d.item_id"
    " AND i.item_version = json_extract(d.line, '$.item_version') AND i.text IS NOT NULL"
    " WHERE d.kind = 'item.corrected' ORDER BY d.seq, d.place"
)
"""Every accepted correction whose text is still here, in the log's order."""


class Corrected(NamedTuple):
    """One correction as the archive has it: the decision's canonical line, and the text."""

    line: str
    text: str


def feedback(found: Iterable[Corrected], salt: str, since: datetime | None = None) -> list[bytes]:
    """Return one JSON line for each item version that a person corrected; the last word counts.

    Who it was is a token that only this log gives (`salt`). A row keeps the item's id, so that it
    can be found again when the author's text is to be erased.
    """
    newest: dict[tuple[str, str], bytes] = {}
    for key, row in _rows(found, salt, since):
        newest.pop(key, None)
        newest[key] = row
    return list(newest.values())


def _rows(
    found: Iterable[Corrected], salt: str, since: datetime | None
) -> Iterator[tuple[tuple[str, str], bytes]]:
    for each in found:
        said = from_json(each.line)
        if since is not None and datetime.fromisoformat(said["at"]) < since:
            continue
        row = {
            "text": each.text,
            "labels": said["labels"],
            "system": said["decided"],
            "model": said["model"],
            "pack_hash": said["pack_hash"],
            "item_id": said["item_id"],
            "item_version": said["item_version"],
            "account_id": said["account_id"],
            "op_id": said["op_id"],
            "by": token("feedback", salt, said["person_id"]),
            "at": said["at"],
        }
        yield (said["item_id"], said["item_version"]), to_json(row)
