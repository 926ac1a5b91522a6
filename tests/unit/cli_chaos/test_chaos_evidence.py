"""Evidence that breaks off or holds what is none is refused: half of a run proves nothing."""

import json
from pathlib import Path

import pytest

from services.cli.chaos import evidence
from services.cli.chaos.report import recount
from shared.errors import UserError

HEADER = '{"format": "zhishou-recording", "version": 1}\n'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in evidence.TABLES:
        evidence.write_rows(tmp_path, name, [{"at": "2026-11-01T03:00:00Z"}])
    (tmp_path / evidence.PLATFORM).write_text('{"endpoint": "a"}\n', encoding="utf-8")
    (tmp_path / evidence.STREAM).write_text('no JSON\n{"text": "a"}\n', encoding="utf-8")
    (tmp_path / evidence.LOG).write_text(HEADER, encoding="utf-8")
    (tmp_path / evidence.RUN).write_text("{}", encoding="utf-8")
    return tmp_path


def test_whole_evidence_is_read_and_a_given_stream_may_hold_anything(directory: Path) -> None:
    found = evidence.read(directory)
    assert found.stream == [{"text": "a"}]
    assert len(found.items) == len(found.calls) == 1


@pytest.mark.parametrize("name", [evidence.PLATFORM, "items.jsonl", evidence.LOG, evidence.RUN])
@pytest.mark.parametrize("ends", ['{"a": 1', "[1]\n", "nothing\n", '{"a": 1}\nx'])
def test_a_file_that_breaks_off_or_holds_no_rows_is_named(
    directory: Path, name: str, ends: str
) -> None:
    with (directory / name).open("a", encoding="utf-8") as file:
        file.write(ends)
    with pytest.raises(UserError, match="no whole evidence"):
        evidence.read(directory)


def test_rows_that_lack_what_is_counted_are_one_clear_line(directory: Path) -> None:
    with pytest.raises(UserError, match="a row lacks '"):
        recount(directory)


def test_what_runs_anew_needs_a_place_of_its_own(directory: Path) -> None:
    with pytest.raises(UserError, match="holds the evidence"):
        evidence.prepare(directory)
    assert json.loads((directory / evidence.RUN).read_text(encoding="utf-8")) == {}
