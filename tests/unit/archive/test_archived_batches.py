"""Items that came together are rows of their own: one place of the log, each its part of it."""

from datetime import timedelta
from pathlib import Path

from services.archive.core.rows import Rows, Values, rows_of
from services.archive.shell.database import Database, Place
from services.archive.shell.reading import search
from services.archive.shell.story import story
from shared.contracts.base import stamp
from shared.contracts.batches import ItemBatch
from shared.contracts.facts import encode
from tests.fakes.clock import START
from tests.fakes.respond_house import a_comment

ITEMS = [a_comment(number, START + timedelta(seconds=number)) for number in range(3)]
DATA = encode(ItemBatch.of(ITEMS))
AT = stamp(START)


def items(data: bytes) -> list[Values]:
    """Return the rows that a fact adds to the items, and see that it adds no others."""
    [(table, values)] = rows_of(7, AT, data)
    assert table == "items"
    return list(values)


def test_a_batch_has_a_row_for_each_item_however_it_is_spelt() -> None:
    rows = items(DATA)
    assert [each[:3] for each in rows] == [
        (7, place, each.item_id) for place, each in enumerate(ITEMS)
    ]
    spelt_otherwise = b" " + DATA
    assert items(spelt_otherwise) == rows
    assert items(encode(ITEMS[0])) == rows[:1]


def test_a_batch_that_is_written_twice_is_there_once(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    for seq in (7, 7):
        place = Place(incarnation="x", seq=seq, fact_hash="")
        database.write(list(rows_of(seq, AT, DATA)), place)
    assert database.counts()["items"] == len(ITEMS)
    database.close()
    told = story(tmp_path / "a.sqlite3", ITEMS[1].native_id)
    assert told.items == (ITEMS[1].item_id,)
    assert [(each.seq, each.what) for each in told.steps] == [(7, "item.received")]


def test_the_texts_of_a_batch_are_found_once_one_became_a_case(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    database = Database(path)
    line = (
        '{"account_id":"a","at":"2026-03-02T09:00:00Z","case_id":"c1",'
        f'"item_id":"{ITEMS[2].item_id}","kind":"item.judged","model":"m1"}}'
    )
    judged = Rows("judgements", [(8, 0, ITEMS[2].item_id, "a", "c1", "m1", line, AT)])
    place = Place(incarnation="x", seq=8, fact_hash="")
    database.write([*rows_of(7, AT, DATA), judged], place)
    database.close()
    [found] = search(path, "退款")
    assert found.key.startswith(ITEMS[2].item_id)
