"""Feedback is made of the archive, so of the log: every accepted correction, and no other."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.archive.core.rows import rows_of
from services.archive.shell.database import Database, Place
from services.archive.shell.feedback import read_feedback
from services.cli.app import run
from shared.contracts.base import stamp
from shared.contracts.facts import Fact, encode
from shared.contracts.operators import LabelsCorrected
from shared.contracts.org import Role
from shared.contracts.system import DecisionsRecorded
from shared.contracts.verdicts import Label
from shared.errors import UserError
from tests.fakes.builders import START, a_comment, a_person, a_verdict, an_edit, at, the_item
from tests.fakes.core_story import Story

TEXT = "昨天买的蛋糕发霉了,没人管"


class Told:
    """A story and the log it makes, archived as the archivist does."""

    def __init__(self) -> None:
        self.story = Story()
        self.log: list[tuple[int, bytes]] = []
        self.tell(a_person("wang", Role.OPERATOR), a_person("xu", Role.VIEWER))

    def tell(self, *facts: Fact, after: float = 1) -> None:
        for fact in facts:
            lines = tuple(self.story.tell(fact, after=after).lines)
            entry = DecisionsRecorded(after_seq=0, upto_seq=0, lines=lines, chain="")
            for each in (fact, entry) if lines else (fact,):
                self.log.append((len(self.log) + 1, encode(each)))

    def correct(
        self, *labels: Label, by: str = "wang", item: str = "c1", version: str = "v1"
    ) -> None:
        case = self.story.case
        fact = LabelsCorrected(
            op_id=f"op-{len(self.log)}",
            person_id=by,
            case_id=case.case_id,
            item_id=the_item(item),
            item_version=version,
            labels=labels,
        )
        self.tell(fact)

    def archived(self, path: Path, *, incarnation: str = "log-1") -> Path:
        database = Database(path)
        place = Place(incarnation=incarnation, seq=len(self.log), fact_hash="")
        rows = [each for seq, data in self.log for each in rows_of(seq, stamp(at(seq)), data)]
        database.write(rows, place)
        database.close()
        return path


@pytest.fixture
def told() -> Told:
    made = Told()
    made.tell(a_comment(), a_verdict("c1", Label.COMPLAINT))
    return made


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read_feedback(path).splitlines()]


def test_a_correction_is_a_row_with_where_it_came_from(told: Told, tmp_path: Path) -> None:
    told.correct(Label.QUESTION, Label.CONCERN)
    [row] = rows(told.archived(tmp_path / "a.sqlite3"))
    assert row["text"] == TEXT
    assert (row["labels"], row["system"]) == (["question", "concern"], ["complaint"])
    assert row["model"] == "m1"
    assert row["pack_hash"] == told.story.organisation.packs["company"]
    assert row["account_id"] == "weibo-mall"
    assert row["item_id"] == the_item()
    assert "wang" not in json.dumps(row)
    assert row["at"].startswith(f"{START:%Y-%m-%d}")


def test_the_last_word_on_a_version_counts(told: Told, tmp_path: Path) -> None:
    told.correct(Label.QUESTION)
    told.correct(Label.PRAISE, by="li")
    told.tell(an_edit("c1", "已经退款了,谢谢"), a_verdict("c1", Label.PRAISE, version="v2"))
    told.correct(Label.SUGGESTION, version="v2")
    first, second = rows(told.archived(tmp_path / "a.sqlite3"))
    assert (first["labels"], first["text"]) == (["praise"], TEXT)
    assert (second["labels"], second["text"]) == (["suggestion"], "已经退款了,谢谢")
    assert first["by"] != second["by"]


def test_what_was_refused_is_no_row(told: Told, tmp_path: Path) -> None:
    told.correct(Label.QUESTION, by="xu")
    told.correct(Label.QUESTION, version="v9")
    assert rows(told.archived(tmp_path / "a.sqlite3")) == []


def test_the_log_alone_makes_them_again(told: Told, tmp_path: Path) -> None:
    told.correct(Label.QUESTION)
    one = read_feedback(told.archived(tmp_path / "a.sqlite3"))
    assert one == read_feedback(told.archived(tmp_path / "b.sqlite3"))
    other = read_feedback(told.archived(tmp_path / "c.sqlite3", incarnation="log-2"))
    assert other != one, "who it was is told apart within one log only"


def test_a_text_that_was_erased_takes_its_row_along(told: Told, tmp_path: Path) -> None:
    told.correct(Label.QUESTION)
    path = told.archived(tmp_path / "a.sqlite3")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE items SET text = NULL WHERE item_id = ?", [the_item()])
    assert rows(path) == []


def test_rows_since_a_time(told: Told, tmp_path: Path) -> None:
    told.correct(Label.QUESTION)
    path = told.archived(tmp_path / "a.sqlite3")
    assert len(read_feedback(path, START).splitlines()) == 1
    assert read_feedback(path, START + timedelta(hours=1)) == b""


def test_the_command_writes_a_private_file_once(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told.correct(Label.QUESTION)
    (tmp_path / "archive").mkdir()
    path = told.archived(tmp_path / "archive" / "archive.sqlite3")
    out = tmp_path / "rows.jsonl"
    words = ["feedback", "export", "--out", str(out), "--data-dir", str(tmp_path)]
    assert run([*words, "--json", "--since", "2026-01-01"], {}) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1
    assert out.read_bytes() == read_feedback(path)
    assert out.stat().st_mode & 0o077 == 0
    with pytest.raises(UserError, match="cannot write"):
        run(words, {})
    with pytest.raises(UserError, match="no time"):
        run([*words[:3], str(tmp_path / "x"), "--since", "gestern"], {})
