"""Decisions on items that became no case are kept as short as the ledger tells them."""

from pathlib import Path

import pytest

from services.archive.core.rows import rows_of
from services.archive.shell.database import Database, Place
from services.archive.shell.story import story
from services.respond.core.decisions import ItemJudged, line
from shared.contracts.base import stamp
from shared.contracts.facts import encode
from shared.contracts.system import DecisionsRecorded
from shared.contracts.verdicts import Label
from tests.fakes.clock import START
from tests.fakes.respond_house import a_comment

ITEMS = [a_comment(number, START) for number in range(3)]
AT = stamp(START)
JUDGED = [
    ItemJudged(
        START, "a", each.item_id, each.item_version, "t", (Label.PRAISE,), False, 10, "m1", (), ""
    )
    for each in ITEMS
]
LINES = [
    line(JUDGED[0]),
    line(JUDGED[1]._replace(model="", degraded=("unclassified",))),
    line(JUDGED[2]._replace(case_id="c1")),
]


def test_they_are_kept_short_counted_and_told_in_full(tmp_path: Path) -> None:
    fact = DecisionsRecorded.of(LINES, after_seq=3, upto_seq=4, chain="x")
    assert len(fact.forms) == 2
    path = tmp_path / "a.sqlite3"
    database = Database(path)
    before = [rows for seq, item in enumerate(ITEMS, 1) for rows in rows_of(seq, AT, encode(item))]
    decided = list(rows_of(4, AT, encode(fact)))
    [kept] = [row for rows in decided if rows.table == "quiet" for row in rows.values]
    assert kept[:3] == (4, 2, 1)
    assert len(str(kept[-1])) < len(LINES[0])
    database.write([*before, *decided], Place(incarnation="x", seq=4, fact_hash=""))
    assert database.counts()["classified"] == 2
    database.close()
    for item, model in ((ITEMS[0], "m1"), (ITEMS[1], None), (ITEMS[2], "m1")):
        told = story(path, item.item_id).steps[-1]
        assert (told.seq, told.what, told.told.get("model")) == (4, "item.judged", model)


def test_an_entry_of_no_form_makes_no_row() -> None:
    fact = DecisionsRecorded.of(LINES, after_seq=3, upto_seq=4, chain="x")
    odd = fact.model_copy(update={"lines": ("7 a b c", *fact.lines)})
    with pytest.raises(KeyError):
        list(rows_of(4, AT, encode(odd)))
