"""What the archive knows of a case beside what was said in it."""

import sqlite3
from pathlib import Path

from services.archive.core.rows import rows_of
from services.archive.shell.database import Database, Place
from services.respond.core.decisions import CaseOpened, line
from services.respond.core.flow import CaseRouted
from shared.contracts.base import stamp
from shared.contracts.facts import encode
from shared.contracts.system import DecisionsRecorded
from tests.fakes.clock import START


def test_the_archive_knows_where_a_case_went_last(tmp_path: Path) -> None:
    told = {"at": START, "account_id": "a", "case_id": "c1"}
    due = {"acknowledge_due": START, "first_reply_due": START}
    what = {"item_id": "i1", "labels": (), "severity": 1, "queue": "客服"}
    opened = CaseOpened.model_validate({**told, **due, **what})
    routed = CaseRouted.model_validate({**told, "queue": "安保部"})
    file = tmp_path / "a.sqlite3"
    database = Database(file)
    for seq, lines in ((7, (line(opened),)), (9, (line(routed),))):
        fact = DecisionsRecorded(after_seq=seq - 1, upto_seq=seq, lines=lines, chain="x")
        rows = list(rows_of(seq, stamp(START), encode(fact)))
        database.write(rows, Place(incarnation="i", seq=seq, fact_hash="h"))
    database.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT case_id, queue FROM cases").fetchall() == [
            ("c1", "安保部")
        ]
